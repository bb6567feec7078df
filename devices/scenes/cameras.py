"""The robot's cameras in simulation: pictures of the newest world state."""

from typing import TYPE_CHECKING

from backend.core.contracts.robot import CameraSpec
from backend.core.contracts.video import CameraFrame
from backend.core.contracts.world import WorldState
from devices.scenes import gl

if TYPE_CHECKING:
    import mujoco
    import numpy as np


class SimCameras:
    """Renders the cameras of the configured robot in the configured scene.

    Nothing is imported or opened before `open`, so that a machine without OpenGL gets a sentence that
    helps instead of a traceback.
    """

    live = False

    def __init__(self) -> None:
        self.cameras: tuple[CameraSpec, ...] = ()
        """Filled by `open`."""
        self.renderer = ""
        """What draws the pictures, in words; filled by `open`."""

    def open(self) -> None:
        """Load the scene and open a renderer; raises RenderingUnavailable with what to do."""
        gl.choose_backend()
        from backend import catalog
        from backend.runtime.scene_model import compiled_scene
        from backend.settings import settings

        spec = catalog.load(catalog.ROBOTS, settings().robot).spec
        self.open_model(compiled_scene(settings()), spec.cameras)

    def open_model(self, model: "mujoco.MjModel", cameras: tuple[CameraSpec, ...]) -> None:
        """Open a renderer for `cameras` of an already compiled `model`."""
        from devices.scenes.painter import Painter

        width, height = max(c.width for c in cameras), max(c.height for c in cameras)
        self._painter = Painter(model, width, height)
        self._views = {camera.name: self._painter.fixed_view(camera.name) for camera in cameras}
        self._seq = dict.fromkeys(self._views, 0)
        self.cameras = cameras
        self.renderer = self._painter.renderer

    def grab(self, camera: CameraSpec, world: WorldState) -> tuple[CameraFrame, "np.ndarray"]:
        """Return the picture of `world` and its header; the capture time is that of `world`.

        Returns:
            Header, and (height, width, 3) uint8 rgb.
        """
        self._painter.pose(world.qpos)
        pixels = self._painter.draw(self._views[camera.name], camera.width, camera.height)
        self._seq[camera.name] += 1
        header = CameraFrame(
            camera=camera.name,
            t_ns=world.t_ns,
            seq=self._seq[camera.name],
            width=camera.width,
            height=camera.height,
            fps=camera.fps,
        )
        return header, pixels

    def close(self) -> None:
        """Release the renderer."""
        self._painter.close()
