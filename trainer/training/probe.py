"""Makes the policy of a training job without memory for its weights, and says what it would need.

`python -m trainer.training.probe` reads a `JobSpec` as JSON from stdin; the last line of stdout is a
`ProbeReport`.
"""

import contextlib
import dataclasses
import logging
import re
import sys
from pathlib import Path
from typing import Any

import msgspec
import psutil

from backend.core.contracts.job import Finding, JobSpec
from trainer.training.command import lerobot_argv
from trainer.training.data import ACTION, IMAGES, STATE, VersionInfo
from trainer.training.params import TrainParams
from trainer.training.preflight import ProbeReport, fail, ok, warn

TRAINING_BYTES = 16
"""Per parameter: weight, gradient, and two moments of Adam, four bytes each."""
CHECKPOINT_BYTES = 12
"""Per parameter: weight and two moments."""
PIXEL_BYTES = 1300
"""What a ResNet-18 keeps per input pixel for the backward pass, in float32."""
BASE_BYTES = 700 << 20
"""A process with torch and LeRobot before it does anything."""
REPOSITORY = re.compile(r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")


def policy_config(params: TrainParams, spec: JobSpec, device: str) -> Any:
    """Return the policy's config exactly as `lerobot-train` will read it; ValueError says what is wrong."""
    import draccus
    import lerobot.policies  # noqa: F401 (its import registers every policy type)
    from lerobot.configs.train import TrainPipelineConfig

    assert spec.dataset is not None
    argv = lerobot_argv(params, spec.dataset, Path("/nonexistent"), device)
    try:
        # draccus prints its usage and exits on a wrong argument.
        with contextlib.redirect_stderr(sys.stdout):
            return draccus.parse(TrainPipelineConfig, args=argv).policy
    except SystemExit as error:
        raise ValueError("policy_config has fields that this policy does not know, see its form") from error
    except Exception as error:
        # draccus wraps what the config class says into what it says itself.
        cause: BaseException = error
        while cause.__cause__ or cause.__context__:
            cause = cause.__cause__ or cause.__context__
        raise ValueError(" ".join(f"{cause}".split())[:600]) from error


def add_features(config: Any, version: VersionInfo, params: TrainParams) -> None:
    """Give the config the inputs and outputs it will be trained with."""
    from lerobot.configs.types import FeatureType, PolicyFeature

    shape = (3, params.image_height_px, params.image_width_px)
    config.input_features = {STATE: PolicyFeature(FeatureType.STATE, (len(version.names(STATE)),))} | {
        f"{IMAGES}{camera}": PolicyFeature(FeatureType.VISUAL, shape)
        for camera in version.chosen_cameras(params.cameras)
    }
    config.output_features = {ACTION: PolicyFeature(FeatureType.ACTION, (len(version.names(ACTION)),))}


def size_findings(config: Any) -> list[Finding]:
    """Refuse a policy whose padded vectors are shorter than ours."""
    found = []
    for kind, features in (("action", config.output_features), ("state", config.input_features)):
        wanted = features[ACTION if kind == "action" else STATE].shape[0]
        for field in (f"max_{kind}_dim", f"expected_max_{kind}_dim"):
            room = getattr(config, field, None)
            if room is not None and room < wanted:
                text = (
                    f"the robot's {kind} has {wanted} entries and {config.type} has room for {room}; raise "
                    f"{field} to {wanted} in policy_config (pretrained input and output layers then start "
                    "anew), or choose another policy"
                )
                found.append(fail("layout", text))
    return found


def weight_findings(config: Any) -> list[Finding]:
    """Name every set of pretrained weights that the policy would fetch and that is not on this machine."""
    found = []
    backbone = getattr(config, "pretrained_backbone_weights", None)
    if backbone:
        import torch
        from torchvision.models import get_weight

        url = get_weight(backbone).url
        place = Path(torch.hub.get_dir()) / "checkpoints" / Path(url).name
        if not place.is_file():
            found.append(
                fail(
                    "weights",
                    f"the pretrained weights {backbone} are not on this machine and training works offline; "
                    f"empty pretrained_backbone_weights, or put {place.name} into {place.parent}",
                )
            )
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if isinstance(value, str | Path) and REPOSITORY.match(str(value)) and not Path(value).exists():
            missing = _missing_repository(str(value))
            if missing:
                found.append(fail("weights", f"{field.name}: {missing}"))
    if config.pretrained_path and not Path(config.pretrained_path).exists() and not found:
        found.append(fail("weights", f"pretrained_path: there is no folder {config.pretrained_path}"))
    return found


def _missing_repository(name: str) -> str:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        snapshot_download(name, local_files_only=True)
    except (LocalEntryNotFoundError, FileNotFoundError, ValueError):
        return (
            f"the weights {name} are not on this machine and training works offline; download them first, or "
            "give a folder"
        )
    return ""


def parameters(config: Any, stats: dict[str, Any]) -> int:
    """Return how many parameters the policy has; its weights take no memory."""
    import torch
    from lerobot.policies.factory import get_policy_class

    if getattr(config, "pretrained_backbone_weights", None):
        config = dataclasses.replace(config, pretrained_backbone_weights=None)
    with torch.device("meta"):
        policy = get_policy_class(config.type)(config, dataset_stats=stats)
    return sum(parameter.numel() for parameter in policy.parameters())


def memory_finding(count: int, pixels: int, device: str) -> Finding:
    """Compare the memory a training needs with what is free where it would run.

    Args:
        count: parameters of the policy.
        pixels: input pixels of a whole batch.
        device: cpu or cuda.
    """
    import torch

    needed = BASE_BYTES + TRAINING_BYTES * count + PIXEL_BYTES * pixels
    free = torch.cuda.mem_get_info()[0] if device == "cuda" else psutil.virtual_memory().available
    where = torch.cuda.get_device_name() if device == "cuda" else "this machine"
    text = (
        f"{count / 1e6:.1f} million parameters need about {needed / 1e9:.1f} GB for training; {where} has "
        f"{free / 1e9:.1f} GB free"
    )
    if needed > free:
        return fail("memory", f"{text}; choose a smaller batch, smaller pictures or a smaller policy")
    return warn("memory", text) if needed > 0.8 * free else ok("memory", text)


def report(spec: JobSpec) -> ProbeReport:
    """Return what a job would need and what it lacks."""
    import torch

    assert spec.dataset is not None
    params = msgspec.convert(spec.params, TrainParams)
    version = VersionInfo(Path(spec.dataset.folder))
    cards = torch.cuda.device_count()
    device = params.device if params.device != "auto" else "cuda" if cards else "cpu"
    findings = []
    if device == "cuda" and not cards:
        findings.append(fail("device", "there is no usable graphics card; choose device auto or cpu"))
    elif spec.gpus > max(cards, 1) or (spec.gpus > 1 and device == "cpu"):
        findings.append(fail("device", f"{spec.gpus} graphics cards were asked for; there are {cards}"))
    else:
        findings.append(
            ok("device", f"runs on {torch.cuda.get_device_name() if device == 'cuda' else 'the CPU'}")
        )
    try:
        config = policy_config(params, spec, device)
        add_features(config, version, params)
        findings += size_findings(config) + weight_findings(config)
        config.validate_features()
        count = parameters(config, {})
    except (ValueError, TypeError, KeyError) as error:
        return ProbeReport([*findings, fail("policy", f"{params.policy}: {error}")])
    except ImportError as error:
        return ProbeReport([*findings, fail("policy", f"a Python package is missing: {error}")])
    if any(finding.severity == "fail" for finding in findings):
        return ProbeReport(findings, CHECKPOINT_BYTES * count)
    cameras = len(config.image_features)
    pixels = params.batch_size * cameras * config.n_obs_steps * params.image_height_px * params.image_width_px
    return ProbeReport([*findings, memory_finding(count, pixels, device)], CHECKPOINT_BYTES * count)


def main() -> int:
    """Read a job, print its report."""
    logging.disable(logging.WARNING)
    found = report(msgspec.json.decode(sys.stdin.buffer.read(), type=JobSpec))
    print(f"\n{msgspec.json.encode(found).decode()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
