"""A job that does almost nothing, so that tests of runners and of the keeper are quick."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from backend.core.contracts.job import Finding, JobSpec, JobTemplate
from trainer.jobs.failures import in_words
from trainer.jobs.local import LocalRunner

KIND = "tests.jobs.kinds:CountJob"


class CountParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far to count."""

    steps: Annotated[int, Meta(ge=1)] = 5
    wait_s: float = 0.05
    fail_at: int = 0
    deaf: bool = False
    refused: bool = False


class CountJob:
    """Counts, and writes every number down; a resumed one goes on from there."""

    title = "Counting"
    needs_dataset = False
    resumable = True
    stop_by_signal = True
    Params = CountParams
    templates = (
        JobTemplate(
            name="slow", title="Counting slowly", text="To be watched and stopped.", params={"steps": 2000}
        ),
    )

    def command(self, spec: JobSpec, run_dir: Path) -> list[str]:
        return [sys.executable, "-m", "tests.jobs.count", str(run_dir)]

    def environment(self, spec: JobSpec) -> dict[str, str]:
        return {"COUNTING": "yes"}

    def check(self, spec: JobSpec) -> list[Finding]:
        refused = msgspec.convert(spec.params, CountParams).refused
        return [Finding(check="mood", severity="fail", text="not in the mood")] if refused else []

    def explain(self, exit_code: int, log_tail: str) -> str:
        return in_words(exit_code, log_tail)


class CountRunner(LocalRunner):
    """The local runner, whose supervisors know the kind as well."""

    def __init__(self) -> None:
        super().__init__("tests.jobs.supervisor")
