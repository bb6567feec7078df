"""Messages between the browser and the api over one WebSocket (JSON, tagged by `type`).

The protocol version is refused at `hello` when it differs, so an old tab says "reload" instead of
misbehaving. `frontend/src/shared/api/messages.gen.ts` is generated
from this file.
"""

import msgspec

from backend.core.contracts.frame import ArmInput
from backend.core.contracts.health import Heartbeat
from backend.core.contracts.record import Array, Record
from backend.core.contracts.recording import RecorderStatus
from backend.core.contracts.rig import RigStatus
from backend.core.contracts.tick import TickRecord
from backend.core.contracts.video import VideoStatus
from backend.core.contracts.world import WorldState

PROTOCOL = 1


class Hello(Record, tag="hello"):
    """First message of a client."""

    protocol: int
    name: str
    """Display name of the person."""


class InputFrame(Record, tag="input"):
    """One sample of one browser input; the server stamps and checks it. Fields as in `DeviceFrame`."""

    source: str
    seq: int
    source_t_ns: int
    deadman: bool = False
    moving: bool = False
    left: ArmInput | None = None
    right: ArmInput | None = None
    torso_rate_rad_s: Array | None = None
    height_rate_m_s: float | None = None
    base_velocity: Array | None = None


class ClientRequest(Record, tag="request"):
    """Something to be answered: a control or recorder request, by `id`.

    kind: `lease.take`, `lease.release`, `arm`, `stop`, `reset`, `home`, `speed`, `scene.reset`,
    `record.start`, `record.stop`, `record.save`, `record.discard`.
    """

    id: int
    kind: str
    value: float = 0.0
    task: str = ""
    """Task id, for `record.start`."""
    countdown_s: float = 0.0


class Ping(Record, tag="ping"):
    """Round-trip and clock-offset probe."""

    client_t_ms: float


ClientMessage = Hello | InputFrame | ClientRequest | Ping


class Welcome(Record, tag="welcome"):
    """The server accepts the client."""

    protocol: int
    client: str
    """This connection's driver id; the lease is free when `lease` differs from it."""
    version: str


class Telemetry(Record, tag="telemetry"):
    """Newest state of everything, about 30 times a second."""

    t_ns: int
    tick: TickRecord | None
    world: WorldState | None
    recorder: RecorderStatus | None
    video: VideoStatus | None
    rig: RigStatus | None
    processes: tuple[Heartbeat, ...]


class RequestReply(Record, tag="reply"):
    """Answer to a `ClientRequest`."""

    id: int
    ok: bool
    error: str = ""
    detail: dict[str, str] = msgspec.field(default_factory=dict)


class Pong(Record, tag="pong"):
    """Answer to a `Ping`."""

    client_t_ms: float
    server_t_ns: int


class WireError(Record, tag="error"):
    """A message was refused; `text` says what was allowed."""

    code: str
    text: str
    fatal: bool = False


ServerMessage = Welcome | Telemetry | RequestReply | Pong | WireError
