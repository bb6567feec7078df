"""Ask whether a process is alive: `python -m backend.runtime.pulse NAME` exits 0 when it beats."""

import sys

from backend.runtime.bus import Bus
from backend.runtime.topics import HEALTH
from backend.settings import settings

TIMEOUT_S = 2.0


def main() -> int:
    """Wait for a heartbeat of the named process and say what it tells."""
    if len(sys.argv) != 2:
        print("usage: python -m backend.runtime.pulse NAME", file=sys.stderr)
        return 2
    name = sys.argv[1]
    message = Bus(settings().run_dir).subscribe(HEALTH, name).wait(TIMEOUT_S)
    if message is None:
        print(f"{name}: no heartbeat within {TIMEOUT_S:g} s", file=sys.stderr)
        return 1
    print(f"{name}: {message[0].state}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
