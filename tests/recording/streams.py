"""Synthetic streams with the true instant written into them, from a real encoder over the real bus."""

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np

from backend.core.contracts.command import Command, JointTarget, Verdict
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.contracts.tick import Mode, TickRecord
from backend.core.contracts.video import EncodedFrame
from backend.core.contracts.world import WorldState
from devices.robots.g1_spec import g1_spec

BITS = 16
SPEC: RobotSpec = g1_spec("160x120@30", "96x64@15")
"""Small pictures, so that the tests are quick; wrist cameras at half rate as in the product."""


def draw_number(picture: np.ndarray, number: int) -> None:
    """Draw `number` as blocks into the upper quarter of a (height, width, 3) uint8 picture."""
    height, width = picture.shape[:2]
    for bit in range(BITS):
        left, right = bit * width // BITS, (bit + 1) * width // BITS
        picture[: height // 4, left:right] = 230 if number >> bit & 1 else 20


def paint(number: int, width: int, height: int) -> np.ndarray:
    """Return a (height, width, 3) uint8 picture that shows `number` and moves a little."""
    picture = np.full((height, width, 3), 60, np.uint8)
    picture[height // 2 :, (number * 3) % width :][:, : width // 8] = (40, 160, 90)
    draw_number(picture, number)
    return picture


def read_number(picture: np.ndarray) -> int:
    """Return the number that `draw_number` drew into a (height, width, 3) picture."""
    height, width = picture.shape[:2]
    band = picture[height // 16 : height * 3 // 16].mean(axis=(0, 2))
    return sum(int(band[bit * width // BITS + width // BITS // 2] > 125) << bit for bit in range(BITS))


class Encoder:
    """x264 as the video process runs it: no reordering, parameter sets in every keyframe."""

    def __init__(self, camera: str, width: int, height: int, fps: float, gop: int = 250) -> None:
        self.camera, self.width, self.height, self.fps = camera, width, height, fps
        self._codec = av.CodecContext.create("libx264", "w")
        self._codec.width, self._codec.height, self._codec.pix_fmt = width, height, "yuv420p"
        self._codec.time_base = Fraction(1, 90000)
        self._codec.framerate = Fraction(fps).limit_denominator(1000)
        self._codec.gop_size = gop
        self._codec.thread_count = 1
        self._codec.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "23"}
        self._force = True

    def force_keyframe(self) -> None:
        """Make the next picture a keyframe."""
        self._force = True

    def encode(self, rgb: np.ndarray, seq: int, t_ns: int) -> tuple[EncodedFrame, bytes]:
        """Encode one picture; every picture gives exactly one packet."""
        picture = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        picture.pts = seq * 3000
        if self._force:
            picture.pict_type = av.video.frame.PictureType.I
            self._force = False
        (packet,) = self._codec.encode(picture)
        frame = EncodedFrame(
            camera=self.camera,
            t_ns=t_ns,
            seq=seq,
            width=self.width,
            height=self.height,
            fps=self.fps,
            keyframe=packet.is_keyframe,
            encode_ms=0.0,
        )
        return frame, bytes(packet)


def robot_state(seq: int, t_ns: int, ramp: float) -> RobotState:
    """Return a standing robot whose first joint shows `ramp`."""
    q_rad = SPEC.neutral_rad.copy()
    q_rad[SPEC.index(SPEC.arm_joints[0])] = ramp
    n = len(SPEC.joints)
    return RobotState(
        t_ns=t_ns,
        seq=seq,
        q_rad=q_rad,
        dq_rad_s=np.zeros(n),
        tau_nm=np.zeros(n),
        T_world_pelvis=np.array([ramp, 0, 0.74, 0, 0, 0, 1]),
        base_twist=np.zeros(6),
        torso_rpy_rad=np.array([0, 0.1, 0]),
        base_height_m=0.74,
        hand_force_n=np.zeros(6),
        locomotion="stand",
    )


def tick(seq: int, t_ns: int, ramp: float, state: RobotState | None, **changes: object) -> TickRecord:
    """Return an active tick that asks for `ramp` at the first arm joint and sends 0.9 of it."""
    layout = SPEC.layout
    asked = np.zeros(len(layout.action_names))
    asked[layout.arms.start] = ramp
    asked[layout.height] = 0.74
    sent = asked.copy()
    sent[layout.arms.start] = 0.9 * ramp
    values: dict = {
        "t_ns": t_ns,
        "seq": seq,
        "mode": Mode.ACTIVE,
        "reason": "ann drives",
        "advice": "",
        "driver": "ann",
        "lease": "ann",
        "lease_name": "Ann",
        "frames": (),
        "sources": (),
        "intent": None,
        "target": JointTarget(t_ns=t_ns, action=asked),
        "command": Command(t_ns=t_ns, seq=seq, action=sent, joint_velocity_rad_s=np.zeros(28), stop=False),
        "verdict": Verdict(),
        "ik": None,
        "state": state,
        "T_world_footprint": np.array([0, 0, 0, 0, 0, 0, 1.0]),
        "speed_scale": 1.0,
    }
    return TickRecord(**{**values, **changes})


def world_state(seq: int, t_ns: int) -> WorldState:
    """Return a world with one box."""
    return WorldState(
        t_ns=t_ns,
        seq=seq,
        objects=("box",),
        object_poses=np.array([0.5, 0, 0.8, 0, 0, 0, 1]),
        qpos=np.zeros(57),
    )


def timeline(seconds: float, start_ns: int) -> Iterator[tuple[int, object, bytes]]:
    """Yield (time [ns], record, payload) of every stream in order of time, `seconds` long.

    Robot 250 Hz, control 100 Hz, world 60 Hz, cameras as in `SPEC`. The number painted into a picture is
    its capture time in milliseconds since `start_ns`; ramps are seconds since `start_ns`.
    """
    encoders = {c.name: Encoder(c.name, c.width, c.height, c.fps) for c in SPEC.cameras}
    rates = {"state": 250.0, "tick": 100.0, "world": 60.0} | {c.name: c.fps for c in SPEC.cameras}
    due = sorted(
        (int(k * 1e9 / rate), name, k) for name, rate in rates.items() for k in range(int(seconds * rate))
    )
    newest = None
    for offset_ns, name, k in due:
        t_ns, ramp = start_ns + offset_ns, offset_ns / 1e9
        if name == "state":
            newest = robot_state(k, t_ns, ramp)
            yield t_ns, newest, b""
        elif name == "tick":
            yield t_ns, tick(k, t_ns, ramp, newest), b""
        elif name == "world":
            yield t_ns, world_state(k, t_ns), b""
        else:
            encoder = encoders[name]
            rgb = paint(round(offset_ns / 1e6), encoder.width, encoder.height)
            yield (t_ns, *encoder.encode(rgb, k, t_ns))
