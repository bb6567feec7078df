"""Signs of life of every process, and the generic reply to a request."""

import msgspec

from backend.core.contracts.record import Record


class Heartbeat(Record):
    """Sent by every process at 5 Hz."""

    process: str
    pid: int
    t_ns: int
    started_ns: int
    state: str = "ok"
    """`ok`, or what is wrong and what to do, in words."""
    rate_hz: float = 0.0
    late_p99_ms: float = 0.0
    overruns: int = 0


class Reply(Record):
    """Answer to a request; `error` says what was allowed."""

    ok: bool
    error: str = ""
    detail: dict[str, str] = msgspec.field(default_factory=dict)


class ControlRequest(Record):
    """A request to the control process.

    kind: `lease.take`, `lease.renew`, `lease.release`, `arm`, `stop`, `reset`, `home`, `speed`,
    `policy.start`, `policy.pause`, `policy.resume`, `policy.stop`.
    """

    kind: str
    driver: str
    name: str = ""
    """Display name of the operator, for `lease.take`."""
    value: float = 0.0
    """Speed scale 0 to 1, for `speed`."""
    reason: str = ""
    policy: str = ""
    """Driver name of the policy, `policy:` in front, for `policy.start`."""
    hand_back: bool = True
    """Whether the policy drives on when the operator lets go after a takeover, for `policy.start`."""
