"""A PICO headset with five motion trackers and somebody who wears it, without either."""
