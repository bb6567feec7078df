"""Judges a checkpoint on held-out episodes, without disturbing the training it belongs to."""

import json
from typing import Any

import numpy as np
import torch
from lerobot.configs.train import TrainPipelineConfig
from lerobot.policies import PreTrainedPolicy
from lerobot.processor import PolicyProcessorPipeline
from torch.utils.data import default_collate

from backend.files import write_atomically
from trainer.jobs.run_dir import OPEN_LOOP, RunDir
from trainer.training.data import ACTION, TrainingData
from trainer.training.dataset import PolicyDataset, make_dataset
from trainer.training.open_loop import ChunkPolicy, evaluate
from trainer.training.split import Split


def chunk_policy(
    policy: PreTrainedPolicy,
    preprocessor: PolicyProcessorPipeline,
    postprocessor: PolicyProcessorPipeline,
    dataset: PolicyDataset,
) -> ChunkPolicy:
    """Return what predicts actions from rows of a dataset, the way a deployed policy does."""
    cameras = dataset.meta.camera_keys

    def predict(rows: np.ndarray) -> np.ndarray:
        batch = default_collate([dataset[int(row)] for row in rows])
        for key in cameras:
            batch[key] = batch[key].to(torch.float32) / 255.0
        # A policy is not to see what it shall predict.
        batch = {key: value for key, value in batch.items() if not key.startswith(ACTION)}
        chunk = policy.predict_action_chunk(preprocessor(batch))
        return postprocessor(chunk).to(torch.float32).cpu().numpy()

    return predict


def judge(
    run: RunDir,
    step: int,
    cfg: TrainPipelineConfig,
    policy: PreTrainedPolicy,
    preprocessor: PolicyProcessorPipeline,
    postprocessor: PolicyProcessorPipeline,
    data: TrainingData,
    split: Split,
) -> dict[str, Any]:
    """Measure a policy on held-out episodes; write the result into the run directory and return it.

    Random numbers and the policy's mode are as before afterwards, so that a judged training goes on exactly
    like one that is not.
    """
    dataset = make_dataset(cfg, data, split.train, augment=False)
    devices = [torch.cuda.current_device()] if torch.cuda.is_available() else []
    was_training = policy.training
    with torch.random.fork_rng(devices=devices), torch.no_grad():
        torch.manual_seed(0)
        policy.eval()
        policy.reset()
        chunk = len(policy.config.action_delta_indices)
        result = evaluate(
            chunk_policy(policy, preprocessor, postprocessor, dataset),
            data.action,
            data.starts,
            split.train,
            split.held_out,
            data.version.names(ACTION),
            chunk,
        )
    policy.train(was_training)
    result = {"step": step, **result}
    (run.path / OPEN_LOOP).mkdir(exist_ok=True)
    write_atomically(run.path / OPEN_LOOP / f"{step:06d}.json", json.dumps(result).encode())
    run.say(
        "metric",
        step=step,
        open_loop=result["score"],
        **{f"error_{group['group']}": group["policy"] for group in result["groups"]},
    )
    return result
