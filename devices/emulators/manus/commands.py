"""What can be done to the emulated gloves, by name: typed on standard input, or at times of a scenario."""

from devices.emulators.manus.bridge import EmulatedBridge
from devices.emulators.manus.motions import poses

SCENARIOS: dict[str, tuple[tuple[float, str], ...]] = {
    "normal": (),
    "unplug": ((3.0, "unplug right"), (6.0, "plug right")),
    "freeze": ((3.0, "freeze left"), (6.0, "thaw left")),
    "silence": ((3.0, "silence"), (6.0, "speak")),
    "dropouts": ((1.0, "drop 0.3"),),
    "jump": ((3.0, "jump right 60"), (3.5, "jump right 0")),
    "late": ((3.0, "late 400"), (6.0, "late 0")),
    "restart": ((3.0, "restart"),),
}
"""Seconds since the start, and what then happens."""


def obey(bridge: EmulatedBridge, line: str) -> str:
    """Do what one line says; returns why not, or an empty string."""
    match line.split():
        case ["pose", side, pose] if pose in (*poses(), "round"):
            return _each(bridge, side, "pose", "" if pose == "round" else pose)
        case ["unplug" | "plug" as word, side]:
            return _each(bridge, side, "plugged", word == "plug")
        case ["freeze" | "thaw" as word, side]:
            return _each(bridge, side, "frozen", word == "freeze")
        case ["mute" | "unmute" as word, side]:
            return _each(bridge, side, "quiet", word == "mute")
        case ["jump", side, degrees]:
            return _each(bridge, side, "offset_deg", float(degrees))
        case ["silence" | "speak" as word]:
            bridge.silent = word == "silence"
        case ["drop", share]:
            bridge.drop = float(share)
        case ["late", ms]:
            bridge.late_ns = int(float(ms) * 1e6)
        case ["restart"]:
            bridge.restart()
        case _:
            return (
                f"unknown {line!r}; allowed: pose SIDE {'|'.join(poses())}|round, jump SIDE DEGREES, "
                "unplug|plug|freeze|thaw|mute|unmute SIDE, silence, speak, drop SHARE, late MS, restart; "
                "SIDE is left, right or both"
            )
    return ""


def _each(bridge: EmulatedBridge, side: str, name: str, value: object) -> str:
    """Set an attribute of the gloves of a side."""
    gloves = [glove for glove in bridge.gloves if side in (glove.info.side, "both")]
    for glove in gloves:
        setattr(glove, name, value)
    return "" if gloves else f"no {side!r} glove; allowed: left, right, both"
