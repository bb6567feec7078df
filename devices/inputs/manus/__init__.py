"""MANUS gloves: from the wire of a bridge, or from ROS 2, to the hands of a DeviceFrame. See docs/gloves.md."""
