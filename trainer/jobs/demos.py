"""Demonstrations by the scripted operator, as a job."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from backend.catalog import DEMONSTRATORS
from backend.core.contracts.job import EVENTS, Finding, JobSpec, JobTemplate
from trainer.jobs.failures import in_words


class DemosParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which demonstrations, and how many."""

    task: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9_]{1,60}$",
            description="Name of the simulated task",
            extra_json_schema={"enum": sorted(DEMONSTRATORS)},
        ),
    ]
    episodes: Annotated[int, Meta(ge=1, le=100_000, description="Takes to record; failed ones are kept")] = 50
    level: Annotated[int, Meta(ge=0, le=2, description="How much poses, looks and shapes vary")] = 0
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    workers: Annotated[int, Meta(ge=1, le=256, description="Simulations at the same time")] = 1
    policy: Annotated[
        str,
        Meta(
            pattern=r"^([0-9a-f-]{36})?$",
            description="Registered policy that drives until the operator takes over; nothing means a whole "
            "demonstration. Choose seeds that are no demonstration's",
        ),
    ] = ""
    patience_s: Annotated[
        float, Meta(ge=0.5, le=600, description="How long the policy may take for one subtask [s]")
    ] = 6.0


class DemosJob:
    """Runs `python -m trainer.demos` into the library of episodes; a second run gives the takes that lack."""

    title = "Demonstrations"
    needs_dataset = False
    resumable = True
    stop_by_signal = True
    Params = DemosParams
    templates = tuple(
        JobTemplate(
            name=task,
            title=task.replace("_", " ").capitalize(),
            text="Fifty takes by the scripted operator; failed ones are kept and marked.",
            params={"task": task, "episodes": 50},
        )
        for task in DEMONSTRATORS
    )

    def command(self, spec: JobSpec, run_dir: Path) -> list[str]:
        """Return the argument list of the recording."""
        params = msgspec.convert(spec.params, DemosParams)
        return [
            sys.executable, "-m", "trainer.demos",
            "--task", params.task,
            "--episodes", str(params.episodes),
            "--level", str(params.level),
            "--seed", str(params.seed),
            "--workers", str(params.workers),
            *(("--policy", str(Path(spec.policies_dir) / params.policy)) if params.policy else ()),
            "--patience-s", str(params.patience_s),
            "--out", spec.episodes_dir,
            "--events", str(run_dir / EVENTS),
        ]  # fmt: skip

    def environment(self, spec: JobSpec) -> dict[str, str]:
        """Return one thread per worker: they share the cores among themselves."""
        return {"OMP_NUM_THREADS": "1"}

    def check(self, spec: JobSpec) -> list[Finding]:
        """Return whether there is such a task; the recorder looks after the disk by itself."""
        params = msgspec.convert(spec.params, DemosParams)
        if params.task not in DEMONSTRATORS:
            text = f"nobody can demonstrate {params.task!r}; there are {', '.join(sorted(DEMONSTRATORS))}"
            return [Finding(check="task", severity="fail", text=text)]
        findings = [Finding(check="task", severity="ok", text=f"{params.task} can be demonstrated")]
        if params.policy and not (Path(spec.policies_dir) / params.policy).is_dir():
            text = f"no files of policy {params.policy} in {spec.policies_dir}"
            findings.append(Finding(check="policy", severity="fail", text=text))
        return findings

    def explain(self, exit_code: int, log_tail: str) -> str:
        """Return why the recording failed."""
        return in_words(exit_code, log_tail)
