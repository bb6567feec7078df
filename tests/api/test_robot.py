"""The browser gets the same robot as MuJoCo and pinocchio."""

import io
import xml.etree.ElementTree as ET

import trimesh

from backend.api import robot_schemas
from devices.robots.g1_spec import g1_spec
from tests.api.house import House
from tests.support.app import CACHE


async def test_the_robot_has_its_joints_limits_and_cameras(sqlite_house: House):
    robot = robot_schemas.Robot.model_validate((await sqlite_house.http.get("/api/robot")).json())
    spec = g1_spec()
    assert [joint.name for joint in robot.joints] == list(spec.joints)
    assert [joint.upper_rad for joint in robot.joints] == spec.upper_rad.tolist()
    assert [joint.velocity_rad_s for joint in robot.joints] == spec.velocity_limit_rad_s.tolist()
    assert (len(robot.action_names), len(robot.state_names)) == (36, 32)
    assert [camera.name for camera in robot.cameras] == ["head", "left_wrist", "right_wrist"]


async def test_every_mesh_of_the_urdf_is_served(sqlite_house: House):
    CACHE.mkdir(exist_ok=True)
    (sqlite_house.parts.settings.data_dir / "cache").symlink_to(CACHE)
    urdf = ET.fromstring((await sqlite_house.http.get("/api/robot/urdf")).text)
    assert {joint.get("name") for joint in urdf.iter("joint")} >= set(g1_spec().joints)
    names = {mesh.get("filename") for mesh in urdf.iter("mesh")}
    assert len(names) > 30
    for name in sorted(names):
        assert name.startswith("/api/robot/meshes/")
        reply = await sqlite_house.http.get(name)
        assert reply.status_code == 200, name
        assert reply.headers["content-type"] == "model/stl"
    palm = await sqlite_house.http.get("/api/robot/meshes/left_hand_palm_link.STL")
    assert 100 < len(trimesh.load_mesh(io.BytesIO(palm.content), file_type="stl").faces) <= 8000
    unknown = await sqlite_house.http.get("/api/robot/meshes/..%2F..%2Fpyproject.toml")
    assert unknown.status_code == 404


async def test_without_a_world_there_is_no_scene_yet(sqlite_house: House):
    reply = await sqlite_house.http.get("/api/robot/scene")
    assert reply.status_code == 503
    assert "world" in reply.json()["text"]
