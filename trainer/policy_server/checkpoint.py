"""A LeRobot checkpoint as a served policy: loaded by LeRobot's own factory, refused when it does not fit."""

import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from lerobot.configs.policies import PreTrainedConfig
from lerobot.configs.types import FeatureType, NormalizationMode
from lerobot.policies.factory import get_policy_class, make_pre_post_processors
from lerobot.policies.rtc.configuration_rtc import RTCConfig
from lerobot.processor.normalize_processor import NormalizerProcessorStep

from backend.core.contracts.layout import layout_hash
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.rollout import (
    PROTOCOL,
    CameraInput,
    Observation,
    Picture,
    PolicyHello,
    Sight,
    Timings,
)
from trainer.policies.served import PolicyRefused
from trainer.policy_server.guided import GuidedRtc
from trainer.policy_server.pictures import scaled

MANIFEST = "bunraku.json"
IMAGES = "observation.images."
VECTORS = {
    "observation.state": ("state", 32),
    "observation.torso_base": ("torso_base", 17),
    "observation.torso_command": ("torso_command", 4),
}
"""Inputs that are not pictures: where a `Sight` has them, and their size."""
GUIDANCE = 10.0
WARM_UPS = 2


class _Manifest(msgspec.Struct):
    """The part of the manifest beside a checkpoint that says what it was trained with."""

    state_names: list[str]
    action_names: list[str]
    fps: float


