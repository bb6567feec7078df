"""Subtasks count in their order, and only when their condition lasts."""

import numpy as np
import pytest

from backend.core.contracts.robot import RobotState
from backend.core.contracts.task import Situation, Subtask
from backend.core.contracts.world import WorldState
from devices.robots.sim_g1 import SimG1
from trainer.headless.judge import Judge

PERIOD_NS = 20_000_000


def world(t_ns: int, x_m: float) -> WorldState:
    pose = np.array([x_m, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0])
    return WorldState(t_ns=t_ns, seq=t_ns, objects=("box",), object_poses=pose, qpos=pose)


def state(force_n: tuple[float, ...] = (0.0,) * 6) -> RobotState:
    count = len(SimG1.spec.joints)
    return RobotState(
        t_ns=0, seq=0, q_rad=np.zeros(count), dq_rad_s=np.zeros(count), tau_nm=np.zeros(count),
        T_world_pelvis=np.array([0, 0, 0.7, 0, 0, 0, 1.0]), base_twist=np.zeros(6), torso_rpy_rad=np.zeros(3),
        base_height_m=0.7, hand_force_n=np.array(force_n), locomotion="stand",
    )  # fmt: skip


def judge() -> Judge:
    return Judge(
        (
            Subtask("far", "beyond 1 m", lambda now: now.place_m("box")[0] > 1.0, hold_s=0.1),
            Subtask("rest", "at rest", lambda now: now.speed_m_s("box") < 0.01, hold_s=0.1),
        )
    )


def watch(judge: Judge, places_m: list[float], start: int = 0) -> int:
    for number, x_m in enumerate(places_m, start):
        judge.observe(world(number * PERIOD_NS, x_m), state())
    return start + len(places_m)


def test_a_condition_must_last():
    judged = judge()
    watch(judged, [1.5, 1.5, 0.5] * 10)
    assert [subtask.done for subtask in judged.outcomes()] == [False, False]


def test_a_later_subtask_does_not_count_before_the_earlier_one():
    judged = judge()
    number = watch(judged, [0.5] * 20)
    assert judged.current.name == "far"
    number = watch(judged, list(np.linspace(0.5, 2.0, 20)), number)
    assert judged.current.name == "rest"
    assert not judged.finished
    watch(judged, [2.0] * 20, number)
    assert judged.finished
    far, rest = judged.outcomes()
    assert 0 < far.t_ns < rest.t_ns


def test_what_the_hands_feel():
    def situation(*force_n: float) -> Situation:
        return Situation(world=world(0, 0.0), state=state(force_n), earlier=world(0, 0.0))

    pressed = situation(0, 0, 0, 0, 3, 2)
    assert pressed.squeeze_n("right") == 0.0
    assert pressed.touch_n("right") == 5.0
    assert pressed.touch_n("left") == 0.0
    assert situation(0, 0, 0, 4, 3, 2).squeeze_n("right") == 3.0


def test_an_unknown_thing_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match="box"):
        Situation(world=world(0, 0.0), state=state(), earlier=world(0, 0.0)).pose("ball")
