"""Builds a headset for the rig process, straight from its app or by way of the vendor's service."""

from backend.core.contracts.robot import RobotSpec
from backend.core.rig.reach import reach_m
from backend.runtime.rig_store import RigStore
from backend.settings import Settings
from devices.inputs.pico.device import PicoDevice
from devices.inputs.pico.receiver import Receiver
from devices.inputs.pico.sdk import SdkSource
from devices.inputs.pico.source import SampleSource


def headset_app(settings: Settings, spec: RobotSpec) -> PicoDevice:
    """Return a device that the headset's app connects to."""
    return _device(Receiver(settings.pico_host, settings.pico_port), settings, spec)


def vendor_service(settings: Settings, spec: RobotSpec) -> PicoDevice:
    """Return a device that asks the vendor's PC service."""
    return _device(SdkSource(), settings, spec)


def _device(samples: SampleSource, settings: Settings, spec: RobotSpec) -> PicoDevice:
    return PicoDevice(samples, RigStore(settings.rig_dir), spec.nominal_height_m, reach_m(spec))
