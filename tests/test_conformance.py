"""Walks the catalogue: an entry that does not keep its interface cannot merge."""

import inspect
from pathlib import Path

import msgspec
import mujoco
import numpy as np
import pytest

from backend import catalog
from backend.core.contracts.frame import DeviceFrame, Input
from backend.core.contracts.job import JobKind, Runner
from backend.core.contracts.rig import RigDevice
from backend.core.contracts.robot import Robot, RobotSpec
from backend.core.locomotion.controller import LocomotionController
from backend.core.policy.merge import Merge
from backend.runtime.bus import Bus
from backend.runtime.meshes import decimated_mesh_dir
from backend.runtime.policy_dialect import Dialect
from backend.settings import Settings, settings
from trainer.policies.served import ServedPolicy


def _methods(protocol: type) -> set[str]:
    return {
        name for name, member in inspect.getmembers(protocol, inspect.isfunction) if not name.startswith("_")
    }


def _keeps(kind: type, protocol: type) -> None:
    for name in _methods(protocol):
        assert callable(getattr(kind, name, None)), f"{kind.__name__} lacks {name}"
        asked = inspect.signature(getattr(protocol, name)).parameters
        given = inspect.signature(getattr(kind, name)).parameters
        assert list(given)[: len(asked)] == list(asked), f"{kind.__name__}.{name} has other arguments"


def _spec() -> RobotSpec:
    return catalog.load(catalog.ROBOTS, settings().robot).spec


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(ValueError, match="sim_g1"):
        catalog.load(catalog.ROBOTS, "r2d2")


@pytest.mark.parametrize("name", sorted(catalog.ROBOTS))
class TestRobot:
    def test_keeps_the_interface(self, name: str):
        _keeps(catalog.load(catalog.ROBOTS, name), Robot)

    def test_spec_is_consistent(self, name: str):
        spec = catalog.load(catalog.ROBOTS, name).spec
        count = len(spec.joints)
        for vector in (
            spec.lower_rad, spec.upper_rad, spec.velocity_limit_rad_s, spec.effort_limit_nm, spec.neutral_rad,
        ):  # fmt: skip
            assert vector.shape == (count,)
            assert np.all(np.isfinite(vector))
        assert len(set(spec.joints)) == count
        assert set(spec.hand_joints) | set(spec.arm_joints) <= set(spec.joints)
        assert np.all(spec.lower_rad <= spec.neutral_rad)
        assert np.all(spec.neutral_rad <= spec.upper_rad)
        assert np.all(spec.velocity_limit_rad_s > 0)
        assert len(spec.layout.action_names) == 36
        assert len(spec.layout.state_names) == 32
        assert Path(spec.urdf_path).is_file()
        assert spec.cameras
        with pytest.raises(ValueError, match="it has"):
            spec.index("tail_joint")

    def test_the_body_has_the_spec_s_joints_motors_and_cameras(self, name: str):
        kind = catalog.load(catalog.ROBOTS, name)
        model = kind.build_body(kind.spec, None).compile()
        joints = [model.joint(j).name for j in range(model.njnt)]
        assert set(kind.spec.joints) <= set(joints)
        assert tuple(model.actuator(a).name for a in range(model.nu)) == kind.spec.joints
        assert {model.camera(c).name for c in range(model.ncam)} == {c.name for c in kind.spec.cameras}

    def test_reads_nothing_before_anything_arrived(self, name: str, tmp_path: Path):
        robot = catalog.load(catalog.ROBOTS, name)(Bus(tmp_path))
        robot.open()
        assert robot.read() is None
        robot.close()


@pytest.mark.parametrize("name", sorted(catalog.SCENES))
class TestScene:
    def test_furnishes_the_robot_without_changing_it(self, name: str):
        robot = catalog.load(catalog.ROBOTS, settings().robot)
        scene = catalog.load(catalog.SCENES, name)(0)
        bare = robot.build_body(robot.spec, None).compile()
        model = scene.furnish(robot.build_body(robot.spec, None)).compile()
        for joint in robot.spec.joints:
            np.testing.assert_array_equal(model.joint(joint).range, bare.joint(joint).range)
        assert scene.objects
        for thing in scene.objects:
            assert model.body(thing).jntnum[0] >= 1, f"{thing} cannot move"

    def test_reset_is_reproducible_by_seed(self, name: str):
        robot = catalog.load(catalog.ROBOTS, settings().robot)
        scene = catalog.load(catalog.SCENES, name)(0)
        model = scene.furnish(robot.build_body(robot.spec, None)).compile()
        data = mujoco.MjData(model)
        poses = []
        for seed in (3, 3, 4):
            scene.reset(model, data, np.random.default_rng(seed))
            poses.append(data.qpos.copy())
        np.testing.assert_array_equal(poses[0], poses[1])
        assert not np.array_equal(poses[0], poses[2])


