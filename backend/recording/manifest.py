"""`manifest.json`: the file that makes an episode's folder self-describing."""

from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from backend.core.contracts.record import json_decoder, to_json
from backend.core.contracts.recording import EpisodeManifest
from backend.files import write_atomically

FORMAT = 1
NAME = "manifest.json"
_decoder = json_decoder(EpisodeManifest)


def load_manifest(folder: Path) -> EpisodeManifest:
    """Read the manifest of an episode's folder.

    Raises:
        FileNotFoundError: `folder` holds no manifest.
        ValueError: the manifest is malformed or of a newer format; says which is supported.
    """
    try:
        manifest = _decoder.decode((folder / NAME).read_bytes())
    except msgspec.DecodeError as error:
        raise ValueError(f"{folder / NAME} is not a manifest: {error}") from error
    if manifest.format > FORMAT:
        raise ValueError(f"{folder / NAME} has format {manifest.format}; this version reads up to {FORMAT}")
    return manifest


class ManifestFile:
    """The manifest of one folder, kept on disk; safe to update from two threads."""

    def __init__(self, folder: Path, manifest: EpisodeManifest) -> None:
        self._path = folder / NAME
        self._lock = Lock()
        self.current = manifest

    def update(self, **changes: Any) -> EpisodeManifest:
        """Change fields, store the manifest and return it; raises OSError when the disk refuses."""
        with self._lock:
            self.current = msgspec.structs.replace(self.current, **changes)
            write_atomically(self._path, msgspec.json.format(to_json(self.current), indent=1))
            return self.current
