"""What is known of one glove at one instant."""

from dataclasses import dataclass
from typing import Literal

from backend.core.contracts.record import Array
from backend.core.contracts.rig import GloveState

Side = Literal["left", "right"]


@dataclass(frozen=True)
class GloveSample:
    """Newest values of one glove; they are held when nothing new comes."""

    id: int
    side: Side
    state: GloveState
    trouble: str
    """Why it cannot be trusted, in words; empty when it is live."""
    age_ms: float
    """Since the newest values, transport included."""
    t_ns: int
    """When the newest values arrived, host monotonic [ns]."""
    source_t_ns: int
    """When they were published, on the bridge's clock [ns]."""
    angles_deg: Array | None
    """(20,) of this hand in the order of `human.ANGLES` [degrees]."""
    nodes: Array | None
    """(25, 7) joints in the order of `human.NODES` [m]."""
    haptics: bool
