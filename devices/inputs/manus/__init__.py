"""MANUS gloves, over a bridge or ROS 2, to the hands of a DeviceFrame. See docs/gloves.md."""
