"""A G1 in physics that speaks the robot's DDS topics: `python -m devices.emulators.g1`."""

WORLD_DIR = "emulator"
"""Where, in the data directory, the emulated world is published for those who draw it."""
