"""What we add to `lerobot-train`, at the names its module looks up: its own loop runs as it is.

| name in lerobot_train      | what we put there                                                   |
|----------------------------|---------------------------------------------------------------------|
| make_train_eval_datasets   | our dataset: the inputs we mean, pictures decoded once              |
| EpisodeAwareSampler        | draws from the lessons of that dataset, not from whole episodes     |
| MetricsTracker             | writes each log line as an event as well                            |
| should_save_checkpoint     | also says yes once a stop is asked for                              |
| save_checkpoint            | adds our manifest, marks it complete, judges it on held-out episodes |
| cycle                      | ends the loop before the next batch once that checkpoint is written |
"""

import math
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from lerobot.configs.train import TrainPipelineConfig
from lerobot.policies import PreTrainedPolicy
from lerobot.processor import PolicyProcessorPipeline
from lerobot.scripts import lerobot_train
from lerobot.utils.logging_utils import MetricsTracker

from backend.files import flush
from trainer.jobs.run_dir import COMPLETE, PRETRAINED, RunDir
from trainer.training.data import TrainingData
from trainer.training.dataset import PolicyDataset, make_dataset
from trainer.training.judge import judge
from trainer.training.manifest import write_manifest
from trainer.training.params import TrainParams
from trainer.training.refused import NonFiniteLoss
from trainer.training.split import Split

NAMES = {"grad_norm": "grad_norm", "lr": "lr", "loss": "loss", "samples_per_s": "samples_s"}
"""LeRobot's meter -> name in our events; others keep theirs."""


class StopTraining(Exception):
    """The checkpoint that a stop asked for is written."""


class Session:
    """One process of one training.

    Args:
        run: the job's run directory.
        params: what was asked for.
        data: the dataset version.
        split: its episodes.
        manifest: goes into every checkpoint.
    """

    def __init__(
        self, run: RunDir, params: TrainParams, data: TrainingData, split: Split, manifest: dict[str, Any]
    ) -> None:
        self._run = run
        self._params = params
        self._data = data
        self._split = split
        self._manifest = manifest
        self._is_main = int(os.environ.get("RANK", "0")) == 0
        self._asked = False
        self._stopping = False
        self._plain_should_save = lerobot_train.should_save_checkpoint
        self._plain_save = lerobot_train.save_checkpoint
        self._plain_cycle = lerobot_train.cycle
        self._plain_sampler = lerobot_train.EpisodeAwareSampler
        self._dataset: PolicyDataset

    def install(self) -> None:
        """Take our places in LeRobot's module, for the rest of this process."""
        signal.signal(signal.SIGTERM, lambda number, frame: setattr(self, "_asked", True))
        session = self

        class Tracker(MetricsTracker):
            """Writes down what is about to be forgotten."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.__dict__["since"] = (time.monotonic(), self.steps)

            def reset_averages(self) -> None:
                self.__dict__["since"] = session.log(self.to_dict(), self.__dict__["since"])
                super().reset_averages()

        lerobot_train.MetricsTracker = Tracker
        lerobot_train.make_train_eval_datasets = self.datasets
        lerobot_train.EpisodeAwareSampler = self.sampler
        lerobot_train.should_save_checkpoint = self.should_save
        lerobot_train.save_checkpoint = self.save
        lerobot_train.cycle = self.cycle

    def datasets(self, cfg: TrainPipelineConfig) -> tuple[Any, None]:
        """Stand in for `make_train_eval_datasets`; held-out episodes are judged by us, as chunks."""
        params = self._params
        self._dataset = make_dataset(cfg, self._data, self._split.train, params.augment, params.people_only)
        return self._dataset, None

    def sampler(self, first: Any, end: Any, **others: Any) -> Any:
        """Stand in for `EpisodeAwareSampler`; a lesson takes the place of an episode."""
        lessons = self._dataset.lessons
        return self._plain_sampler(lessons.starts, lessons.ends, **others | {"episode_indices_to_use": None})

    def log(self, values: dict[str, float], since: tuple[float, int]) -> tuple[float, int]:
        """Write one point of the curves; return when that was, and at which step.

        Raises:
            NonFiniteLoss: the loss is no number any more.
        """
        step, now = int(values.pop("steps")), time.monotonic()
        if self._is_main:
            per_step_s = (now - since[0]) / max(1, step - since[1])
            numbers = {NAMES.get(name, name): value for name, value in values.items()}
            self._run.say(
                "metric",
                step=step,
                progress=step / self._params.steps,
                eta_s=round((self._params.steps - step) * per_step_s, 1),
                **{name: value for name, value in numbers.items() if math.isfinite(value)},
            )
        if not math.isfinite(values["loss"]):
            raise NonFiniteLoss(f"the loss is {values['loss']} at step {step}")
        return now, step

    def should_save(self, step: int, save_freq: int, total_steps: int) -> bool:
        """Say whether to save now; every process of the training says the same."""
        if self._stop_asked():
            self._stopping = True
            return True
        return self._plain_should_save(step, save_freq, total_steps)

    def _stop_asked(self) -> bool:
        asked = self._asked or self._run.stop_request() is not None
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            flag = torch.tensor([float(asked)], device="cuda" if torch.cuda.is_available() else "cpu")
            torch.distributed.all_reduce(flag, op=torch.distributed.ReduceOp.MAX)
            asked = bool(flag.item())
        return asked

    def cycle(self, loader: Any) -> Iterator[Any]:
        """Yield batches for ever; end the training before the next one once a stop has been saved."""
        for batch in self._plain_cycle(loader):
            if self._stopping:
                raise StopTraining
            yield batch

    def save(
        self,
        checkpoint_dir: Path,
        step: int,
        cfg: TrainPipelineConfig,
        policy: PreTrainedPolicy,
        optimizer: Any,
        scheduler: Any = None,
        preprocessor: PolicyProcessorPipeline | None = None,
        postprocessor: PolicyProcessorPipeline | None = None,
        **others: Any,
    ) -> None:
        """Save, and only then say that there is a checkpoint; judge it."""
        (checkpoint_dir / COMPLETE).unlink(missing_ok=True)
        self._plain_save(
            checkpoint_dir, step, cfg, policy, optimizer, scheduler, preprocessor, postprocessor, **others
        )
        write_manifest(checkpoint_dir / PRETRAINED, self._manifest)
        flush(checkpoint_dir)
        (checkpoint_dir / COMPLETE).touch()
        self._run.say("checkpoint", step=step, path=str(checkpoint_dir))
        if self._split.held_out and preprocessor is not None and postprocessor is not None:
            judge(self._run, step, cfg, policy, preprocessor, postprocessor, self._data, self._split)
