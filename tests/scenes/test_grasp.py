"""Objects are lifted by contact alone: fingers with the Dex3's torques, arms with joint PD."""

import mujoco
import numpy as np
import pytest

from tests.scenes.rig import Rig

# Where the object's centre is held, seen from the palm: ahead, and out of the palm towards the thumb [m].
HOLD_M = {
    "tea_box": (0.070, 0.052),
    "soup_can": (0.070, 0.056),
    "ball": (0.075, 0.058),
    "mug": (0.075, 0.062),
    "bottle": (0.070, 0.055),
    "block": (0.070, 0.045),
}
BELOW_M = {"bottle": 0.02, "block": -0.02}
"""How far below its centre an object is held."""
SPOT_M = {"left": (0.41, 0.17), "right": (0.41, -0.15)}
ASIDE_X_M = 0.84


def _only(rig: Rig, name: str, spot_m: tuple[float, float]) -> None:
    """Put `name` at a spot on the table and everything else at its far side."""
    for number, other in enumerate(HOLD_M):
        address = rig.model.joint(other).qposadr[0]
        place = spot_m if other == name else (ASIDE_X_M, -0.55 + 0.2 * number)
        rig.data.qpos[address : address + 2] = place


def _grasp(rig: Rig, name: str, side: str) -> np.ndarray:
    """Close the hand round the object on the table; return where the palm is meant to be."""
    out = 1.0 if side == "left" else -1.0
    ahead, across = HOLD_M[name]
    goal = rig.body(name) + np.array([-ahead, out * across, -BELOW_M.get(name, 0.0)])
    rig.move({side: np.array([0.20, out * 0.28, goal[2] + 0.08])}, 0.8)
    rig.move({side: goal + np.array([-0.06, out * 0.07, 0.0])}, 0.6)
    rig.move({side: goal}, 0.6)
    rig.grip(side, 1.0)
    rig.step(0.3)
    return goal


def test_nothing_ties_an_object_to_a_hand():
    model = Rig().model
    assert model.neq == 0
    assert np.all(model.actuator_trntype == mujoco.mjtTrn.mjTRN_JOINT)


@pytest.mark.parametrize(("name", "side"), list(zip(HOLD_M, ("left", "right") * 3, strict=True)))
def test_lifts_and_holds(name: str, side: str):
    rig = Rig()
    _only(rig, name, SPOT_M[side])
    rig.step(0.3)
    goal = _grasp(rig, name, side)
    on_table_m, held_m = rig.body(name)[2], rig.body(name) - rig.palm(side)
    rig.move({side: goal + np.array([0, 0, 0.10])}, 1.2)
    rig.step(3.0)
    rise_m = rig.body(name)[2] - on_table_m
    slip_m = np.linalg.norm(rig.body(name) - rig.palm(side) - held_m)
    assert rise_m > 0.07
    assert slip_m < 0.03
    assert np.all(np.abs(rig.data.actuator_force) <= rig.spec.effort_limit_nm + 1e-9)


def test_a_hand_that_opens_drops_what_it_held():
    rig = Rig()
    _only(rig, "soup_can", SPOT_M["right"])
    rig.step(0.3)
    goal = _grasp(rig, "soup_can", "right")
    on_table_m = rig.body("soup_can")[2]
    rig.move({"right": goal + np.array([0, 0, 0.10])}, 1.2)
    assert rig.body("soup_can")[2] > on_table_m + 0.07
    rig.grip("right", 0.0, 0.3)
    rig.step(0.7)
    assert rig.body("soup_can")[2] < on_table_m + 0.03


def test_two_arms_carry_a_box_between_their_palms():
    rig = Rig()
    _only(rig, "none", SPOT_M["left"])
    address = rig.model.joint("carry_box").qposadr[0]
    rig.data.qpos[address : address + 7] = (0.50, 0.0, rig.data.qpos[address + 2], 1, 0, 0, 0)
    rig.step(0.3)
    box = rig.body("carry_box")
    beside = {side: box + np.array([-0.10, out * 0.26, 0.02]) for side, out in (("left", 1), ("right", -1))}
    rig.move({side: np.array([0.2, place[1], place[2] + 0.03]) for side, place in beside.items()}, 0.8)
    rig.move(beside, 0.6)
    pressed = {side: place * (1, 0.5, 1) for side, place in beside.items()}
    rig.move(pressed, 0.6)
    rig.move({side: place + np.array([-0.05, 0, 0.10]) for side, place in pressed.items()}, 1.2)
    rig.step(3.0)
    assert rig.body("carry_box")[2] > box[2] + 0.06
    upright = rig.data.body("carry_box").xmat.reshape(3, 3)[2, 2]
    assert upright > 0.95
