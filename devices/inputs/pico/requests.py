"""Requests to a headset with trackers, answered in words."""

from backend.core.contracts.health import Reply
from backend.core.contracts.rig import RigRequest, Role
from backend.core.rig.sign_check import MOTIONS
from devices.inputs.pico.guide import Guide
from devices.inputs.pico.tracks import Tracks

CHECKS = {f"calibrate.{motion}": motion for motion in MOTIONS}
KINDS = ("roles.find", "roles.assign", "roles.clear", "mirrored", "calibrate.neutral", *CHECKS)
STATURE_M = (1.2, 2.3)


def answer(request: RigRequest, guide: Guide, tracks: Tracks, engaged: bool, now_ns: int) -> Reply:
    """Answer a request; `detail["text"]` says what happens next, `detail["task"]` which task began."""
    if engaged:
        return _refused("The body moves the robot now; let go of the deadman first.")
    if guide.busy:
        return _refused(f"Something else is under way: {guide.status.text} It ends by itself.")
    if request.kind.startswith("roles."):
        return _roles(request, guide, tracks, now_ns)
    if request.kind == "mirrored":
        guide.mirror(bool(request.value))
        taken = "left-handed" if request.value else "as the headset's"
        return _done(f"The trackers' axes are taken for {taken}. Take the neutral pose.")
    if request.kind == "calibrate.neutral":
        if not request.name:
            return _refused("A neutral pose needs the operator's name.")
        if request.value and not STATURE_M[0] <= request.value <= STATURE_M[1]:
            return _refused(f"a height of {request.value:g} m is refused; allowed: 1.2 to 2.3 m, or 0")
        return _begun(guide.take_neutral(request.name, request.value, now_ns), guide)
    if guide.neutral is None:
        return _refused("Take the neutral pose first: directions are counted from it.")
    return _begun(guide.check(CHECKS[request.kind], now_ns), guide)


def _roles(request: RigRequest, guide: Guide, tracks: Tracks, now_ns: int) -> Reply:
    if request.role not in list(Role):
        return _refused(f"unknown role {request.role!r}; allowed: {', '.join(Role)}")
    role = Role(request.role)
    if request.kind == "roles.find":
        return _begun(guide.find(role, now_ns), guide)
    if request.kind == "roles.clear":
        guide.clear(role)
        return _done(f"Nothing is worn at the {role.words}.")
    if not tracks.knows(request.serial):
        return _refused(f"No tracker {request.serial!r} has been seen. Its serial number is printed on it.")
    guide.assign(role, request.serial)
    return _done(f"{request.serial} is worn at the {role.words}.")


def _begun(text: str, guide: Guide) -> Reply:
    return Reply(ok=True, detail={"text": text, "task": str(guide.status.number)})


def _done(text: str) -> Reply:
    return Reply(ok=True, detail={"text": text})


def _refused(error: str) -> Reply:
    return Reply(ok=False, error=error)
