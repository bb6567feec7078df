"""Files of the rig under the data directory: what is worn where, and the operators' measures."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import structlog

from backend.core.contracts.record import json_decoder, to_json
from backend.core.rig.operator import Operator
from backend.core.rig.roles import Roles
from backend.files import write_atomically

log = structlog.get_logger("rig")


class RigStore:
    """Reads and replaces small JSON files; one that is broken counts as absent, and is reported."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def roles(self, source: str) -> Roles:
        """Return which tracker of a device is worn where."""
        return self._read(self._folder / f"{source}.json", Roles) or Roles()

    def save_roles(self, source: str, roles: Roles) -> None:
        """Keep it."""
        self._write(self._folder / f"{source}.json", roles)

    def operator(self, name: str) -> Operator | None:
        """Return what is known of an operator."""
        return self._read(self._operator_path(name), Operator)

    def save_operator(self, operator: Operator) -> None:
        """Keep it."""
        self._write(self._operator_path(operator.name), operator)

    def _operator_path(self, name: str) -> Path:
        # A name may hold what a file's name must not.
        return self._folder / "operators" / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.json"

    def _read(self, path: Path, kind: type) -> Any:
        try:
            return json_decoder(kind).decode(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            log.warning("a file of the rig is not used", path=str(path), why=str(error))
            return None

    def _write(self, path: Path, value: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, to_json(value))
