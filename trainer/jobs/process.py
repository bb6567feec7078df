"""Tells one process from a later one that got the same pid."""

import os
import signal
from functools import lru_cache
from pathlib import Path

import psutil

MARK = "BUNRAKU_RUN_DIR"
"""Environment variable by which everything that a job starts can be found again."""

_STATE, _START_TICKS = 0, 19
"""Fields of /proc/PID/stat after the command's name (the third and the twenty-second of proc(5))."""


@lru_cache
def boot_id() -> str:
    """Return a name for this boot of this machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def started_ticks(pid: int) -> int:
    """Return when a running process started [clock ticks since boot]; 0 when there is no such process.

    Unlike a creation time in seconds, it does not move when the wall clock is set.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    fields = stat[stat.rindex(")") + 2 :].split()
    # A zombie has ended; only its exit status is still there.
    return 0 if fields[_STATE] in "ZX" else int(fields[_START_TICKS])


def is_running(pid: int, ticks: int, boot: str) -> bool:
    """Return whether exactly this process still runs."""
    return pid > 0 and boot == boot_id() and ticks > 0 and started_ticks(pid) == ticks


def signal_process(pid: int, ticks: int, boot: str, number: signal.Signals) -> None:
    """Send a signal to exactly this process, if it still runs."""
    if is_running(pid, ticks, boot):
        os.kill(pid, number)


def kill_marked(run_dir: Path) -> int:
    """Kill every process that belongs to a run directory; return how many there were."""
    wanted, killed = str(run_dir), 0
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == wanted:
                process.kill()
                killed += 1
        except psutil.Error:
            continue
    return killed
