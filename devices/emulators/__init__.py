"""Stand-ins for hardware, each a process that speaks the real device's protocol."""
