"""The argument lists of a training run; pure functions, so that they can be read and tested."""

import json
import sys
from pathlib import Path
from typing import Any

from backend.core.contracts.job import DatasetRef
from trainer.training.params import TrainParams


def process_argv(run_dir: Path, gpus: int) -> list[str]:
    """Return what starts the training of a run directory: alone, or one process per graphics card.

    Args:
        run_dir: absolute run directory; what to train stands in it.
        gpus: how many graphics cards; below 2 no launcher is needed.
    """
    work = ["trainer.training.train", "--run-dir", str(run_dir)]
    if gpus < 2:
        return [sys.executable, "-m", *work]
    return [
        sys.executable, "-m", "accelerate.commands.launch",
        "--multi_gpu",
        "--num_processes", str(gpus),
        "--num_machines", "1",
        "--mixed_precision", "no",
        "--dynamo_backend", "no",
        # Port 0: two jobs on one machine must not meet.
        "--main_process_port", "0",
        "--module", *work,
    ]  # fmt: skip


def lerobot_argv(
    params: TrainParams, dataset: DatasetRef, output_dir: Path, device: str, begin_with: Path | None = None
) -> list[str]:
    """Return the arguments of `lerobot-train` for a new run.

    Args:
        params: the run's parameters.
        dataset: the version to learn from.
        output_dir: absolute folder that must not exist yet; checkpoints go below it.
        device: cpu or cuda.
        begin_with: `pretrained_model` folder whose weights and sizes the run begins with; None for new ones.
    """
    origin = {"policy.path": str(begin_with)} if begin_with else {"policy.type": params.policy}
    fixed = {
        "dataset.repo_id": dataset.name,
        "dataset.root": dataset.folder,
        "dataset.use_imagenet_stats": True,
        "dataset.image_transforms.enable": params.augment,
        "output_dir": str(output_dir),
        **origin,
        "policy.device": device,
        "policy.push_to_hub": False,
        "steps": params.steps,
        "batch_size": params.batch_size,
        "log_freq": params.log_every,
        "save_freq": params.save_every,
        "seed": params.seed,
        "num_workers": params.workers,
        # The dataset is a memory map and a few arrays: a fork shares them, a spawn would copy them.
        "dataloader_multiprocessing_context": "fork",
        "env_eval_freq": 0,
        "wandb.enable": False,
    }
    chosen = {f"policy.{name}": value for name, value in params.policy_config.items()}
    return [f"--{name}={_text(value)}" for name, value in (fixed | chosen | _schedule(params)).items()]


def _schedule(params: TrainParams) -> dict[str, Any]:
    """Return the optimiser and the rate's course, where they are not the policy's own."""
    if params.schedule == "policy":
        return {}
    return {
        "use_policy_training_preset": False,
        "optimizer.type": "adamw",
        "optimizer.lr": params.learning_rate,
        "optimizer.weight_decay": 1e-4,
        "optimizer.grad_clip_norm": 10.0,
        "scheduler.type": "cosine_annealing_with_warmup",
        "scheduler.num_warmup_steps": max(1, params.steps // 20),
    }


def resume_argv(checkpoint: Path, steps: int) -> list[str]:
    """Return the arguments of `lerobot-train` that go on from a checkpoint.

    Args:
        checkpoint: folder of one step.
        steps: in all, with those that are done.
    """
    config = checkpoint / "pretrained_model" / "train_config.json"
    return [f"--config_path={config}", "--resume=true", f"--steps={steps}"]


def _text(value: Any) -> str:
    """Return a value as draccus reads it: JSON, which YAML contains, but bare strings."""
    return value if isinstance(value, str) else json.dumps(value)
