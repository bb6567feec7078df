"""The simulated cameras show the robot's hands and the table, moving, at the time they were taken."""

import os
import subprocess
import sys
from collections.abc import Iterator

import mujoco
import numpy as np
import pytest

from backend.core.contracts.world import WorldState
from backend.runtime.scene_model import compiled_scene
from backend.settings import ROOT, Settings
from devices.robots.sim_g1 import SimG1
from devices.scenes import gl
from devices.scenes.cameras import SimCameras
from devices.scenes.hero import hero_picture, hero_qpos


@pytest.fixture(scope="module")
def model(config: Settings) -> mujoco.MjModel:
    return compiled_scene(config)


@pytest.fixture(scope="module")
def source(model: mujoco.MjModel) -> Iterator[SimCameras]:
    source = SimCameras()
    source.open_model(model, SimG1.spec.cameras)
    yield source
    source.close()


def _world(qpos: np.ndarray, t_ns: int = 1) -> WorldState:
    return WorldState(t_ns=t_ns, seq=t_ns, objects=(), object_poses=np.zeros(0), qpos=qpos)


def _pictures(source: SimCameras, qpos: np.ndarray) -> dict[str, np.ndarray]:
    return {camera.name: source.grab(camera, _world(qpos))[1] for camera in source.cameras}


def test_pictures_have_the_size_and_time_of_the_world_state(source: SimCameras, model: mujoco.MjModel):
    qpos = hero_qpos(model, SimG1.spec)
    for camera in source.cameras:
        first, pixels = source.grab(camera, _world(qpos, t_ns=12_345))
        second, _ = source.grab(camera, _world(qpos, t_ns=67_890))
        assert pixels.shape == (camera.height, camera.width, 3)
        assert pixels.dtype == np.uint8
        assert pixels.flags.c_contiguous
        assert (first.t_ns, second.t_ns) == (12_345, 67_890)
        assert second.seq == first.seq + 1
        assert (first.camera, first.width, first.height, first.fps) == (
            camera.name, camera.width, camera.height, camera.fps,
        )  # fmt: skip


def test_pictures_are_bright_detailed_and_differ_between_cameras(source: SimCameras, model: mujoco.MjModel):
    pictures = _pictures(source, hero_qpos(model, SimG1.spec))
    for name, picture in pictures.items():
        assert 60 < picture.mean() < 220, name
        assert picture.std() > 25, name
    assert not np.array_equal(pictures["left_wrist"], pictures["right_wrist"])


@pytest.mark.parametrize(
    ("joint", "camera"),
    [
        ("left_hand_index_0_joint", "left_wrist"),
        ("left_hand_thumb_2_joint", "left_wrist"),
        ("right_hand_index_0_joint", "right_wrist"),
        ("right_hand_thumb_2_joint", "right_wrist"),
        ("left_elbow_joint", "head"),
        ("right_hand_middle_0_joint", "head"),
    ],
)
def test_what_moves_is_seen(source: SimCameras, model: mujoco.MjModel, joint: str, camera: str):
    qpos = hero_qpos(model, SimG1.spec)
    moved = qpos.copy()
    address = model.joint(joint).qposadr[0]
    middle = model.joint(joint).range.mean()
    moved[address] += 0.4 if moved[address] < middle else -0.4
    before, after = _pictures(source, qpos)[camera], _pictures(source, moved)[camera]
    changed = np.any(np.abs(before.astype(int) - after) > 20, axis=2).mean()
    assert changed > 0.003


def test_a_hand_round_an_object_shows_the_object_in_the_wrist_camera(
    source: SimCameras, model: mujoco.MjModel
):
    qpos = hero_qpos(model, SimG1.spec)
    data = mujoco.MjData(model)
    data.qpos[:] = qpos
    mujoco.mj_kinematics(model, data)
    palm = data.body("right_hand_palm_link")
    ball = model.joint("ball").qposadr[0]
    qpos[ball : ball + 3] = palm.xpos + palm.xmat.reshape(3, 3) @ (0.085, 0.055, 0.0)
    picture = _pictures(source, qpos)["right_wrist"].astype(int)
    red, green, blue = np.moveaxis(picture, 2, 0)
    orange = (red > 150) & (red - blue > 100) & (green > 60)
    assert orange.mean() > 0.03


def test_culling_does_not_change_the_picture(source: SimCameras, model: mujoco.MjModel):
    painter = source._painter
    painter.pose(hero_qpos(model, SimG1.spec))
    for camera in source.cameras:
        view = painter.fixed_view(camera.name)
        culled = painter.draw(view, camera.width, camera.height)
        painter._in_view = lambda *_: np.ones(model.ngeom, dtype=bool)
        whole = painter.draw(view, camera.width, camera.height)
        del painter._in_view
        np.testing.assert_array_equal(culled, whole)


def test_collision_shapes_are_not_drawn(source: SimCameras, model: mujoco.MjModel):
    qpos = hero_qpos(model, SimG1.spec)
    before = _pictures(source, qpos)["head"]
    collision = model.geom_group == 3
    colours = model.geom_rgba[collision].copy()
    model.geom_rgba[collision] = (1, 0, 1, 1)
    after = _pictures(source, qpos)["head"]
    model.geom_rgba[collision] = colours
    np.testing.assert_array_equal(before, after)


def test_a_world_of_another_scene_is_refused(source: SimCameras):
    with pytest.raises(ValueError, match=r"this scene has \d+ coordinates, the world sent 3"):
        source.grab(source.cameras[0], _world(np.zeros(3)))


def test_hero_picture_is_antialiased_and_complete(config: Settings):
    picture = hero_picture(compiled_scene(config), SimG1.spec, width=320, height=180)
    assert picture.shape == (180, 320, 3)
    assert 60 < picture.mean() < 220


def _open_elsewhere(environment: dict[str, str], prelude: str = "") -> str:
    code = f"{prelude}\nfrom devices.scenes.cameras import SimCameras\nSimCameras().open()"
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode != 0
    return process.stderr.strip().splitlines()[-1]


def test_a_wrong_way_to_render_is_refused_with_the_right_ones():
    error = _open_elsewhere({"MUJOCO_GL": "bogus"})
    assert "RenderingUnavailable" in error
    assert "MUJOCO_GL=bogus" in error
    assert "egl or osmesa" in error


def test_a_missing_library_names_the_packages_to_install():
    prelude = (
        "from devices.scenes import gl\n"
        "gl.LIBRARIES = {name: ('libmissing.so.0', packages) for name, (_, packages) in gl.LIBRARIES.items()}"
    )
    error = _open_elsewhere({"MUJOCO_GL": ""}, prelude)
    assert "RenderingUnavailable" in error
    assert "sudo apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri" in error
    assert "libosmesa6" in error


@pytest.mark.parametrize(
    ("renderer", "software"),
    [("llvmpipe (LLVM 15.0.6, 256 bits)", True), ("NVIDIA H200/PCIe/SSE2", False), ("softpipe", True)],
)
def test_renderers_without_a_gpu_are_recognised(renderer: str, software: bool):
    assert gl.is_software(renderer) is software
