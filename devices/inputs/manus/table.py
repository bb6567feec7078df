"""All gloves of one bridge: what they said last, when, and how far that can be trusted. No I/O, no clock."""

from dataclasses import dataclass, field

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.rig import GloveState
from backend.core.hands.human import ANGLES, SIDES
from devices.inputs.manus.sample import GloveSample, Side
from devices.inputs.manus.wire import MOST_GLOVES, Data, GloveData, GloveInfo, Hello, Refused

STALE_NS = 250_000_000
"""A bridge says hello every 100 ms; silence longer than this means that it or the network is gone."""
FROZEN_NS = 1_000_000_000
"""A sensor on a living hand never repeats all its values for so long. The stream brings only gloves that
changed, so a frozen glove may also be one whose values no longer come at all."""
MOST_KNOWN = 2 * MOST_GLOVES
"""With more than these, gloves that are gone are forgotten."""
DRIFT = 1e-4
"""How fast two clocks may drift apart; by this the smallest delay seen is forgotten."""


class Delay:
    """By how much messages come later than the fastest one, from stamps of the sender's own clock."""

    def __init__(self) -> None:
        self._offset_ns: float | None = None
        self._sent_ns = self._arrived_ns = 0

    def of(self, sent_ns: int, arrived_ns: int) -> int:
        """Return the delay [ns] of a message beyond the smallest one; a clock that went back starts anew."""
        apart = arrived_ns - sent_ns
        if self._offset_ns is None or sent_ns < self._sent_ns:
            self._offset_ns = apart
        else:
            self._offset_ns = min(self._offset_ns + DRIFT * (arrived_ns - self._arrived_ns), apart)
        self._sent_ns, self._arrived_ns = sent_ns, arrived_ns
        return max(int(apart - self._offset_ns), 0)


@dataclass
class _Glove:
    info: GloveInfo
    angles_deg: Array | None = None
    nodes: Array | None = None
    t_ns: int = 0
    source_t_ns: int = 0
    as_of_ns: int = 0
    """When the values were true: arrival less delay."""
    changed_ns: int = 0
    listed: bool = True
    raw: list[float] = field(default_factory=list)

    def update(self, data: GloveData, t_ns: int, source_t_ns: int, as_of_ns: int) -> None:
        if data.angles_deg != self.raw:
            self.raw, self.changed_ns = data.angles_deg, as_of_ns
            first = SIDES.index(self.info.side) * len(ANGLES)
            self.angles_deg = _frozen(data.angles_deg[first : first + len(ANGLES)])
        if data.nodes is not None:
            self.nodes = _frozen(data.nodes)
        self.t_ns, self.source_t_ns, self.as_of_ns = t_ns, source_t_ns, as_of_ns


class GloveTable:
    """Takes a bridge's messages and answers with one sample per glove."""

    def __init__(self) -> None:
        self._gloves: dict[int, _Glove] = {}
        self._delay = Delay()
        self._session = ""
        self._heard_ns: int | None = None

    def take(self, message: Hello | Data, now_ns: int) -> None:
        """Take a checked message that has arrived now; raises `Refused` for gloves that nobody announced."""
        if isinstance(message, Hello):
            self._hello(message, now_ns)
        else:
            self._data(message, now_ns)

    def samples(self, now_ns: int) -> tuple[GloveSample, ...]:
        """Return the newest sample of every glove that was ever announced, left ones first."""
        gloves = sorted(self._gloves.values(), key=lambda glove: (glove.info.side, glove.info.id))
        return tuple(self._sample(glove, now_ns) for glove in gloves)

    def _hello(self, hello: Hello, now_ns: int) -> None:
        if hello.session != self._session:
            # Another start of the bridge: its clock and its gloves are new.
            self._session, self._delay, self._heard_ns = hello.session, Delay(), None
        self._hear(hello.t_ns, now_ns)
        listed = {info.id: info for info in hello.gloves}
        for known in self._gloves.values():
            known.listed = known.info.id in listed
        for info in listed.values():
            known = self._gloves.get(info.id)
            if known is None or known.info.side != info.side:
                self._gloves[info.id] = _Glove(info)
            else:
                known.info = info
        if len(self._gloves) > MOST_KNOWN:
            self._gloves = {glove: known for glove, known in self._gloves.items() if known.listed}

    def _data(self, data: Data, now_ns: int) -> None:
        if not self._session:
            # Whoever begins to listen may hear values before the first hello.
            return
        as_of_ns = self._hear(data.t_ns, now_ns)
        strange = [glove.id for glove in data.gloves if glove.id not in self._gloves]
        for glove in data.gloves:
            if glove.id in self._gloves:
                self._gloves[glove.id].update(glove, now_ns, data.t_ns, as_of_ns)
        if strange:
            raise Refused("unannounced", f"values of glove {strange[0]}, which no hello has announced")

    def _hear(self, sent_ns: int, now_ns: int) -> int:
        as_of_ns = now_ns - self._delay.of(sent_ns, now_ns)
        self._heard_ns = as_of_ns if self._heard_ns is None else max(self._heard_ns, as_of_ns)
        return as_of_ns

    def _sample(self, glove: _Glove, now_ns: int) -> GloveSample:
        state, trouble = self._state(glove, now_ns)
        return GloveSample(
            id=glove.info.id,
            side=glove.info.side,
            state=state,
            trouble=trouble,
            age_ms=(now_ns - glove.as_of_ns) / 1e6 if glove.angles_deg is not None else 0.0,
            t_ns=glove.t_ns,
            source_t_ns=glove.source_t_ns,
            angles_deg=glove.angles_deg,
            nodes=glove.nodes,
            haptics=glove.info.haptics,
        )

    def _state(self, glove: _Glove, now_ns: int) -> tuple[GloveState, str]:
        name = f"The {glove.info.side} glove"
        if not glove.listed:
            return GloveState.UNPLUGGED, f"{name} is switched off or unplugged."
        silent_ns = now_ns - (self._heard_ns or 0)
        if silent_ns >= STALE_NS:
            return GloveState.STALE, f"Nothing from the glove bridge for {silent_ns / 1e6:.0f} ms."
        if glove.angles_deg is None:
            return GloveState.WAITING, f"{name} has not sent any values yet."
        still_ns = now_ns - glove.changed_ns
        if still_ns >= FROZEN_NS:
            return GloveState.FROZEN, f"{name} has said the same for {still_ns / 1e9:.1f} s."
        return GloveState.LIVE, ""


def of_side(samples: tuple[GloveSample, ...], side: Side) -> tuple[GloveSample | None, str]:
    """Return the glove that moves one hand, and in words why there is none or it cannot be trusted."""
    there = [s for s in samples if s.side == side and s.state is not GloveState.UNPLUGGED]
    if len(there) > 1:
        return (
            None,
            f"{len(there)} {side} gloves ({', '.join(str(s.id) for s in there)}); switch on only one.",
        )
    if there:
        return there[0], there[0].trouble
    gone = next((s for s in samples if s.side == side), None)
    return gone, gone.trouble if gone else f"No {side} glove has been announced."


def _frozen(values: list) -> Array:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
