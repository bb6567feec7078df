"""Walks with a learned policy: an ONNX file and a JSON manifest that says how it was trained.

The policy drives the joints it names; arms and hands always follow the Command. Choose it with
`BUNRAKU_LOCOMOTION=onnx:/path/to/manifest.json`; docs/locomotion.md shows a manifest.
"""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from backend.core.contracts.command import Command, MotorCommand
from backend.core.contracts.record import Array, Record, json_decoder
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.locomotion.controller import LocomotionManifest
from backend.core.locomotion.fall import FALLEN_TEXT, has_fallen, limp
from backend.core.locomotion.observation import ObservationBuilder, Situation, TermConfig
from backend.core.locomotion.reference import Reference, ReferenceShaper

MAX_ACTION = 100.0
"""A larger output is a broken policy, not a motion."""


class OnnxManifest(Record):
    """What the policy was trained with. Vectors are in the order of `joints`."""

    name: str
    model: str
    """ONNX file, relative to the manifest."""
    rate_hz: float
    joints: tuple[str, ...]
    """Joints in the observation, in the policy's order."""
    default_rad: Array
    kp: Array
    kd: Array
    observation: list[TermConfig]
    max_velocity: Array
    height_range_m: tuple[float, float]
    torso_limit_rad: Array
    action_joints: tuple[str, ...] = ()
    """Joints the policy drives, in its order; empty means all of `joints`."""
    action_scale: float | list[float] = 1.0
    history: int = 1
    history_by_term: bool = False
    gait_period_s: float = 0.8
    held_gains: dict[str, tuple[float, float]] = msgspec.field(
        default_factory=lambda: {"hand": (2.0, 0.08), "wrist": (20.0, 0.5), "": (40.0, 1.0)}
    )
    """kp and kd of joints outside `joints`, by the first part of a name that fits."""


