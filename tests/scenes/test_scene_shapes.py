"""What a browser is told to draw is what physics has."""

import mujoco
import numpy as np
import pinocchio as pin
import pytest

from backend.core.contracts.record import json_decoder, to_json
from backend.core.contracts.world import SceneShapes, ShapePart
from backend.runtime.scene_shapes import scene_shapes
from devices.robots.sim_g1 import SimG1
from devices.scenes.workshop import Workshop


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return Workshop().furnish(SimG1.build_body(SimG1.spec)).compile()


@pytest.fixture(scope="module")
def shapes(model: mujoco.MjModel) -> SceneShapes:
    return scene_shapes(model, "pelvis", Workshop().objects)


def half_extents_m(part: ShapePart) -> np.ndarray:
    """MuJoCo turns meshes to their principal axes; the pose of the part turns them back."""
    turn = pin.Quaternion(*part.T_body_part[[6, 3, 4, 5]]).toRotationMatrix()
    vertices = part.vertices_m.reshape(-1, 3) @ turn.T
    return (vertices.max(axis=0) - vertices.min(axis=0)) / 2


def test_every_object_has_its_size_and_colour(shapes: SceneShapes):
    assert set(shapes.objects) == set(Workshop().objects)
    np.testing.assert_allclose(half_extents_m(shapes.objects["tea_box"][0]), (0.032, 0.028, 0.058), atol=2e-4)
    np.testing.assert_allclose(half_extents_m(shapes.objects["ball"][0]), 0.036, atol=2e-3)
    red, green, blue = (int(shapes.objects["soup_can"][0].colour[i : i + 2], 16) for i in (1, 3, 5))
    assert red > 1.5 * max(green, blue), "the soup can is red"


def test_parts_of_a_moving_thing_keep_their_places(model: mujoco.MjModel, shapes: SceneShapes):
    """The cart's wheels are bodies of their own; drawn with the cart they stand on the ground below it."""
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    cart = data.body("cart").xpos
    wheels = [part for part in shapes.objects["cart"] if part.kind == "mesh"]
    assert len(wheels) == 4
    for wheel in wheels:
        lowest = cart[2] + wheel.T_body_part[2] - half_extents_m(wheel).max()
        assert abs(lowest) < 0.01


def test_furniture_stands_in_the_world_and_the_robot_is_left_out(shapes: SceneShapes):
    top = max(shapes.fixed, key=lambda part: part.size[0] * part.size[1])
    assert top.kind == "box"
    assert 0.6 < top.T_body_part[2] < 0.96
    assert len(shapes.fixed) < 40, "a robot would bring more"
    for part in shapes.fixed:
        if part.kind != "mesh":
            assert np.all(np.isfinite(part.size))
            assert part.size[0] > 0


def test_it_survives_the_wire(shapes: SceneShapes):
    text = to_json(shapes)
    assert len(text) < 300_000
    again = json_decoder(SceneShapes).decode(text)
    assert to_json(again) == text
