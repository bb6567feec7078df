"""A PICO headset with motion trackers, received straight from the XRoboToolkit app."""
