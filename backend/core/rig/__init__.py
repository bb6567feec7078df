"""What a worn rig needs to become an input device: trust, clocks, roles, calibration, walking."""
