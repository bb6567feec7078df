"""Draws a MuJoCo model into arrays, as fast as the machine allows."""

import mujoco
import numpy as np

from devices.scenes import gl

VISIBLE_GROUPS = 3
"""Geoms of groups 0 to 2 are drawn; collision shapes are in group 3."""
HIDDEN_GROUP = mujoco.mjNGROUP - 1
MAX_GEOMS = 1000


class Painter:
    """Renders `model` at any configuration, from its cameras or from a free one.

    Coarse: no shadows, no antialiasing, textures filtered cheaply. Fine: shadows and 4 samples a pixel, four
    to ten times the work on a CPU. Geoms outside a fixed camera's view are never drawn, nor reflections.

    Args:
        model: Robot and scene with visuals. The painter owns it: it changes geom groups while drawing.
        width: Largest width of a picture.
        height: Largest height of a picture.
        fine: Whether to draw finely; by default where there is a GPU.

    Raises:
        RenderingUnavailable: This machine cannot render; the text says what to do.
    """

    def __init__(self, model: mujoco.MjModel, width: int, height: int, fine: bool | None = None) -> None:
        self._gl = gl.open_context(width, height)
        self.renderer = gl.renderer_name()
        fine = not gl.is_software(self.renderer) if fine is None else fine
        self._model = model
        self.data = mujoco.MjData(model)
        model.vis.global_.offwidth, model.vis.global_.offheight = width, height
        model.vis.quality.offsamples = 4 if fine else 0
        model.vis.quality.shadowsize = 4096 if fine else 0
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_50)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        if not fine:
            gl.cheapen_textures([int(texture) for texture in self._context.texture[: model.ntex]])
        self._scene = mujoco.MjvScene(model, MAX_GEOMS)
        self._scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = fine
        self._scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = False
        self._option = mujoco.MjvOption()
        self._option.geomgroup[VISIBLE_GROUPS:] = 0
        self._perturb = mujoco.MjvPerturb()
        self._groups = model.geom_group.copy()

    def pose(self, qpos: np.ndarray) -> None:
        """Take the configuration to draw; raises ValueError when it is of another model."""
        if qpos.shape != (self._model.nq,):
            raise ValueError(f"this scene has {self._model.nq} coordinates, the world sent {qpos.size}")
        self.data.qpos[:] = qpos
        mujoco.mj_kinematics(self._model, self.data)
        mujoco.mj_comPos(self._model, self.data)
        mujoco.mj_camlight(self._model, self.data)

    def draw(self, view: mujoco.MjvCamera, width: int, height: int) -> np.ndarray:
        """Return the picture from `view`, (height, width, 3) uint8, top row first."""
        self._gl.make_current()
        fixed = view.type == mujoco.mjtCamera.mjCAMERA_FIXED
        if fixed:
            seen = self._in_view(view.fixedcamid, width / height)
            self._model.geom_group[:] = np.where(seen, self._groups, HIDDEN_GROUP)
        everything = int(mujoco.mjtCatBit.mjCAT_ALL)
        mujoco.mjv_updateScene(
            self._model, self.data, self._option, self._perturb, view, everything, self._scene
        )
        self._model.geom_group[:] = self._groups
        rectangle = mujoco.MjrRect(0, 0, width, height)
        pixels = np.empty((height, width, 3), dtype=np.uint8)
        mujoco.mjr_render(rectangle, self._scene, self._context)
        mujoco.mjr_readPixels(pixels, None, rectangle, self._context)
        return np.ascontiguousarray(pixels[::-1])

    def fixed_view(self, camera: str) -> mujoco.MjvCamera:
        """Return the view of the model's camera of that name."""
        view = mujoco.MjvCamera()
        view.type = mujoco.mjtCamera.mjCAMERA_FIXED
        view.fixedcamid = self._model.camera(camera).id
        return view

    def _in_view(self, camera: int, aspect: float) -> np.ndarray:
        """Return for each geom whether its bounding sphere reaches into the camera's field of view."""
        axes = self.data.cam_xmat[camera].reshape(3, 3)
        right, up, back = ((self.data.geom_xpos - self.data.cam_xpos[camera]) @ axes).T
        radius, ahead = self._model.geom_rbound, -back
        tan_y = np.tan(np.deg2rad(self._model.cam_fovy[camera]) / 2)
        tan_x = aspect * tan_y
        inside = (
            (ahead > -radius)
            & (np.abs(right) - tan_x * ahead <= radius * np.hypot(1, tan_x))
            & (np.abs(up) - tan_y * ahead <= radius * np.hypot(1, tan_y))
        )
        unbounded = radius == 0
        return inside | unbounded

    def close(self) -> None:
        """Release the context."""
        self._context.free()
        self._gl.free()
