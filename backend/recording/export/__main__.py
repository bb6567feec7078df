"""Command line of the export; every line on stdout is a JSON object.

Lines while it works: `{"progress": 0.4, "message": "..."}`. The last line is either
`{"progress": 1, "message": "done", "rows": ..., "content_hash": "...", "path": "..."}` with exit status 0,
or `{"error": "..."}` with exit status 1.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from backend.recording.export.export import MAX_AGE_S, export
from backend.recording.export.refused import ExportRefused
from backend.recording.export.verify import VerificationFailed


def _say(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


def main() -> int:
    """Run one export."""
    parser = argparse.ArgumentParser(description="Export raw episodes as a LeRobot v3 dataset version.")
    parser.add_argument("--out", type=Path, required=True, help="folder of the new dataset")
    parser.add_argument("--name", required=True, help="name of the dataset")
    parser.add_argument("--fps", type=int, default=30, help="rows per second")
    parser.add_argument("--max-age-s", type=float, default=MAX_AGE_S, help="oldest picture a row may have")
    parser.add_argument("episodes", type=Path, nargs="+", help="folders of raw episodes")
    chosen = parser.parse_args()
    os.nice(10)
    with tempfile.TemporaryDirectory(prefix="bunraku-export-") as scratch:
        # Before lerobot is imported: nothing is fetched from anywhere, and its caches go when we go.
        os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": scratch}
        try:
            done = export(
                chosen.out,
                chosen.name,
                chosen.fps,
                chosen.episodes,
                lambda share, text: _say(progress=round(share, 3), message=text),
                chosen.max_age_s,
            )
        except (ExportRefused, VerificationFailed, OSError) as error:
            _say(error=str(error))
            return 1
    _say(progress=1, message="done", rows=done.rows, content_hash=done.content_hash, path=str(done.root))
    return 0


if __name__ == "__main__":
    sys.exit(main())
