"""Demonstrations per hour by the scripted operator, with and without pictures, against real time."""

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks.report import report

TASK = "pick_place"
FULL, QUICK = 10, 1
FIRST_SEED = 1


def main() -> None:
    """Give the same demonstrations without and with pictures, one after the other in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} of each kind instead of {FULL}")
    parser.add_argument("--level", type=int, default=0, help="how much the initial conditions vary")
    arguments = parser.parse_args()
    count = QUICK if arguments.quick else FULL

    from devices.scenes import gl

    gl.choose_backend()
    from backend import catalog
    from backend.runtime.scene_model import compiled_task
    from backend.settings import settings
    from trainer.demos.demonstrate import Given, Order, demonstrate

    # What is compiled once and kept is no cost of a demonstration.
    task = catalog.load(catalog.TASKS, TASK)(FIRST_SEED, 0)
    for visuals in (False, True):
        compiled_task(settings(), task, visuals)
    rows, rates = [], {}
    everything: list[Given] = []
    with tempfile.TemporaryDirectory(prefix="bunraku-demos-") as folder:
        working, episodes = Path(folder) / "working", Path(folder) / "episodes"
        working.mkdir()
        episodes.mkdir()
        for cameras in (False, True):
            begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
            given = [
                demonstrate(
                    settings(),
                    Order(TASK, FIRST_SEED + number, arguments.level, cameras, working, episodes),
                )
                for number in range(count)
            ]
            wall_s, cpu_s = time.perf_counter() - begun_s, time.process_time() - begun_cpu_s
            everything += given
            successes = sum(each.success for each in given)
            length_s = sum(each.length_s for each in given)
            rates[cameras] = 3600 * successes / wall_s
            rows.append(
                {
                    "pictures": "yes" if cameras else "no",
                    "takes": len(given),
                    "successes": successes,
                    "mean_length_s": length_s / len(given),
                    "demos_per_hour": rates[cameras],
                    "real_time_factor": length_s / wall_s,
                    "cpu_s_per_take": cpu_s / len(given),
                }
            )
    report(
        "demos",
        rows,
        demos_per_hour=rates[True],
        demos_per_hour_without_pictures=rates[False],
        success_rate=sum(each.success for each in everything) / len(everything),
        real_time_factor=rows[1]["real_time_factor"],
        real_time_factor_without_pictures=rows[0]["real_time_factor"],
    )


if __name__ == "__main__":
    main()
