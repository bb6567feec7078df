"""The robot's side on hardware, without processes or clocks: the counterpart of `simulation.Simulation`.

```
 commands fresh ------ 200 ms --> hold: base to rest, arms held ------ 10 s --> arms and hands soften
```
"""

import msgspec

from backend.core.contracts.body import Body, Wish
from backend.core.contracts.command import Command, MotorCommand
from backend.core.contracts.robot import RobotState
from backend.core.locomotion.controller import LocomotionController
from backend.runtime.watchdog import CommandWatch

SOFTEN_NS = 10_000_000_000
"""After so long without commands arms and hands may be pushed away by hand."""
SILENT_NS = 100_000_000
"""Without a state of the robot for this long nothing is sent to its motors."""


class RobotSide:
    """Runs a locomotion controller on an opened body and watches the age of the commands.

    Args:
        body: Sensors and motors, opened.
        controller: Its locomotion controller.
        first: The first state.
        rate_hz: How often `turn` is called.
    """

    def __init__(
        self, body: Body, controller: LocomotionController, first: RobotState, rate_hz: float
    ) -> None:
        self._body, self._controller = body, controller
        self._period_s = 1.0 / rate_hz
        self._every = max(1, round(rate_hz / controller.manifest.rate_hz))
        self._watch = CommandWatch()
        self._state = first
        self._turns = 0
        self._motors: MotorCommand | None = None
        self.trouble = ""
        """What keeps the robot from moving, in words; empty when nothing does."""
        controller.reset(first)

    def command(self, command: Command, now_ns: int) -> None:
        """Take the newest command. Repeating one does not keep the watchdog quiet."""
        self._watch.take(command, now_ns)

    def turn(self, now_ns: int) -> RobotState | None:
        """Read the robot, drive it and return its state; None when it has sent none."""
        state = self._body.read(now_ns)
        self._state = state or self._state
        silent_ns = now_ns - self._state.t_ns
        if silent_ns > SILENT_NS:
            self.trouble = f"the robot has been silent for {silent_ns * 1e-6:.0f} ms"
        else:
            self._drive(now_ns)
            self.trouble = self._body.fault
        if state is None:
            return None
        return msgspec.structs.replace(
            state,
            locomotion=self._controller.mode,
            locomotion_note=self._controller.note,
            command_seq=self._watch.seq,
            stopped_by_watchdog=self._watch.stopped(now_ns),
            fault=self._body.fault,
        )

    def _drive(self, now_ns: int) -> None:
        command = None if self._body.fault else self._watch.current(now_ns)
        if self._motors is None or self._turns % self._every == 0:
            self._motors = self._controller.update(self._state, command, self._every * self._period_s)
        self._turns += 1
        wish: Wish = "soft" if self._watch.silent_ns(now_ns) > SOFTEN_NS else "live"
        self._body.drive(self._motors, wish, now_ns, self._period_s)

    def reset(self, now_ns: int) -> None:
        """Clear the body's fault and start anew; raises ConnectionError while its cause lasts."""
        self._body.reset(now_ns)
        self._controller.reset(self._state)
        self._motors = None
        self._watch.forget()
