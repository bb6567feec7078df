"""Every task of the catalogue keeps its interface and can be begun by its scripted operator."""

import inspect

import mujoco
import numpy as np
import pytest

from backend import catalog
from backend.core.contracts.task import LEVELS, Situation
from backend.runtime.scene_model import compiled_task
from backend.settings import Settings
from trainer.headless.world import HeadlessWorld

TASKS = sorted(catalog.TASKS)


def test_there_is_a_script_for_every_task():
    assert set(catalog.DEMONSTRATORS) == set(catalog.TASKS)
    for name in TASKS:
        script = catalog.load(catalog.DEMONSTRATORS, name)
        assert inspect.isgeneratorfunction(script)
        assert list(inspect.signature(script).parameters) == ["operator", "task"]


@pytest.mark.parametrize("name", TASKS)
def test_a_task_says_what_it_is(name: str):
    task = catalog.load(catalog.TASKS, name)()
    assert task.name == name
    assert task.title
    assert all(text.endswith(".") for text in task.instructions)
    assert 3 <= len(task.subtasks) <= 5
    assert len({subtask.name for subtask in task.subtasks}) == len(task.subtasks)
    assert task.time_limit_s > 5


@pytest.mark.parametrize("name", TASKS)
def test_an_unknown_level_is_refused(name: str):
    with pytest.raises(ValueError, match="allowed: 0, 1, 2"):
        catalog.load(catalog.TASKS, name)(0, 7)


@pytest.mark.parametrize("name", TASKS)
def test_nothing_is_done_at_the_beginning_and_nothing_falls(config: Settings, name: str):
    task = catalog.load(catalog.TASKS, name)(2)
    world = HeadlessWorld(config, task, 2, cameras=False)
    before = world.world.object_poses.copy()
    for _ in range(150):
        mujoco.mj_step(world.simulation.model, world.simulation.data)
    after = world.simulation.world_state(1, 1).object_poses
    things = np.abs(after - before).reshape(-1, 7)[:, :3]
    assert things.max() < 0.01
    situation = Situation(world=world.world, state=world.state, earlier=world.world)
    assert not task.subtasks[0].done(situation), "the first subtask is done before anybody acts"
    assert not all(subtask.done(situation) for subtask in task.subtasks[1:])


@pytest.mark.parametrize("name", TASKS)
def test_physics_and_pictures_have_the_same_coordinates(config: Settings, name: str):
    """Shapes are drawn from the seed again for the pictures; they must come out the same."""
    kind = catalog.load(catalog.TASKS, name)
    one, two = (compiled_task(config, kind(5, max(LEVELS)), visuals=False) for _ in range(2))
    np.testing.assert_array_equal(one.geom_size, two.geom_size)
    assert [one.joint(j).name for j in range(one.njnt)] == [two.joint(j).name for j in range(two.njnt)]
