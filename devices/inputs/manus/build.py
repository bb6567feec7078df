"""Builds gloves for the rig process, by way of a bridge or of ROS 2."""

from backend.core.contracts.robot import RobotSpec
from backend.runtime.hand_calibrations import HandCalibrations
from backend.settings import Settings
from devices.inputs.manus.device import ManusDevice
from devices.inputs.manus.gloves import ManusGloves
from devices.inputs.manus.ros2 import ManusRos2
from devices.inputs.manus.source import GloveSource


def bridge(settings: Settings, spec: RobotSpec) -> ManusDevice:
    """Return gloves that a bridge publishes over ZeroMQ."""
    return _device(ManusGloves(settings.manus_address), settings, spec)


def ros2(settings: Settings, spec: RobotSpec) -> ManusDevice:
    """Return gloves that the maker's ROS 2 package publishes."""
    return _device(ManusRos2(), settings, spec)


def _device(gloves: GloveSource, settings: Settings, spec: RobotSpec) -> ManusDevice:
    return ManusDevice(gloves, HandCalibrations(settings.hands_dir), spec, settings.glove_way)
