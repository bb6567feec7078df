"""`card.json` in a policy's folder: what people call it and say of it, so that a lost row can come back."""

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from backend.db.policy import PolicyRow, PolicyStage
from backend.files import write_atomically

NAME = "card.json"


class PolicyCard(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a policy's row that its other files do not hold."""

    name: str
    number: int
    step: int
    created_at: datetime
    stage: PolicyStage = PolicyStage.CANDIDATE
    notes: str = ""
    job_id: uuid.UUID | None = None
    dataset_id: uuid.UUID | None = None
    open_loop: dict[str, Any] | None = None
    latency: dict[str, Any] | None = None


def card_of(policy: PolicyRow) -> PolicyCard:
    """Return the card of a row that was flushed."""
    return PolicyCard(**{name: getattr(policy, name) for name in PolicyCard.__struct_fields__})


def write_card(folder: Path, card: PolicyCard) -> None:
    """Store a card atomically; raises OSError. A policy whose files are gone needs none."""
    if folder.is_dir():
        write_atomically(folder / NAME, msgspec.json.format(msgspec.json.encode(card), indent=1))


def read_card(folder: Path) -> PolicyCard | None:
    """Return the card in a policy's folder, or None when there is none; ValueError when it is malformed."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=PolicyCard)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise ValueError(f"{folder / NAME} is not a card: {error}") from error
