"""Compares policies on a simulated task: seeded starts, blind and interleaved, with statistics.

`python -m trainer.evaluation --task pick_place --policy DIR --baseline replay --episodes DIR --trials 50
--workers 2 --out DIR`. Trials that are in DIR already are not run again, so a run that was stopped or killed
goes on with the same command; more `--trials` go on as well. The same command gives the same table.
Ends with 0 when every trial was run, 1 when something went wrong, 3 when it was stopped.
"""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import msgspec

from backend import catalog
from backend.core.contracts.task import LEVELS
from backend.evaluation.export import csv_text, markdown
from backend.evaluation.plan import LABELS, Contestant, Plan, labels, turns
from backend.evaluation.report import summarise
from backend.files import write_atomically
from trainer.evaluation.ledger import Ledger, OtherPlan
from trainer.evaluation.progress import Progress
from trainer.evaluation.trial import Order, give
from trainer.headless.crew import Crew
from trainer.policies.served import PolicyRefused

STOPPED = 3


def main() -> int:
    """Run; return the exit code."""
    parser = _parser()
    arguments = parser.parse_args()
    plan = _plan(arguments)
    if not 1 <= len(plan.policies) <= len(LABELS):
        parser.error(f"{len(plan.policies)} policies and baselines; allowed: 1 to {len(LABELS)}")
    # Workers share the cores among themselves.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    out: Path = arguments.out.resolve()
    try:
        ledger = Ledger(out, plan)
    except OtherPlan as error:
        print(error, file=sys.stderr)
        return 1
    had = {result.number for result in ledger.results}
    order = turns(len(plan.policies), plan.trials, plan.seed)
    orders = [
        Order(plan, turn, out, arguments.episodes.resolve()) for turn in order if turn.number not in had
    ]
    progress = Progress(len(order), len(had), arguments.events)
    crew = Crew(min(arguments.workers, max(len(orders), 1)), give)
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        crew.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        for result in crew.work(orders):
            ledger.add(result)
            progress.add(result)
    except Exception as error:
        kind = "" if isinstance(error, PolicyRefused) else f"{type(error).__name__}: "
        progress.close(f"{kind}{error}")
        return 1
    finally:
        crew.stop()
        crew.close()
    if stopped and len(ledger.results) < len(order):
        progress.close("stopped before the end; the same command goes on")
        return STOPPED
    progress.close("all trials are run")
    _publish(out, plan, ledger)
    return 0


def _publish(out: Path, plan: Plan, ledger: Ledger) -> None:
    """Write and print the report."""
    letters = labels(len(plan.policies), plan.seed)
    names = {letter: policy.name for letter, policy in zip(letters, plan.policies, strict=True)}
    subtasks = [subtask.text for subtask in ledger.task.subtasks]
    title = f"{plan.task}, level {plan.level}, {plan.trials} starts from seed {plan.seed}"
    report = summarise(ledger.results, names, len(subtasks))
    text = markdown(title, report, names, subtasks)
    write_atomically(out / "report.md", text.encode())
    write_atomically(out / "trials.csv", csv_text(ledger.results, names, subtasks).encode())
    write_atomically(out / "report.json", msgspec.json.format(msgspec.json.encode(report), indent=1))
    print(text)


def _plan(arguments: argparse.Namespace) -> Plan:
    learned = (Contestant(name=name, kind=kind, source=path) for name, kind, path in arguments.policy)
    baselines = (Contestant(name=name, kind=name) for name in arguments.baseline)
    return Plan(
        task=arguments.task,
        policies=(*learned, *baselines),
        level=arguments.level,
        seed=arguments.seed,
        trials=arguments.trials,
        latency_ms=arguments.latency_ms,
        merge=arguments.merge,
        s_min=arguments.s_min,
        videos=not arguments.no_videos,
        record_cameras=arguments.record_cameras,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--task", required=True, choices=sorted(catalog.TASKS))
    add("--policy", action="append", type=_policy, default=[], metavar="[NAME=]DIR", help="checkpoint")
    add("--baseline", action="append", choices=sorted(catalog.BASELINES), default=[])
    add("--episodes", type=Path, default=Path("data/episodes"), help="demonstrations, for baselines")
    add("--trials", type=_count, default=20, help="starts; one trial of each policy")
    add("--level", type=int, choices=LEVELS, default=0, help="how much starts vary")
    add("--seed", type=int, default=100_000, help="of the first start; the next ones count up")
    add("--latency-ms", type=_latency, default=100.0, help="of an answer, or `measured`")
    add("--merge", choices=sorted(catalog.MERGERS), default="blend")
    add("--s-min", type=_count, default=10, help="steps that are executed before the next request")
    add("--workers", type=_count, default=1, help="simulations at the same time")
    add("--out", type=Path, required=True, help="folder of the evaluation")
    add("--no-videos", action="store_true", help="no film of each trial")
    add("--record-cameras", action="store_true", help="all pictures into the episodes; slower")
    add("--events", type=Path, help="file for progress as lines of JSON")
    return parser


def _policy(text: str) -> tuple[str, str, str]:
    """Return name, kind and folder of a checkpoint."""
    name, named, path = text.partition("=")
    folder = Path(path if named else text).resolve()
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"{folder} is no folder; give that of a checkpoint")
    return name if named else folder.name, "lerobot", str(folder)


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is refused; allowed: 1 and more")
    return value


def _latency(text: str) -> float | None:
    if text == "measured":
        return None
    value = float(text)
    if not 0 <= value <= 10_000:
        raise argparse.ArgumentTypeError(f"{value:g} is refused; allowed: 0 to 10000, or measured")
    return value


if __name__ == "__main__":
    sys.exit(main())
