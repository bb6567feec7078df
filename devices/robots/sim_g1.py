"""The simulated G1: its side is the world process (`backend.runtime.world`)."""

from devices.robots.bus_g1 import BusG1


class SimG1(BusG1):
    """Driver of the G1 in MuJoCo."""
