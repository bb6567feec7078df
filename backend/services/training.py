"""What LeRobot's policies can be configured with: asked of a process of its own, and kept.

LeRobot and torch take seconds to import and hundreds of megabytes: the api never does.
"""

import asyncio
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from backend.files import write_atomically
from backend.services.errors import DomainError
from backend.settings import ROOT

_asked: dict[Path, asyncio.Task[None]] = {}
"""Files that are being written; a page asks for types and for a schema at once, and may be loaded again."""


async def policy_schemas(cache_dir: Path) -> dict[str, Any]:
    """Return the JSON schema of the config of every policy type, by type.

    Raises:
        DomainError: 409 when LeRobot cannot be imported; says why.
    """
    path = cache_dir / "policy-schemas" / f"lerobot-{version('lerobot')}.json"
    if not path.is_file():
        if path not in _asked:
            _asked[path] = asyncio.create_task(_write_schemas(path))
            _asked[path].add_done_callback(lambda _: _asked.pop(path))
        await asyncio.shield(_asked[path])
    return json.loads(await asyncio.to_thread(path.read_bytes))


async def _write_schemas(path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "trainer.training.schema",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, trouble = await process.communicate()
    if process.returncode:
        why = trouble.decode(errors="replace").strip().splitlines()[-1:]
        raise DomainError(409, "no_lerobot", f"LeRobot's policies cannot be read: {' '.join(why)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(write_atomically, path, out)


async def policy_schema(cache_dir: Path, policy_type: str) -> dict[str, Any]:
    """Return the JSON schema of one policy's config; DomainError 404 that lists what there is."""
    schemas = await policy_schemas(cache_dir)
    if policy_type not in schemas:
        raise DomainError(
            404, "no_policy_type", f"unknown policy {policy_type!r}; there are {', '.join(sorted(schemas))}"
        )
    return schemas[policy_type]
