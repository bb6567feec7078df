"""Training with LeRobot, as a job."""

from pathlib import Path

import msgspec

from backend.core.contracts.job import Finding, JobSpec
from trainer.jobs.failures import in_words
from trainer.training.command import process_argv
from trainer.training.params import TrainParams
from trainer.training.preflight import check
from trainer.training.templates import TEMPLATES


class TrainJob:
    """Runs `lerobot-train` on a dataset version; see `trainer.training.train`."""

    title = "Training"
    needs_dataset = True
    resumable = True
    stop_by_signal = False
    Params = TrainParams
    templates = TEMPLATES

    def command(self, spec: JobSpec, run_dir: Path) -> list[str]:
        """Return the argument list of the training."""
        return process_argv(run_dir, spec.gpus)

    def environment(self, spec: JobSpec) -> dict[str, str]:
        """Return an environment in which nothing is fetched from anywhere and no core is fought over."""
        threads = str(msgspec.convert(spec.params, TrainParams).threads)
        return {
            "HF_HUB_OFFLINE": "1",
            "HF_DATASETS_OFFLINE": "1",
            "HF_DATASETS_CACHE": str(Path(spec.cache_dir) / "datasets"),
            "WANDB_MODE": "disabled",
            "TOKENIZERS_PARALLELISM": "false",
            "OMP_NUM_THREADS": threads,
            "MKL_NUM_THREADS": threads,
        }

    def check(self, spec: JobSpec) -> list[Finding]:
        """Return what speaks for and against starting."""
        return check(spec)

    def explain(self, exit_code: int, log_tail: str) -> str:
        """Return why the training failed."""
        return in_words(exit_code, log_tail)