@pytest.mark.parametrize("name", sorted(catalog.INPUTS))
def test_input_keeps_the_interface(name: str):
    kind = catalog.load(catalog.INPUTS, name)
    _keeps(kind, Input)
    returns = inspect.signature(kind.latest).return_annotation
    assert returns == tuple[DeviceFrame, ...]


@pytest.mark.parametrize("name", sorted(catalog.RIG_DEVICES))
def test_a_rig_device_keeps_the_interface(name: str, tmp_path: Path):
    device = catalog.load(catalog.RIG_DEVICES, name)(Settings(data_dir=tmp_path), _spec())
    _keeps(type(device), RigDevice)
    assert device.source
    assert device.kinds
    assert device.status(0).source == device.source


@pytest.mark.parametrize("name", sorted(catalog.CAMERAS))
def test_cameras_keep_the_interface(name: str):
    kind = catalog.load(catalog.CAMERAS, name)
    for method in ("open", "grab", "close"):
        assert callable(getattr(kind, method, None))


@pytest.mark.parametrize("name", sorted(catalog.LOCOMOTION))
def test_locomotion_keeps_the_interface(name: str):
    kind = catalog.load(catalog.LOCOMOTION, name)
    _keeps(kind, LocomotionController)
    for member in ("mode", "note"):
        assert isinstance(inspect.getattr_static(kind, member), property)
    first = next(iter(inspect.signature(kind).parameters.values()))
    assert first.name == "spec"


def test_mesh_cache_serves_every_mesh_of_the_urdf(tmp_path: Path):
    spec = _spec()
    folder = Path(decimated_mesh_dir(spec, tmp_path))
    wanted = {
        part.split('"')[0].split("/")[-1] for part in Path(spec.urdf_path).read_text().split('filename="')[1:]
    }
    assert wanted <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("name", sorted(catalog.MERGERS))
def test_merge_keeps_the_interface(name: str):
    kind = catalog.load(catalog.MERGERS, name)
    _keeps(kind, Merge)
    assert isinstance(kind(slice(35, 36)).hands_left_over, bool)


@pytest.mark.parametrize("name", sorted(catalog.BASELINES))
def test_a_baseline_is_a_policy_that_finds_its_own_source(name: str):
    assert name in catalog.POLICIES
    assert list(inspect.signature(catalog.load(catalog.BASELINES, name)).parameters) == [
        "plan", "condition", "episodes_dir"
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(catalog.DIALECTS))
def test_dialect_keeps_the_interface(name: str):
    _keeps(catalog.load(catalog.DIALECTS, name), Dialect)


# Importing lerobot takes 13 s of processor time, which a busy machine stretches.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(catalog.POLICIES))
def test_policy_keeps_the_interface(name: str):
    kind = catalog.load(catalog.POLICIES, name)
    _keeps(kind, ServedPolicy)
    assert list(inspect.signature(kind).parameters)[:2] == ["source", "spec"]


@pytest.mark.parametrize("name", sorted(catalog.RUNNERS))
def test_runner_keeps_the_interface(name: str):
    kind = catalog.load(catalog.RUNNERS, name)
    _keeps(kind, Runner)
    assert isinstance(kind().check(), str)


@pytest.mark.parametrize("name", sorted(catalog.JOBS))
def test_job_keeps_the_interface(name: str):
    kind = catalog.load(catalog.JOBS, name)
    _keeps(kind, JobKind)
    for member in ("needs_dataset", "resumable", "stop_by_signal"):
        assert isinstance(getattr(kind, member), bool)
    for template in kind.templates:
        msgspec.convert(template.params, kind.Params)
