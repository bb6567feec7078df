"""A G1 in physics that speaks the robot's DDS topics: `python -m devices.emulators.g1`."""
