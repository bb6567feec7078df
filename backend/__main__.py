"""`python -m backend`: the whole app on this machine, until Ctrl-C."""

import asyncio
import sys

from pydantic import ValidationError

from backend.runtime.preflight import PreflightError, check_data_dir, check_port, lock_data_dir
from backend.runtime.supervisor import Supervisor
from backend.settings import settings


def main() -> int:
    """Check what must hold, then supervise every process; return the exit code."""
    try:
        config = settings()
        check_data_dir(config)
        lock = lock_data_dir(config)
        check_port(config)
    except (PreflightError, ValidationError) as error:
        print(f"Bunraku cannot start: {error}", file=sys.stderr)
        return 1
    with lock:
        return asyncio.run(Supervisor(config).run())


if __name__ == "__main__":
    sys.exit(main())
