"""Untrained but complete LeRobot checkpoints of this robot, small enough for tests."""

import json
from pathlib import Path

import numpy as np
import torch
from lerobot.configs.types import FeatureType, PolicyFeature
from lerobot.policies.factory import get_policy_class, make_policy_config, make_pre_post_processors

from backend.core.contracts.robot import RobotSpec

SIZE_PX = (48, 64)
SMALL_ACT = {
    "chunk_size": 12,
    "n_action_steps": 12,
    "dim_model": 32,
    "dim_feedforward": 32,
    "n_heads": 2,
    "n_encoder_layers": 1,
    "n_decoder_layers": 1,
    "n_vae_encoder_layers": 1,
    "pretrained_backbone_weights": None,
}
SMALL_DIFFUSION = {
    "horizon": 16,
    "n_action_steps": 8,
    "down_dims": (16, 32),
    "n_groups": 4,
    "num_inference_steps": 2,
    "crop_shape": None,
    "crop_ratio": 1.0,
    "pretrained_backbone_weights": None,
}


def statistics(names: list[str], sizes: dict[str, int]) -> dict[str, dict[str, torch.Tensor]]:
    rng = np.random.default_rng(0)
    table = {}
    for name in names:
        shape = (3, 1, 1) if "images" in name else (sizes[name],)
        mean = torch.from_numpy(rng.normal(0.3, 0.1, shape)).float()
        table[name] = {"mean": mean, "std": torch.full(shape, 0.5), "min": mean - 1, "max": mean + 1}
    return table


def checkpoint(
    folder: Path,
    spec: RobotSpec,
    kind: str = "act",
    cameras: tuple[str, ...] = ("head",),
    action_names: list[str] | None = None,
    stats: bool = True,
    state_size: int = 32,
) -> Path:
    """Write a `pretrained_model` folder and return it."""
    torch.manual_seed(0)
    actions = list(action_names or spec.layout.action_names)
    inputs = {"observation.state": PolicyFeature(type=FeatureType.STATE, shape=(state_size,))}
    inputs |= {
        f"observation.images.{name}": PolicyFeature(type=FeatureType.VISUAL, shape=(3, *SIZE_PX))
        for name in cameras
    }
    config = make_policy_config(
        kind,
        input_features=inputs,
        output_features={"action": PolicyFeature(type=FeatureType.ACTION, shape=(36,))},
        device="cpu",
        push_to_hub=False,
        **(SMALL_ACT if kind == "act" else SMALL_DIFFUSION),
    )
    policy = get_policy_class(kind)(config)
    names = [*inputs, "action"]
    table = statistics(names, {"observation.state": state_size, "action": 36}) if stats else None
    pre, post = make_pre_post_processors(config, dataset_stats=table)
    policy.save_pretrained(folder)
    pre.save_pretrained(folder)
    post.save_pretrained(folder)
    manifest = {
        "state_names": list(spec.layout.state_names),
        "action_names": actions,
        "fps": 30,
        "cameras": list(cameras),
    }
    (folder / "bunraku.json").write_text(json.dumps(manifest))
    return folder
