"""One device of the rig, with what happens when it cannot be opened."""

import structlog

from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import Reply
from backend.core.contracts.rig import RigDevice, RigDeviceStatus, RigRequest, Wearer

AGAIN_NS = 3_000_000_000
"""A device that cannot be opened is tried again after this time."""

log = structlog.get_logger("rig")


class Slot:
    """Opens its device, again and again if need be, and says meanwhile in words why it is away."""

    def __init__(self, device: RigDevice) -> None:
        self.device = device
        self.frame: DeviceFrame | None = None
        """Its newest frame."""
        self._open = False
        self._problem = "not opened yet"
        self._again_ns = 0

    def fileno(self) -> int:
        """Return what to wait for; -1 when there is nothing."""
        return self.device.fileno() if self._open else -1

    def turn(self, wearer: Wearer | None, now_ns: int) -> DeviceFrame | None:
        """Let the device take in what has arrived."""
        if not self._ready(now_ns):
            return None
        frame = self.device.turn(wearer, now_ns)
        if frame is not None:
            self.frame = frame
        return frame

    def ask(self, request: RigRequest, now_ns: int) -> Reply:
        """Answer a request."""
        if not self._open:
            return Reply(ok=False, error=self._problem)
        try:
            return self.device.ask(request, now_ns)
        except OSError as error:
            return Reply(ok=False, error=f"It could not be kept: {error}.")

    def status(self, now_ns: int) -> RigDeviceStatus:
        """Return how the device is doing."""
        if not self._open:
            return RigDeviceStatus(source=self.device.source, state=self._problem)
        return self.device.status(now_ns)

    def close(self) -> None:
        """Release the device."""
        if self._open:
            self.device.close()

    def _ready(self, now_ns: int) -> bool:
        if self._open or now_ns < self._again_ns:
            return self._open
        self._again_ns = now_ns + AGAIN_NS
        try:
            self.device.open()
        except ConnectionError as error:
            if self._problem != str(error):
                log.warning("a device is away", source=self.device.source, why=str(error))
            self._problem = str(error)
        else:
            self._open = True
        return self._open