class OnnxPolicy:
    """Runs the policy at its own rate; see `OnnxManifest`.

    Raises:
        ValueError: The manifest or the model does not fit the robot; the text says what would.
    """

    def __init__(self, spec: RobotSpec, manifest_path: str = "") -> None:
        if not manifest_path:
            raise ValueError("which policy? set BUNRAKU_LOCOMOTION=onnx:/path/to/manifest.json")
        path = Path(manifest_path)
        try:
            self._config = json_decoder(OnnxManifest).decode(path.read_bytes())
        except (OSError, msgspec.DecodeError) as error:
            raise ValueError(f"policy manifest {path}: {error}") from error
        config = self._config
        self._spec = spec
        self._joints = np.array([spec.index(name) for name in config.joints])
        driven = config.action_joints or config.joints
        self._driven = np.array([spec.index(name) for name in driven])
        for field in ("default_rad", "kp", "kd"):
            if getattr(config, field).shape != self._joints.shape:
                raise ValueError(f"{path}: {field} needs {len(self._joints)} entries, one per joint")
        self._follow = np.array([spec.index(name) for name in (*spec.hand_joints, *spec.arm_joints)])
        self.manifest = self._locomotion_manifest()
        self._shaper = ReferenceShaper(spec, self.manifest)
        self._observation = ObservationBuilder(config.observation, config.history, config.history_by_term)
        self._session = _open_model(path.parent / config.model)
        self._fallen = self._moving = False
        self._note = ""
        self._last_action = np.zeros(len(self._driven))
        self._time_s = 0.0
        self._checked = False

    @property
    def mode(self) -> str:
        """`stand`, `walk` or `fallen`."""
        if self._fallen:
            return "fallen"
        return "walk" if self._moving else "stand"

    @property
    def note(self) -> str:
        """What it limits or cannot do now, in words; empty when all is well."""
        return self._note

    def reset(self, state: RobotState) -> None:
        """Start from `state`; the first time, check that the model takes what the manifest makes."""
        situation = self._start(state)
        if not self._checked:
            self._check_shapes(self._observation.build(situation))
            self._checked = True
        self._observation.reset()

    def _start(self, state: RobotState) -> Situation:
        x, y, z, w = state.T_world_pelvis[3:]
        yaw = float(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))
        self._shaper.reset(state, yaw)
        self._last_action = np.zeros(len(self._driven))
        self._time_s = 0.0
        self._fallen = self._moving = False
        self._note = ""
        return self._situation(state, self._shaper.reference)

    def update(self, state: RobotState, command: Command | None, dt_s: float) -> MotorCommand:
        """Return the motor command for the next `dt_s`; None or a stop brings the robot to rest."""
        reference = self._shaper.update(command, self._moving, dt_s)
        self._note = reference.note
        self._moving = reference.moving
        self._fallen = self._fallen or has_fallen(state)
        if self._fallen:
            self._note = FALLEN_TEXT
            return limp(self._spec)
        self._time_s += dt_s
        action = self._infer(self._observation.build(self._situation(state, reference)))
        if np.all(np.abs(action) < MAX_ACTION):
            self._last_action = action
        else:
            self._note = "the policy's output is not usable: holding its last one"
        goal = self.manifest.default_rad.copy()
        goal[self._driven] += self._last_action * self._config.action_scale
        velocity = np.zeros(len(goal))
        goal[self._follow] = reference.joints_rad
        velocity[self._follow] = reference.joint_velocity_rad_s
        return MotorCommand(
            q_rad=np.clip(goal, self._spec.lower_rad, self._spec.upper_rad),
            dq_rad_s=velocity,
            kp=self.manifest.kp,
            kd=self.manifest.kd,
            tau_nm=np.zeros(len(goal)),
        )

    def _situation(self, state: RobotState, reference: Reference) -> Situation:
        return Situation(
            state=state,
            reference=reference,
            q_rad=state.q_rad[self._joints],
            dq_rad_s=state.dq_rad_s[self._joints],
            default_rad=self._config.default_rad,
            last_action=self._last_action,
            time_s=self._time_s,
            period_s=self._config.gait_period_s,
        )

    def _infer(self, observation: Array) -> Array:
        name = self._session.get_inputs()[0].name
        output = self._session.run(None, {name: observation[np.newaxis].astype(np.float32)})[0]
        return np.asarray(output, dtype=float).reshape(-1)

    def _check_shapes(self, observation: Array) -> None:
        wanted = self._session.get_inputs()[0].shape[-1]
        if isinstance(wanted, int) and wanted != len(observation):
            raise ValueError(
                f"the model takes {wanted} observations, the manifest of {self._config.name} makes "
                f"{len(observation)}; check its terms, joints and history"
            )
        given = len(self._infer(observation))
        if given != len(self._driven):
            raise ValueError(
                f"the model gives {given} actions, the manifest of {self._config.name} names "
                f"{len(self._driven)} joints to drive"
            )

    def _locomotion_manifest(self) -> LocomotionManifest:
        spec, config = self._spec, self._config
        default = spec.neutral_rad.copy()
        default[self._joints] = config.default_rad
        kp, kd = np.empty(len(spec.joints)), np.empty(len(spec.joints))
        for i, name in enumerate(spec.joints):
            fits = [gains for part, gains in config.held_gains.items() if part in name]
            if not fits and i not in self._joints:
                raise ValueError(f"held_gains of {config.name} has none for {name}")
            kp[i], kd[i] = fits[0] if fits else (0.0, 0.0)
        kp[self._joints], kd[self._joints] = config.kp, config.kd
        return LocomotionManifest(
            name=config.name,
            rate_hz=config.rate_hz,
            max_velocity=config.max_velocity,
            height_range_m=config.height_range_m,
            torso_limit_rad=config.torso_limit_rad,
            default_rad=default,
            kp=kp,
            kd=kd,
        )


def _open_model(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # A pool of threads costs a small network more than it gives, and takes cores from video.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    if not path.is_file():
        raise ValueError(f"no policy at {path}")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
