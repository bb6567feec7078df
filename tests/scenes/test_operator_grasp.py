"""The whole way: a tracked hand, fusion, IK, safety, a robot balancing on two feet, and a can on a table."""

import numpy as np
import pytest

from backend import catalog
from backend.core.contracts.tick import Mode
from backend.runtime.scene_model import compiled_scene
from backend.runtime.simulation import Simulation
from backend.settings import Settings
from devices.robots.sim_g1 import SimG1
from devices.scenes.workshop import Workshop
from tests.scenes.operator import Operator
from tests.scenes.test_grasp import HOLD_M


@pytest.fixture
def operator(config: Settings) -> Operator:
    spec = SimG1.spec
    controller = catalog.load(catalog.LOCOMOTION, config.locomotion)(spec)
    simulation = Simulation(spec, compiled_scene(config, visuals=False), Workshop(), controller)
    ball = simulation.model.joint("ball").qposadr[0]
    simulation.data.qpos[ball] = 0.84
    return Operator(simulation)


def test_a_standing_robot_takes_a_can_and_walks_away(operator: Operator):
    name, side, out = "soup_can", "right", -1.0
    start = operator.object_m(name)
    ahead, across = HOLD_M[name]
    goal = start + np.array([-ahead, out * across, 0.0])
    operator.reach(side, np.array([0.14, out * 0.28, goal[2] + 0.10]), 1.5)
    operator.reach(side, goal + np.array([-0.06, out * 0.07, 0.0]), 1.0)
    operator.wait(0.3)
    operator.reach(side, goal, 0.8)
    operator.wait(0.4)
    operator.grip(side, 1.0, 0.8)
    operator.wait(0.4)
    operator.reach(side, goal + np.array([0.0, 0.0, 0.10]), 1.2)
    operator.wait(2.0)
    assert operator.object_m(name)[2] > start[2] + 0.06

    operator.walk((-0.25, 0.0, 0.0), 3.0)
    operator.wait(1.0)
    assert operator.object_m(name)[0] < start[0] - 0.3
    assert operator.object_m(name)[2] > start[2] + 0.03
    assert operator.record.mode is Mode.ACTIVE
    assert operator.record.state.locomotion == "stand"
