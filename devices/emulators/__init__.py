"""Stand-ins for hardware, as programs of their own that speak the hardware's own protocol.

Nothing imports them: what talks to one would talk to the real thing just the same.
"""
