"""The real recorder process on the pictures of the tests: `python -m tests.recording.run_recorder DIR`."""

import os
import resource
import sys
from pathlib import Path

from backend.recording.disk import DiskLimits
from backend.recording.process import run
from backend.runtime.bus import Bus
from tests.recording.streams import SPEC


def main() -> None:
    root = Path(sys.argv[1])
    sizes = {name: int(os.environ[name]) for name in ("start_bytes", "stop_bytes", "ballast_bytes")}
    if limit := os.environ.get("FILE_SIZE_LIMIT"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    run(Bus(root / "run"), root / "episodes", SPEC, "dcm_wbc", DiskLimits(**sizes))


if __name__ == "__main__":
    main()
