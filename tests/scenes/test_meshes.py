"""Meshes are simplified once, keep their shape, and are found again."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from backend.core.contracts.robot import RobotSpec
from backend.runtime.cache import build_once
from backend.runtime.meshes import decimated_mesh_dir, face_budget
from backend.settings import Settings
from devices.robots.sim_g1 import SimG1


@pytest.fixture(scope="module")
def folder(config: Settings) -> Path:
    return decimated_mesh_dir(SimG1.spec, config.cache_dir, report=lambda _: None)


def test_every_mesh_of_the_urdf_is_there_and_light(folder: Path):
    urdf = Path(SimG1.spec.urdf_path).read_text()
    names = {path.name for path in Path(SimG1.spec.mesh_dir).glob("*.STL") if f"/{path.name}" in urdf}
    assert {path.name for path in folder.iterdir()} == names
    faces = {path.stem: len(trimesh.load_mesh(path).faces) for path in folder.iterdir()}
    assert sum(faces.values()) < 110_000
    for finger in ("left_hand_index_1_link", "right_hand_thumb_2_link"):
        # Open borders and seams keep a few triangles more than asked.
        assert faces[finger] < 1.5 * face_budget(finger)


@pytest.mark.parametrize("name", ["left_hand_palm_link", "right_hand_index_1_link", "head_link"])
def test_the_shape_is_kept(folder: Path, name: str):
    before = trimesh.load_mesh(Path(SimG1.spec.mesh_dir) / f"{name}.STL")
    after = trimesh.load_mesh(folder / f"{name}.STL")
    np.testing.assert_allclose(after.bounds, before.bounds, atol=0.001)
    assert after.area == pytest.approx(before.area, rel=0.05)


def test_the_second_call_makes_nothing(folder: Path, config: Settings):
    def unexpected(line: str) -> None:
        raise AssertionError(f"decimated again: {line}")

    stamps = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert decimated_mesh_dir(SimG1.spec, config.cache_dir, report=unexpected) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == stamps


def test_missing_meshes_say_what_to_run(tmp_path: Path):
    fields = {name: getattr(SimG1.spec, name) for name in SimG1.spec.__struct_fields__}
    spec = RobotSpec(**{**fields, "mesh_dir": str(tmp_path)})
    with pytest.raises(FileNotFoundError, match="make setup"):
        decimated_mesh_dir(spec, tmp_path / "cache")


def test_a_build_that_fails_leaves_nothing_and_is_tried_again(tmp_path: Path):
    target = tmp_path / "derived"

    def fail(path: Path) -> None:
        path.write_text("half")
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        build_once(target, fail)
    assert not target.exists()
    build_once(target, lambda path: path.write_text("whole") and None)
    assert target.read_text() == "whole"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".building")] == []