class LeRobotPolicy:
    """Serves the `pretrained_model` folder of a checkpoint. `source` may be the folder of the step, too."""

    def __init__(self, source: Path, spec: RobotSpec, device: str = "") -> None:
        folder = source / "pretrained_model" if (source / "pretrained_model").is_dir() else source
        manifest = _manifest(folder)
        self._check_layout(manifest, spec)
        try:
            config = PreTrainedConfig.from_pretrained(folder)
        except Exception as error:
            raise PolicyRefused(f"{folder} is no checkpoint of LeRobot: {error}") from error
        config.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._cameras = self._check_inputs(config, spec)
        self._config = config
        self._policy = get_policy_class(config.type).from_pretrained(folder, config=config).eval()
        device_step = {"device_processor": {"device": config.device}}
        self._pre, self._post = make_pre_post_processors(
            config, pretrained_path=str(folder), preprocessor_overrides=device_step
        )
        self._check_statistics()
        guided = self._guide()
        self.hello = PolicyHello(
            protocol=PROTOCOL,
            policy=f"{config.type}-{folder.parent.name if folder != source else folder.name}"[:60],
            chunk_size=self._chunk_size(),
            fps=manifest.fps,
            layout_hash=spec.layout.hash,
            cameras=tuple(self._cameras),
            n_obs_steps=config.n_obs_steps,
            supports_rtc=guided,
            d_max=self._chunk_size() // 2 if guided else 0,
        )
        for _ in range(WARM_UPS):
            self._warm_up()

    def predict(self, observation: Observation) -> tuple[Array, Timings]:
        """Return (n, 36) actions; raises PolicyRefused for an observation it cannot use."""
        if len(observation.sights) != self.hello.n_obs_steps:
            raise PolicyRefused(f"{len(observation.sights)} sights; allowed: {self.hello.n_obs_steps}")
        began = time.perf_counter()
        batch = self._pre(self._batch(observation))
        prepared = time.perf_counter()
        with torch.no_grad():
            chunk = self._policy.predict_action_chunk(batch, **self._left_over(observation))
        inferred = time.perf_counter()
        actions = self._post(chunk)[0].float().cpu().numpy().astype(float)
        done = time.perf_counter()
        if not np.isfinite(actions).all():
            raise PolicyRefused("the policy's actions are not finite numbers")
        return actions, Timings(
            pre=(prepared - began) * 1e3, infer=(inferred - prepared) * 1e3, post=(done - inferred) * 1e3
        )

    @staticmethod
    def _check_layout(manifest: _Manifest, spec: RobotSpec) -> None:
        layout = spec.layout
        if layout_hash(manifest.state_names, manifest.action_names) == layout.hash:
            return
        for kind, had, has in (
            ("state", manifest.state_names, layout.state_names),
            ("action", manifest.action_names, layout.action_names),
        ):
            if len(had) != len(has):
                raise PolicyRefused(f"it was trained with {len(had)} {kind}s, {spec.name} has {len(has)}")
            for k, (a, b) in enumerate(zip(had, has, strict=True)):
                if a != b:
                    raise PolicyRefused(f"{kind} {k} is {a} in its training and {b} on {spec.name}")

    @staticmethod
    def _check_inputs(config: PreTrainedConfig, spec: RobotSpec) -> list[CameraInput]:
        """Return its cameras; refuse inputs the robot does not have."""
        known = [camera.name for camera in spec.cameras]
        cameras = []
        for key, feature in (config.input_features or {}).items():
            if key.startswith(IMAGES):
                name = key.removeprefix(IMAGES)
                if name not in known:
                    raise PolicyRefused(
                        f"it looks through camera {name!r}; {spec.name} has {', '.join(known)}"
                    )
                cameras.append(CameraInput(name=name, height=feature.shape[1], width=feature.shape[2]))
            elif key not in VECTORS:
                raise PolicyRefused(f"it needs {key!r}; a robot can give cameras and {', '.join(VECTORS)}")
            elif tuple(feature.shape) != VECTORS[key][1:]:
                raise PolicyRefused(
                    f"its {key} has shape {tuple(feature.shape)}; allowed: {VECTORS[key][1:]}"
                )
        shape = tuple(config.output_features["action"].shape)
        if shape != (len(spec.layout.action_names),):
            raise PolicyRefused(
                f"its actions have shape {shape}; allowed: ({len(spec.layout.action_names)},)"
            )
        return cameras

    def _check_statistics(self) -> None:
        """Refuse a policy that would see numbers it was not trained on."""
        steps = [step for step in self._pre.steps if isinstance(step, NormalizerProcessorStep)]
        if not steps:
            raise PolicyRefused("it has no normalisation; save it with its processors")
        for key, feature in self._config.input_features.items():
            mode = steps[0].norm_map.get(feature.type, NormalizationMode.IDENTITY)
            if mode is not NormalizationMode.IDENTITY and not steps[0].stats.get(key):
                raise PolicyRefused(f"it lacks the statistics of {key} that it normalises with")
        mode = steps[0].norm_map.get(FeatureType.ACTION, NormalizationMode.IDENTITY)
        if mode is not NormalizationMode.IDENTITY and not steps[0].stats.get("action"):
            raise PolicyRefused("it lacks the statistics of action that it normalises with")

    def _guide(self) -> bool:
        """Put real-time chunking into a flow-matching policy; returns whether it is one."""
        if not hasattr(self._policy, "init_rtc_processor"):
            return False
        self._config.rtc_config = RTCConfig(enabled=True, max_guidance_weight=GUIDANCE)
        self._policy.config.rtc_config = self._config.rtc_config
        self._policy.init_rtc_processor()
        self._policy.rtc_processor = self._policy.model.rtc_processor = GuidedRtc(self._config.rtc_config)
        return True

    def _chunk_size(self) -> int:
        # Diffusion calls the part of its horizon that lies ahead its action steps.
        return getattr(self._config, "chunk_size", None) or self._config.n_action_steps

    def _batch(self, observation: Observation) -> dict[str, Any]:
        """Return tensors with a batch of one, and time before the rest where several steps are seen."""
        batch: dict[str, Any] = {"task": [observation.task]}
        several = self.hello.n_obs_steps > 1
        for key in self._config.input_features:
            if key in VECTORS:
                values = np.array(
                    [getattr(sight, VECTORS[key][0]) for sight in observation.sights], np.float32
                )
                batch[key] = torch.from_numpy(values)[None] if several else torch.from_numpy(values)
        for camera in self._cameras:
            frames = np.array([_frame(sight, camera) for sight in observation.sights])
            tensor = torch.from_numpy(frames).permute(0, 3, 1, 2).float() / 255
            batch[IMAGES + camera.name] = tensor[None] if several else tensor
        return batch

    def _left_over(self, observation: Observation) -> dict[str, Any]:
        if not self.hello.supports_rtc or not observation.left_over.size:
            return {}
        # The preprocessor normalises actions as it does in training.
        sent = torch.from_numpy(np.array(observation.left_over, np.float32))[None]
        known = self._pre({**self._batch(observation), "action": sent})["action"]
        return {"inference_delay": observation.delay, "prev_chunk_left_over": known}

    def _warm_up(self) -> None:
        pictures = tuple(
            Picture(
                camera=camera.name,
                t_ns=0,
                encoding="rgb8",
                height=camera.height,
                width=camera.width,
                data=bytes(camera.height * camera.width * 3),
            )
            for camera in self._cameras
        )
        vectors = {name: np.zeros(size) for name, size in VECTORS.values()}
        sights = (Sight(t_ns=0, pictures=pictures, **vectors),) * self._config.n_obs_steps
        self.predict(
            Observation(seq=0, start_step=0, task="", delay=0, left_over=np.zeros((0, 36)), sights=sights)
        )


def _manifest(folder: Path) -> _Manifest:
    path = folder / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Manifest)
    except OSError as error:
        raise PolicyRefused(f"{path} is missing: it says what the states and actions are called") from error
    except msgspec.DecodeError as error:
        raise PolicyRefused(f"{path} cannot be read: {error}") from error


def _frame(sight: Sight, camera: CameraInput) -> np.ndarray:
    """Return (height, width, 3) uint8 rgb of one camera; raises PolicyRefused without it."""
    for picture in sight.pictures:
        if picture.camera == camera.name:
            return scaled(picture, camera.height, camera.width)
    raise PolicyRefused(f"there is no picture of {camera.name}; it needs one in every observation")
