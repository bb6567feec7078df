"""A robot whose side runs in a process of its own, at the other end of the bus."""

from pathlib import Path

import mujoco

from backend.core.contracts.command import Command
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.contracts.world import WorldRequest
from backend.runtime.bus import Bus, Publisher, ServiceUnavailable, Subscription
from backend.runtime.topics import ROBOT_COMMAND, ROBOT_STATE, WORLD
from backend.settings import settings
from devices.robots.g1_model import build_body
from devices.robots.g1_spec import g1_spec


class BusG1:
    """One writer to a G1. The process on the robot's side balances it and has the watchdog."""

    spec: RobotSpec = g1_spec(settings().head_camera, settings().wrist_cameras)

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._states: Subscription | None = None
        self._commands: Publisher | None = None

    @classmethod
    def build_body(cls, spec: RobotSpec, mesh_dir: str | Path | None = None) -> mujoco.MjSpec:
        """Compose the body that a scene is furnished around; see `g1_model.build_body`."""
        return build_body(spec, mesh_dir)

    def open(self) -> None:
        """Connect to the bus; the robot's side may start later."""
        self._states = self._bus.subscribe(ROBOT_STATE)
        self._commands = self._bus.publisher(ROBOT_COMMAND)

    def read(self) -> RobotState | None:
        """Return the newest state, or None when nothing has arrived yet."""
        self._states.drain()
        return self._states.newest

    def send(self, command: Command) -> None:
        """Send a command without waiting."""
        self._commands.publish(command)

    def reset(self) -> None:
        """Put it back on its feet, or clear its fault; raises ConnectionError when its side does not."""
        try:
            reply = self._bus.call(WORLD, WorldRequest(kind="reset_robot"), timeout_s=0.1)
        except ServiceUnavailable as error:
            raise ConnectionError(str(error)) from error
        if not reply.ok:
            raise ConnectionError(reply.error)

    def close(self) -> None:
        """Disconnect; the robot's watchdog brings it to rest."""
        for socket in (self._states, self._commands):
            if socket is not None:
                socket.close()
