"""Known motions that show whether the axes are what they are taken for."""

from collections.abc import Callable, Mapping

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.rig import Role

WATCH_S = 4.0
BEGIN_S = 0.5
RAISED_M = 0.25
STEPPED_M = 0.2
MIRROR = "mirrored"
"""What a verdict proposes when the trackers' axes are left-handed."""


class SignCheck:
    """Watches one known motion in the operator's frame: x ahead, y left, z up.

    Args:
        motion: An entry of `MOTIONS`.
    """

    def __init__(self, motion: str) -> None:
        self._motion = motion
        self._start_ns: int | None = None
        self._paths: dict[str, list[tuple[int, Array]]] = {}

    def add(self, head: Array | None, worn: Mapping[Role, Array], t_ns: int) -> bool:
        """Take the (7,) calibrated poses at `t_ns`; return whether it has seen enough."""
        if self._start_ns is None:
            self._start_ns = t_ns
        seen = {role.value: pose for role, pose in worn.items()}
        if head is not None:
            seen["head"] = head
        for name, pose in seen.items():
            self._paths.setdefault(name, []).append((t_ns, pose[:3]))
        return t_ns - self._start_ns >= WATCH_S * 1e9

    def verdict(self) -> tuple[bool, str]:
        """Return whether the motion was seen as it should, and in words what was seen."""
        return MOTIONS[self._motion][1]({name: self._moved(path) for name, path in self._paths.items()})

    def _moved(self, path: list[tuple[int, Array]]) -> Array:
        """Return the (3,) displacement [m] from the beginning to where it was furthest away."""
        limit_ns = self._start_ns + BEGIN_S * 1e9
        begin = np.mean([p for t_ns, p in path if t_ns <= limit_ns] or [path[0][1]], axis=0)
        moved = np.array([p for _, p in path]) - begin
        return moved[np.argmax(np.linalg.norm(moved, axis=1))]


def _right_hand(moved: Mapping[str, Array]) -> tuple[bool, str]:
    right, left = moved.get(Role.RIGHT_WRIST), moved.get(Role.LEFT_WRIST)
    if right is None:
        return False, "The right wrist's tracker is not seen."
    size = float(np.linalg.norm(right))
    if left is not None and np.linalg.norm(left) > max(2 * size, RAISED_M):
        return False, "The left wrist's tracker moved instead: the wrists are swapped. Assign them again."
    if size < RAISED_M:
        return (
            False,
            f"The right wrist moved by {100 * size:.0f} cm only. Raise your hand above your shoulder.",
        )
    if right[2] <= -0.5 * size:
        return False, "The right wrist went down, as it is seen: the trackers' vertical axis is upside down."
    if right[2] < 0.5 * size:
        return False, (
            f"The right wrist went {_words(right)}, as it is seen, and not up: the trackers' axes are not "
            "those of the headset. Restart its app while you look ahead, and take the neutral pose again."
        )
    return True, f"Your right hand went up by {100 * right[2]:.0f} cm, as it should."


def _step_forward(moved: Mapping[str, Array]) -> tuple[bool, str]:
    head = moved.get("head")
    if head is None or np.linalg.norm(head[:2]) < STEPPED_M:
        return False, "The headset did not move. Step forward by half a metre, and stay there."
    if head[0] < 0.7 * np.linalg.norm(head[:2]):
        return False, (
            f"The headset went {_words(head)}: you look another way than in the neutral pose. Take it again."
        )
    for role in (Role.WAIST, Role.LEFT_FOOT, Role.RIGHT_FOOT):
        seen = moved.get(role)
        if seen is None:
            continue
        size = float(np.linalg.norm(seen[:2]))
        if size < STEPPED_M / 2:
            return (
                False,
                f"The {role.words}'s tracker stayed behind. Is it worn there? Assign the roles again.",
            )
        if seen[0] <= -0.7 * size:
            return False, (
                f"You stepped forward, but the {role.words}'s tracker went backward, as it is seen: the "
                f"trackers' axes are mirrored. Switch `{MIRROR}`, and take the neutral pose again."
            )
        if seen[0] < 0.7 * size:
            return False, (
                f"You stepped forward, but the {role.words}'s tracker went {_words(seen)}, as it is seen. "
                "Restart the headset's app while you look ahead, and take the neutral pose again."
            )
    return True, f"You stepped forward by {100 * head[0]:.0f} cm, as you should."


MOTIONS: dict[str, tuple[str, Callable[[Mapping[str, Array]], tuple[bool, str]]]] = {
    "right_hand": ("Raise your right hand above your shoulder.", _right_hand),
    "step_forward": ("Step forward by half a metre, and stay there.", _step_forward),
}
"""What the operator is asked to do, and who judges it."""


def _words(moved: Array) -> str:
    """Return the main direction of a displacement."""
    axis = int(np.argmax(np.abs(moved)))
    return (("back", "forward"), ("right", "left"), ("down", "up"))[axis][int(moved[axis] > 0)]
