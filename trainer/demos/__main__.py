"""Records demonstrations of a simulated task, given by a scripted operator.

`python -m trainer.demos --task pick_place --episodes 50 --workers 2 --out DIR`. Takes of seeds that are in
DIR already are not given again, so a run that was stopped goes on with the same command. Failed takes are
kept and marked in their manifests. With `--policy CHECKPOINT` the policy drives, and the operator takes over
where it gets nowhere: corrections to learn from (choose seeds that are no demonstration's).
Ends with 0 when all takes are there, 1 when none of them succeeded or something went wrong, 3 when it was
stopped.
"""

import argparse
import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

import psutil

from backend import catalog
from backend.core.contracts.task import LEVELS
from backend.recording.manifest import load_manifest
from trainer.demos.demonstrate import Order, give
from trainer.demos.report import Report
from trainer.headless.crew import Crew

STOPPED = 3


def main() -> int:
    """Run; return the exit code."""
    arguments = parser().parse_args()
    out: Path = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    working_dir = _working_dir(out)
    seeds = range(arguments.seed, arguments.seed + arguments.episodes)
    had = _had(out, arguments.task, arguments.level) & set(seeds)
    orders = [
        Order(
            arguments.task,
            seed,
            arguments.level,
            not arguments.no_cameras,
            working_dir,
            out,
            arguments.policy,
            arguments.patience_s,
        )
        for seed in seeds
        if seed not in had
    ]
    report = Report(len(seeds), len(had), arguments.events)
    crew = Crew(min(arguments.workers, max(len(orders), 1)), give)
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        crew.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        for given in crew.work(orders):
            report.add(given)
    except Exception as error:
        report.close(f"{type(error).__name__}: {error}")
        return 1
    finally:
        crew.stop()
        crew.close()
        shutil.rmtree(working_dir, ignore_errors=True)
    report.close("stopped before the end; the same command goes on" if stopped else "all takes are recorded")
    if stopped:
        return STOPPED
    return 0 if report.successes or not orders else 1


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("--task", required=True, choices=sorted(catalog.DEMONSTRATORS))
    line.add_argument("--episodes", type=_count, default=50, help="takes to have; failed ones are kept")
    line.add_argument("--level", type=int, choices=LEVELS, default=0, help="how much it varies")
    line.add_argument("--seed", type=int, default=0, help="of the first take; the next ones count up")
    line.add_argument("--workers", type=_count, default=1, help="simulations at the same time")
    line.add_argument("--out", type=Path, required=True, help="folder for the episodes")
    line.add_argument("--no-cameras", action="store_true", help="record motions only")
    line.add_argument("--policy", type=_folder, help="checkpoint that drives until the operator takes over")
    line.add_argument(
        "--patience-s", type=_seconds, default=6.0, help="how long the policy may take for one subtask"
    )
    line.add_argument("--events", type=Path, help="file for progress as lines of JSON")
    return line


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is refused; allowed: 1 and more")
    return value


def _folder(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{path} is no folder; give that of a checkpoint")
    return path


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.5 <= value <= 600:
        raise argparse.ArgumentTypeError(f"{value:g} is refused; allowed: 0.5 to 600")
    return value


def _working_dir(out: Path) -> Path:
    """Return a new folder for takes in progress, on the same disk; remove what killed runs have left."""
    root = out.parent / f".{out.name}.demos"
    for left in root.glob("*") if root.exists() else ():
        if not (left.name.isdigit() and psutil.pid_exists(int(left.name))):
            shutil.rmtree(left, ignore_errors=True)
    folder = root / str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _had(out: Path, task: str, level: int) -> set[int]:
    """Return the seeds whose takes are recorded already."""
    found = set()
    for path in out.glob("*/manifest.json"):
        try:
            manifest = load_manifest(path.parent)
        except (OSError, ValueError):
            continue
        if manifest.task == task and manifest.outcome is not None and manifest.outcome.level == level:
            found.add(manifest.outcome.seed)
    return found


if __name__ == "__main__":
    sys.exit(main())
