"""Argument lists, explanations and schemas: what people and programs read."""

import json
import logging
import sys
from pathlib import Path

import msgspec
import pytest

from backend.core.contracts.job import DatasetRef, JobSpec
from backend.services.job_events import Digest, curves
from trainer.jobs.demos import DemosJob
from trainer.jobs.failures import in_words
from trainer.training import schema
from trainer.training.command import lerobot_argv, process_argv, resume_argv
from trainer.training.params import TrainParams

DATASET = DatasetRef(id="d", name="lift", folder="/data/lift-v1", content_hash="h")


def test_one_card_needs_no_launcher_and_two_get_accelerate():
    assert process_argv(Path("/run"), 1) == [
        sys.executable, "-m", "trainer.training.train", "--run-dir", "/run",
    ]  # fmt: skip
    assert process_argv(Path("/run"), 2) == [
        sys.executable, "-m", "accelerate.commands.launch",
        "--multi_gpu", "--num_processes", "2", "--num_machines", "1",
        "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0",
        "--module", "trainer.training.train", "--run-dir", "/run",
    ]  # fmt: skip


def test_lerobot_is_told_everything_in_a_list():
    params = TrainParams(
        policy="act",
        policy_config={"pretrained_backbone_weights": None, "chunk_size": 30, "vision_backbone": "resnet18"},
        steps=100, batch_size=4, log_every=5, save_every=50, seed=7,
    )  # fmt: skip
    assert lerobot_argv(params, DATASET, Path("/run/train"), "cpu") == [
        "--dataset.repo_id=lift",
        "--dataset.root=/data/lift-v1",
        "--dataset.use_imagenet_stats=true",
        "--dataset.image_transforms.enable=false",
        "--output_dir=/run/train",
        "--policy.type=act",
        "--policy.device=cpu",
        "--policy.push_to_hub=false",
        "--steps=100",
        "--batch_size=4",
        "--log_freq=5",
        "--save_freq=50",
        "--seed=7",
        "--num_workers=0",
        "--dataloader_multiprocessing_context=fork",
        "--env_eval_freq=0",
        "--wandb.enable=false",
        "--policy.pretrained_backbone_weights=null",
        "--policy.chunk_size=30",
        "--policy.vision_backbone=resnet18",
    ]
    begun = lerobot_argv(
        msgspec.structs.replace(params, schedule="cosine", learning_rate=3e-4),
        DATASET, Path("/run/train"), "cpu", begin_with=Path("/data/policies/x"),
    )  # fmt: skip
    assert "--policy.path=/data/policies/x" in begun
    assert not any(argument.startswith("--policy.type") for argument in begun)
    assert {
        "--use_policy_training_preset=false",
        "--optimizer.lr=0.0003",
        "--scheduler.num_warmup_steps=5",
    } <= {*begun}
    assert resume_argv(Path("/run/train/checkpoints/000050"), 100) == [
        "--config_path=/run/train/checkpoints/000050/pretrained_model/train_config.json",
        "--resume=true",
        "--steps=100",
    ]


def test_demonstrations_are_a_list_too():
    spec = JobSpec(
        id="x",
        kind="demos",
        name="x",
        params={"task": "pick_place", "episodes": 3},
        episodes_dir="/data/episodes",
    )
    assert DemosJob().command(spec, Path("/run")) == [
        sys.executable, "-m", "trainer.demos", "--task", "pick_place", "--episodes", "3", "--level", "0",
        "--seed", "0", "--workers", "1", "--patience-s", "6.0", "--out", "/data/episodes",
        "--events", "/run/events.jsonl",
    ]  # fmt: skip
    assert DemosJob().check(spec)[0].severity == "ok"
    policy = "0b5c3f4e-0000-4000-8000-000000000001"
    watched = msgspec.structs.replace(
        spec, params={"task": "pick_place", "policy": policy}, policies_dir="/data/policies"
    )
    command = DemosJob().command(watched, Path("/run"))
    assert command[command.index("--policy") + 1] == f"/data/policies/{policy}"
    assert [finding.severity for finding in DemosJob().check(watched)] == ["ok", "fail"]
    (unknown,) = DemosJob().check(msgspec.structs.replace(spec, params={"task": "dance"}))
    assert (unknown.severity, "pick_place" in unknown.text) == ("fail", True)
    with pytest.raises(msgspec.ValidationError):
        DemosJob().command(msgspec.structs.replace(spec, params={"task": "a; rm"}), Path("/run"))


@pytest.mark.parametrize(
    ("code", "log", "words"),
    [
        (1, "torch.OutOfMemoryError: CUDA out of memory. Tried to", "smaller batch size"),
        (1, "RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory", "machine ran out"),
        (-9, "step 100", "killed by the system (SIGKILL)"),
        (137, "step 100", "killed by the system (SIGKILL)"),
        (-15, "step 100", "SIGTERM"),
        (1, "OSError: [Errno 28] No space left on device", "the disk is full"),
        (
            1,
            'Downloading: "https://download.pytorch.org/models/resnet18.pth"',
            "weights of the image backbone",
        ),
        (
            1,
            "trainer.training.refused.DatasetRefused: the dataset has no camera x",
            "the dataset has no camera x",
        ),
        (1, "ModuleNotFoundError: No module named 'transformers'", "package transformers is missing"),
        (1, "trainer.training.refused.NonFiniteLoss: the loss is nan at step 7", "learning rate"),
        (
            2,
            "Traceback\n  File x\nValueError: chunk_size must be positive\n",
            "ValueError: chunk_size must be",
        ),
        (5, "", "it printed nothing (exit code 5)"),
    ],
)
def test_failures_are_told_in_words(code: int, log: str, words: str):
    assert words in in_words(code, log)


def test_the_form_of_a_policy_comes_from_its_own_config(capsys):
    assert schema.main() == 0
    logging.disable(logging.NOTSET)
    schemas = json.loads(capsys.readouterr().out)
    assert {"act", "diffusion", "smolvla", "pi05"} <= set(schemas)
    fields = schemas["act"]["properties"]
    assert (fields["chunk_size"]["type"], fields["chunk_size"]["default"]) == ("integer", 100)
    assert "chunk" in fields["chunk_size"]["description"]
    assert fields["n_action_steps"]["description"].startswith("The number of action steps to run")
    assert schemas["pi05"]["properties"]["max_action_dim"]["default"] == 32
    assert fields["pretrained_backbone_weights"]["anyOf"][-1] == {"type": "null"}
    assert not {"device", "push_to_hub", "input_features"} & set(fields)


def lines(*events: dict) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def test_events_become_progress_and_curves_whatever_is_in_them():
    text = (
        lines(
            {"kind": "progress", "done": 2, "total": 8, "message": "two"},
            {"kind": "metric", "step": 1, "loss": 4.0, "lr": 0.1, "success": True, "note": "x"},
            {"kind": "metric", "step": 2, "eta_s": 5.0, "progress": 7.0},
            {"kind": "metric", "step": 3, "loss": float("nan")},
            {"kind": "metric", "step": 1, "loss": 3.0},
        )
        + b"not json\n[1]\n"
    )
    digest = Digest(0.0, None, {})
    digest.take(text)
    assert (digest.progress, digest.eta_s, digest.message) == (1.0, 5.0, "two")
    assert digest.metrics == {"step": 1, "loss": 3.0, "lr": 0.1}
    assert curves(text, 100)["loss"] == {"step": [1], "value": [3.0]}
