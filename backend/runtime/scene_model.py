"""The MuJoCo model of robot and scene together, compiled once and shared by physics and cameras."""

from pathlib import Path

import mujoco

from backend import catalog
from backend.runtime.cache import build_once, content_key
from backend.runtime.meshes import decimated_mesh_dir
from backend.settings import ROOT, Settings


def _key(settings: Settings, visuals: bool) -> str:
    sources = sorted((*ROOT.glob("devices/robots/*.py"), *ROOT.glob("devices/scenes/*.py")))
    sizes = (settings.head_camera, settings.wrist_cameras)
    return content_key(
        [
            mujoco.__version__,
            settings.robot,
            settings.scene,
            repr(sizes),
            repr(visuals),
            *sources,
            Path(__file__),
        ]
    )


def compiled_scene(settings: Settings, visuals: bool = True) -> mujoco.MjModel:
    """Return the model of `settings.robot` in `settings.scene`.

    The compiled model is kept in the cache under a hash of everything it is made of, so that the second
    start loads it in a fraction of a second.

    Args:
        settings: Which robot, scene and camera sizes.
        visuals: With the robot's meshes, for cameras; physics does without. Bodies, joints and hence the
            order of qpos and qvel are the same either way.
    """

    def build(path: Path) -> None:
        robot = catalog.load(catalog.ROBOTS, settings.robot)
        scene = catalog.load(catalog.SCENES, settings.scene)()
        mesh_dir = decimated_mesh_dir(robot.spec, settings.cache_dir) if visuals else None
        model = scene.furnish(robot.build_body(robot.spec, mesh_dir)).compile()
        mujoco.mj_saveModel(model, str(path), None)

    kind = "full" if visuals else "physics"
    name = f"{settings.robot}-{settings.scene}-{kind}-{_key(settings, visuals)}.mjb"
    return mujoco.MjModel.from_binary_path(str(build_once(settings.cache_dir / name, build)))
