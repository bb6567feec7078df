"""An evaluation in simulation, as a job."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from backend import catalog
from backend.core.contracts.job import EVENTS, Finding, JobSpec, JobTemplate
from backend.evaluation.plan import Plan
from trainer.evaluation.contestants import demonstrations
from trainer.jobs.failures import in_words
from trainer.policies.served import PolicyRefused


class EvaluateParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is compared, and from how many starts."""

    task: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,60}$", description="Name of the simulated task")]
    policies: Annotated[
        list[Annotated[str, Meta(pattern=r"^[0-9a-f-]{36}$")]],
        Meta(max_length=8, description="Ids of registered policies"),
    ] = []
    names: Annotated[
        list[Annotated[str, Meta(max_length=120, pattern=r"^[^=\n]+$")]],
        Meta(max_length=8, description="What the policies are called; their ids when left out"),
    ] = []
    baselines: Annotated[
        list[Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$")]],
        Meta(max_length=8, description="Simple policies to compare with"),
    ] = []
    trials: Annotated[int, Meta(ge=1, le=10_000, description="Starts; one trial of each policy")] = 20
    level: Annotated[int, Meta(ge=0, le=2, description="How much starts vary")] = 0
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1, description="Of the first start")] = 100_000
    latency_ms: Annotated[float, Meta(ge=0, le=10_000)] | None = 100.0
    merge: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$", description="How chunks are merged")] = "blend"
    workers: Annotated[int, Meta(ge=1, le=256, description="Simulations at the same time")] = 1


class EvaluateJob:
    """Runs `python -m trainer.evaluation` in the run directory; trials that are there are not repeated."""

    title = "Evaluation"
    needs_dataset = False
    resumable = True
    stop_by_signal = True
    Params = EvaluateParams
    templates: tuple[JobTemplate, ...] = ()

    def command(self, spec: JobSpec, run_dir: Path) -> list[str]:
        """Return the argument list of the evaluation."""
        params = msgspec.convert(spec.params, EvaluateParams)
        names = [*params.names, *params.policies[len(params.names) :]]
        folders = [
            f"{name}={Path(spec.policies_dir) / each}"
            for name, each in zip(names, params.policies, strict=False)
        ]
        latency = "measured" if params.latency_ms is None else str(params.latency_ms)
        return [
            sys.executable, "-m", "trainer.evaluation",
            "--task", params.task,
            *(part for folder in folders for part in ("--policy", folder)),
            *(part for name in params.baselines for part in ("--baseline", name)),
            "--episodes", spec.episodes_dir,
            "--trials", str(params.trials),
            "--level", str(params.level),
            "--seed", str(params.seed),
            "--latency-ms", latency,
            "--merge", params.merge,
            "--workers", str(params.workers),
            "--out", str(run_dir),
            "--events", str(run_dir / EVENTS),
        ]  # fmt: skip

    def environment(self, spec: JobSpec) -> dict[str, str]:
        """Return one thread per worker: they share the cores among themselves."""
        return {"OMP_NUM_THREADS": "1"}

    def check(self, spec: JobSpec) -> list[Finding]:
        """Return what is missing: tasks, policies, demonstrations to replay."""
        params = msgspec.convert(spec.params, EvaluateParams)
        findings = [
            _known("task", [params.task], catalog.TASKS),
            _known("baseline", params.baselines, catalog.BASELINES),
            _known("merge", [params.merge], catalog.MERGERS),
        ]
        gone = [each for each in params.policies if not (Path(spec.policies_dir) / each).is_dir()]
        if gone:
            findings.append(_fail("policies", f"no files of {', '.join(gone)} in {spec.policies_dir}"))
        if not params.policies and not params.baselines:
            findings.append(_fail("policies", "nothing to compare; choose a policy or a baseline"))
        findings += _sources(params, Path(spec.episodes_dir))
        return findings

    def explain(self, exit_code: int, log_tail: str) -> str:
        """Return why the evaluation failed."""
        return in_words(exit_code, log_tail)


def _sources(params: EvaluateParams, episodes_dir: Path) -> list[Finding]:
    """Return which baselines have nothing to be built from."""
    demonstrations.cache_clear()
    plan = Plan(task=params.task, policies=(), seed=params.seed)
    missing = []
    for name in set(params.baselines) & set(catalog.BASELINES):
        try:
            catalog.load(catalog.BASELINES, name)(plan, 0, episodes_dir)
        except PolicyRefused as error:
            missing.append(_fail(name, str(error)))
    return missing


def _fail(check: str, text: str) -> Finding:
    return Finding(check=check, severity="fail", text=text)


def _known(check: str, names: list[str], table: dict[str, str]) -> Finding:
    for name in names:
        if name not in table:
            return _fail(check, f"unknown {check} {name!r}; available: {', '.join(sorted(table))}")
    return Finding(check=check, severity="ok", text=", ".join(names))
