"""The workshop stays as it was furnished, and what should move does."""

import numpy as np
import pytest

from backend.runtime.scene_model import compiled_scene
from backend.settings import Settings
from devices.scenes.furniture import TABLE_FRONT_M, TABLE_TOP_M
from devices.scenes.workshop import HOMES
from tests.scenes.rig import Rig


@pytest.fixture(scope="module")
def settled() -> tuple[Rig, np.ndarray]:
    """Return the workshop after 5 s of physics, and where its things were at the start."""
    rig = Rig(seed=3)
    start = np.array([rig.body(name) for name in rig.scene.objects])
    rig.step(5.0)
    return rig, start


def test_everything_stays_put(settled: tuple[Rig, np.ndarray]):
    rig, start = settled
    for name, before in zip(rig.scene.objects, start, strict=True):
        moved_m = np.linalg.norm(rig.body(name) - before)
        # The ball may rock on the spot; nothing else moves beyond settling.
        assert moved_m < (0.02 if name == "ball" else 0.004), f"{name} moved {moved_m:.4f} m"


def test_things_stand_on_what_they_belong_to(settled: tuple[Rig, np.ndarray]):
    rig, _ = settled
    assert set(HOMES) | {"cart"} == set(rig.scene.objects)
    for name, (_, _, support_m) in HOMES.items():
        assert rig.body(name)[2] > support_m
        if support_m == TABLE_TOP_M:
            assert rig.body(name)[0] > TABLE_FRONT_M


def test_the_seed_moves_things_a_little_and_reproducibly():
    first, again, other = Rig(seed=1), Rig(seed=1), Rig(seed=2)
    np.testing.assert_array_equal(first.data.qpos, again.data.qpos)
    distances_m = [np.linalg.norm(first.body(name) - other.body(name)) for name in HOMES]
    assert all(0 < distance_m < 0.05 for distance_m in distances_m)


def test_reset_brings_everything_back():
    rig = Rig()
    start = rig.data.qpos.copy()
    for name in rig.scene.objects:
        address = rig.model.joint(name).dofadr[0]
        rig.data.qvel[address : address + 3] = (0.5, 0.3, 1.0)
    rig.step(0.5)
    rig.scene.reset(rig.model, rig.data, np.random.default_rng(0))
    objects = rig.model.jnt_qposadr[rig.model.joint("tea_box").id]
    np.testing.assert_allclose(rig.data.qpos[objects:], start[objects:], atol=1e-12)
    assert not rig.data.qvel[rig.model.joint("tea_box").dofadr[0] :].any()


def test_the_cart_rolls_where_it_is_pushed():
    rig = Rig()
    rig.step(0.5)
    start = rig.body("cart")
    rig.data.xfrc_applied[rig.model.body("cart").id, 0] = 12.0
    rig.step(1.5)
    rig.data.xfrc_applied[:] = 0
    forward_m, sideways_m, _ = rig.body("cart") - start
    assert forward_m > 0.5
    assert abs(sideways_m) < 0.1
    wheel = rig.data.joint("cart_wheel_left").qpos[0]
    assert wheel * 0.06 == pytest.approx(forward_m, rel=0.1)


def test_the_cart_turns_on_its_casters():
    rig = Rig()
    rig.step(0.5)
    rig.data.xfrc_applied[rig.model.body("cart").id, 5] = 6.0
    rig.step(1.0)
    _, _, _, w, *axis = rig.data.joint("cart").qpos
    assert 2 * np.arctan2(np.linalg.norm(axis), w) > 0.2


def test_physics_without_pictures_has_the_same_coordinates(config: Settings):
    full, physics = compiled_scene(config, visuals=True), compiled_scene(config, visuals=False)
    for count in ("nq", "nv", "nu", "nbody", "njnt"):
        assert getattr(full, count) == getattr(physics, count)
    for joint in range(full.njnt):
        assert full.joint(joint).name == physics.joint(joint).name
    np.testing.assert_array_equal(full.jnt_qposadr, physics.jnt_qposadr)
    np.testing.assert_allclose(full.body_mass, physics.body_mass)
    assert physics.nmeshface < full.nmeshface
