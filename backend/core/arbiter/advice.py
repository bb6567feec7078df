"""What the operator can do next, in words."""

from backend.core.contracts.tick import Mode, Rollout

ADVICE = {
    Mode.STOPPED: "Take control, then arm the robot.",
    Mode.READY: "Hold the deadman to move.",
    Mode.ACTIVE: "Let go of the deadman to hold still.",
    Mode.HOLD: "Wait, or let go of the deadman: the robot keeps its pose.",
    Mode.FAULT: "See that the robot is clear, then press reset.",
}

SUPERVISING = {
    "waiting": "Wait for the policy, or hold the deadman to drive.",
    "driving": "Hold the deadman to take over.",
    "paused": "Resume the policy, or hold the deadman to drive.",
}


def advise(
    mode: Mode, rollout: Rollout | None, must_release: bool, robot_is_away: bool, lease_held: bool
) -> str:
    """Return the next step.

    Args:
        mode: State of control.
        rollout: The policy that may drive, if any.
        must_release: The deadman counts only after it was let go.
        robot_is_away: The robot does not report.
        lease_held: Somebody has control.
    """
    if mode is Mode.READY and must_release:
        return "Let go of the deadman, then hold it again."
    if mode is Mode.STOPPED and robot_is_away:
        return "Wait for the robot; if it stays silent, see that its process runs."
    if mode is Mode.STOPPED and lease_held:
        return "Arm the robot."
    if mode in (Mode.READY, Mode.ACTIVE, Mode.HOLD) and rollout is not None:
        if rollout.phase == "taken_over":
            after = "hand back to the policy" if rollout.hand_back else "hold still"
            return f"Let go of the deadman to {after}."
        return SUPERVISING[rollout.phase]
    return ADVICE[mode]
