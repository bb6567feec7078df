"""The state machine of control, as a table.

STOPPED --arm--> READY --engage--> ACTIVE --release--> READY
                                   ACTIVE --take over, hand back--> ACTIVE
                                   ACTIVE --stale--> HOLD --back, take over--> ACTIVE
                                                     HOLD --release, lost--> READY
READY, ACTIVE, HOLD --stop, lease lost--> STOPPED
any but FAULT --fault--> FAULT --reset--> STOPPED
"""

from enum import StrEnum

from backend.core.contracts.tick import Mode


class Event(StrEnum):
    """What can change the mode."""

    ARM = "arm"
    STOP = "stop"
    RESET = "reset"
    ENGAGE = "engage"
    """The driver holds the deadman."""
    RELEASE = "release"
    """The driver has let it go."""
    STALE = "stale"
    """An input that was steering cannot be trusted."""
    BACK = "back"
    """It can be trusted again."""
    LOST = "lost"
    """It could not be trusted for too long."""
    TAKE_OVER = "take_over"
    """The operator presses the deadman while a policy drives."""
    HAND_BACK = "hand_back"
    """The operator lets go, and the policy drives on."""
    LEASE_LOST = "lease_lost"
    FAULT = "fault"


TRANSITIONS: dict[tuple[Mode, Event], Mode] = {
    (Mode.STOPPED, Event.ARM): Mode.READY,
    (Mode.STOPPED, Event.FAULT): Mode.FAULT,
    (Mode.READY, Event.ENGAGE): Mode.ACTIVE,
    (Mode.READY, Event.STOP): Mode.STOPPED,
    (Mode.READY, Event.LEASE_LOST): Mode.STOPPED,
    (Mode.READY, Event.FAULT): Mode.FAULT,
    (Mode.ACTIVE, Event.TAKE_OVER): Mode.ACTIVE,
    (Mode.ACTIVE, Event.HAND_BACK): Mode.ACTIVE,
    (Mode.ACTIVE, Event.RELEASE): Mode.READY,
    (Mode.ACTIVE, Event.STALE): Mode.HOLD,
    (Mode.ACTIVE, Event.LOST): Mode.READY,
    (Mode.ACTIVE, Event.STOP): Mode.STOPPED,
    (Mode.ACTIVE, Event.LEASE_LOST): Mode.STOPPED,
    (Mode.ACTIVE, Event.FAULT): Mode.FAULT,
    (Mode.HOLD, Event.BACK): Mode.ACTIVE,
    (Mode.HOLD, Event.TAKE_OVER): Mode.ACTIVE,
    (Mode.HOLD, Event.RELEASE): Mode.READY,
    (Mode.HOLD, Event.LOST): Mode.READY,
    (Mode.HOLD, Event.STOP): Mode.STOPPED,
    (Mode.HOLD, Event.LEASE_LOST): Mode.STOPPED,
    (Mode.HOLD, Event.FAULT): Mode.FAULT,
    (Mode.FAULT, Event.RESET): Mode.STOPPED,
}
"""A pair that is not in the table changes nothing."""
