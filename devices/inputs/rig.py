"""Input from worn devices: headset, trackers and gloves, checked and stamped by the rig process."""

from backend.runtime.topics import RIG_FRAME
from devices.inputs.browser import BrowserInput


class RigInput(BrowserInput):
    """Keeps the newest frame of every device of the rig."""

    topic = RIG_FRAME
