"""Writes the frontend's types from the Python ones: `python -m backend.api.generate [--check]`."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from backend.api.app import create_app
from backend.api.typescript import messages_module
from backend.settings import ROOT, Settings

FRONTEND = ROOT / "frontend"
TARGET = FRONTEND / "src" / "shared" / "api"
TOOL = FRONTEND / "node_modules" / ".bin" / "openapi-typescript"


def generate(folder: Path) -> None:
    """Write openapi.json, messages.gen.ts and schema.gen.ts into `folder`.

    Raises:
        SystemExit: the frontend's packages are not installed, or the tool failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    schema = json.dumps(create_app(Settings()).openapi(), indent=1, sort_keys=True)
    (folder / "openapi.json").write_text(schema + "\n")
    (folder / "messages.gen.ts").write_text(messages_module())
    if not TOOL.exists():
        raise SystemExit(f"{TOOL} is missing; run `npm ci` in {FRONTEND}")
    command = [str(TOOL), str(folder / "openapi.json"), "--output", str(folder / "schema.gen.ts")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"openapi-typescript failed:\n{done.stderr}")


def stale_files(fresh: Path, committed: Path) -> list[str]:
    """Return the names of the files in `fresh` that `committed` lacks or has differently."""
    return [
        path.name
        for path in sorted(fresh.iterdir())
        if not (committed / path.name).is_file() or (committed / path.name).read_text() != path.read_text()
    ]


def main() -> None:
    """Generate, or check that nothing is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a generated file is stale")
    if not parser.parse_args().check:
        generate(TARGET)
        return
    with tempfile.TemporaryDirectory() as name:
        generate(Path(name))
        stale = stale_files(Path(name), TARGET)
    if stale:
        sys.exit(f"stale: {', '.join(stale)}; run `python -m backend.api.generate` and commit the result")


if __name__ == "__main__":
    main()
