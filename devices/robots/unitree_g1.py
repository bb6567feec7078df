"""A real G1 with Dex3-1 hands: its side is the body process (`backend.runtime.body`), which speaks DDS.

docs/unitree-g1.md says how it is connected, and what has been tried on hardware.
"""

from devices.robots.bus_g1 import BusG1


class UnitreeG1(BusG1):
    """Driver of the G1 on the network."""
