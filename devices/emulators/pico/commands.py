"""What the synthetic operator and the headset can be told, in words: from a scenario or from the keyboard."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from devices.emulators.pico.body import HANG, RAISED, READY, TRACKERS, Body
from devices.emulators.pico.headset import Headset
from devices.emulators.pico.link import Link

MIRROR = np.array([1.0, -1.0, 1.0])


@dataclass
class Stage:
    """Everything a command can change."""

    body: Body
    headset: Headset
    link: Link
    running: bool = True


def _hands(stage: Stage, left: np.ndarray, right: np.ndarray) -> None:
    stage.body.hands["left"].wanted = left
    stage.body.hands["right"].wanted = right * MIRROR


def _walk(stage: Stage, vx: float, vy: float, turn: float) -> None:
    stage.body.steps.wanted = np.array([vx, vy, turn])


def _known(name: str, also: tuple[str, ...] = ()) -> str:
    allowed = (*TRACKERS, *also)
    if name not in allowed:
        raise ValueError(f"{name!r} is refused; allowed: {', '.join(allowed)}")
    return name


def _swap(stage: Stage, first: str, second: str) -> None:
    stage.headset.swapped |= {_known(first): _known(second), second: first}


def _heal(stage: Stage) -> None:
    for faults in (stage.headset.missing, stage.headset.frozen, stage.headset.never, stage.headset.swapped):
        faults.clear()
    stage.link.silent = False


def _set(target: object, name: str, value: str) -> None:
    setattr(target, name, float(value))


Action = Callable[..., None]
COMMANDS: dict[str, tuple[str, Action]] = {
    "rest": ("let the arms hang", lambda s: _hands(s, HANG, HANG)),
    "ready": ("hold both hands in front", lambda s: _hands(s, READY, READY)),
    "raise_right": ("raise the right hand", lambda s: _hands(s, HANG, RAISED)),
    "raise_left": ("raise the left hand", lambda s: _hands(s, RAISED, HANG)),
    "circle": (
        "RADIUS_M: draw circles with both hands",
        lambda s, r: setattr(s.body.circling, "wanted", np.array([float(r)])),
    ),
    "walk": ("VX VY TURN [m/s, m/s, rad/s]: walk", lambda s, *v: _walk(s, *map(float, v))),
    "stand": ("stop walking", lambda s: _walk(s, 0.0, 0.0, 0.0)),
    "squat": ("DEPTH_M: go down", lambda s, d: setattr(s.body.squat, "wanted", np.array([float(d)]))),
    "lean": ("ASIDE_M: shift the hips", lambda s, d: setattr(s.body.lean, "wanted", np.array([float(d)]))),
    "look": ("YAW PITCH [rad]", lambda s, *v: setattr(s.body.look, "wanted", np.array([*map(float, v)]))),
    "sway": ("AMPLITUDE_M: sway like somebody who stands", lambda s, a: _set(s.body.habit, "sway_m", a)),
    "noise": ("M: noise of every position", lambda s, a: _set(s.body.habit, "noise_m", a)),
    "shake": ("TRACKER or nothing: shake it", lambda s, n="": setattr(s.body, "shaken", n and _known(n))),
    "grip": ("0 to 1: pull the right controller's grip", lambda s, v: s.headset.grip.update(right=float(v))),
    "lose": ("TRACKER: it is not tracked", lambda s, n: s.headset.missing.add(_known(n))),
    "freeze": (
        "TRACKER, head or right_controller: it repeats itself",
        lambda s, n: s.headset.frozen.add(_known(n, ("head", "left_controller", "right_controller"))),
    ),
    "zero": (
        "TRACKER: it reports zeros, as before its first fix",
        lambda s, n: s.headset.never.add(_known(n)),
    ),
    "swap": ("TRACKER TRACKER: the two are worn the other way round", _swap),
    "heal": ("end all faults", _heal),
    "silence": (
        "half-open: send nothing, and keep the connection",
        lambda s: setattr(s.link, "silent", True),
    ),
    "hang_up": ("close the connection; it comes again after 2 s", lambda s: s.link.hang_up()),
    "restart": ("a new connection, the old one stays open", lambda s: s.link.restart()),
    "delay": ("S: least delay of the network", lambda s, v: _set(s.link, "delay_s", v)),
    "jitter": ("S: mean of what comes on top", lambda s, v: _set(s.link, "jitter_s", v)),
    "quit": ("end", lambda s: setattr(s, "running", False)),
}
"""Name -> explanation, action."""


def obey(stage: Stage, line: str) -> str:
    """Follow one command; return what is wrong with it, or an empty string."""
    name, *arguments = line.split() or [""]
    if name not in COMMANDS:
        return "\n".join(f"{known:12} {text}" for known, (text, _) in COMMANDS.items())
    try:
        COMMANDS[name][1](stage, *arguments)
    except (TypeError, ValueError) as error:
        return f"{name}: {error}; {COMMANDS[name][0]}"
    return ""


SCENARIOS: dict[str, str] = {
    "stand": "",
    "sway": "0 sway 0.03; 0 ready",
    "hands": "1 ready; 3 circle 0.08",
    "walk": "2 walk 0.4 0 0; 6 stand; 8 walk 0 0.25 0; 11 stand; 13 walk 0 0 0.5; 16 stand",
    "squat": "2 ready; 3 squat 0.25; 6 squat 0",
    "faults": (
        "1 ready; 1 circle 0.08; 4 lose left_wrist; 6 heal; 8 freeze right_wrist; 10 heal; "
        "12 silence; 15 heal"
    ),
    "tour": (
        "1 ready; 2 circle 0.08; 6 circle 0; 7 walk 0.4 0 0; 10 stand; 12 walk 0 0 0.5; 15 stand; "
        "16 squat 0.2; 19 squat 0; 20 walk 0 0.25 0; 23 stand; 24 sway 0.02; 30 sway 0; 30 rest"
    ),
}
"""`SECONDS COMMAND; ...`, from the start of the first connection."""


def parse(script: str) -> list[tuple[float, str]]:
    """Return (seconds, command) in order; raises ValueError that says what a script looks like."""
    steps = []
    for part in filter(None, (part.strip() for part in script.split(";"))):
        seconds, _, command = part.partition(" ")
        if command.split(" ")[0] not in COMMANDS:
            raise ValueError(f"{part!r} is refused; allowed: SECONDS COMMAND, with {', '.join(COMMANDS)}")
        steps.append((float(seconds), command))
    return sorted(steps, key=lambda step: step[0])
