"""Programs that speak the wire of devices that are not there."""
