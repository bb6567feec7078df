"""The MuJoCo model of robot and scene together, compiled once and shared by physics and cameras."""

from pathlib import Path

import mujoco

from backend import catalog
from backend.core.contracts.task import Task
from backend.runtime.cache import build_once, content_key
from backend.runtime.meshes import decimated_mesh_dir
from backend.settings import ROOT, Settings


def _key(settings: Settings, mesh_dir: Path | None) -> str:
    sources = sorted((*ROOT.glob("devices/robots/*.py"), *ROOT.glob("devices/scenes/**/*.py")))
    sizes = (settings.head_camera, settings.wrist_cameras)
    meshes = mesh_dir.name if mesh_dir else "none"
    return content_key([mujoco.__version__, repr(sizes), meshes, *sources, Path(__file__)])


def compiled_scene(settings: Settings, visuals: bool = True) -> mujoco.MjModel:
    """Return the model of `settings.robot` in `settings.scene`.

    The compiled model is kept in the cache under a hash of everything it is made of, so that the second
    start loads it in a fraction of a second.

    Args:
        settings: Which robot, scene and camera sizes.
        visuals: With the robot's meshes, for cameras; physics does without. Bodies, joints and hence the
            order of qpos and qvel are the same either way.
    """
    robot = catalog.load(catalog.ROBOTS, settings.robot)
    mesh_dir = decimated_mesh_dir(robot.spec, settings.cache_dir) if visuals else None

    def build(path: Path) -> None:
        scene = catalog.load(catalog.SCENES, settings.scene)()
        model = scene.furnish(robot.build_body(robot.spec, mesh_dir)).compile()
        mujoco.mj_saveModel(model, str(path), None)

    name = f"{settings.robot}-{settings.scene}-{_key(settings, mesh_dir)}.mjb"
    return mujoco.MjModel.from_binary_path(str(build_once(settings.cache_dir / name, build)))


def compiled_task(settings: Settings, task: Task, visuals: bool = True) -> mujoco.MjModel:
    """Return the model of `settings.robot` in the scene of `task`.

    At level 0 every seed has the same model, which is kept in the cache; above, each is built anew.
    """
    if task.level == 0:
        return compiled_scene(settings.model_copy(update={"scene": task.name}), visuals)
    robot = catalog.load(catalog.ROBOTS, settings.robot)
    mesh_dir = decimated_mesh_dir(robot.spec, settings.cache_dir) if visuals else None
    return task.furnish(robot.build_body(robot.spec, mesh_dir)).compile()
