"""/api/robot: the one description that the browser, MuJoCo and pinocchio share."""

import asyncio
import re
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from backend.api import robot_schemas
from backend.api.dependencies import AppParts
from backend.core.contracts.world import WorldRequest
from backend.runtime.topics import WORLD
from backend.services.errors import DomainError

router = APIRouter(prefix="/api/robot", tags=["robot"])

MESH = re.compile(r'filename="[^"]*/([^/"]+)"')
# They change with an upgrade of the app only.
CACHE = {"Cache-Control": "max-age=3600"}


@router.get("", operation_id="getRobot")
async def get_robot(parts: AppParts) -> robot_schemas.Robot:
    """Return names, limits and cameras."""
    spec = parts.spec
    columns = (
        spec.lower_rad,
        spec.upper_rad,
        spec.velocity_limit_rad_s,
        spec.effort_limit_nm,
        spec.neutral_rad,
    )
    return robot_schemas.Robot(
        name=spec.name,
        joints=[
            robot_schemas.Joint(
                name=name,
                lower_rad=lower,
                upper_rad=upper,
                velocity_rad_s=velocity,
                effort_nm=effort,
                neutral_rad=neutral,
            )
            for name, lower, upper, velocity, effort, neutral in zip(spec.joints, *columns, strict=True)
        ],
        arm_joints=list(spec.arm_joints),
        hand_joints=list(spec.hand_joints),
        cameras=[
            robot_schemas.Camera(
                name=camera.name,
                link=camera.link,
                T_link_camera=camera.T_link_camera.tolist(),
                fovy_rad=camera.fovy_rad,
                width=camera.width,
                height=camera.height,
                fps=camera.fps,
            )
            for camera in spec.cameras
        ],
        action_names=list(spec.layout.action_names),
        state_names=list(spec.layout.state_names),
        nominal_height_m=spec.nominal_height_m,
        left_wrist_link=spec.left_wrist_link,
        right_wrist_link=spec.right_wrist_link,
        urdf_url="/api/robot/urdf",
    )


@router.get(
    "/urdf",
    operation_id="getUrdf",
    response_class=Response,
    responses={200: {"content": {"application/xml": {}}}},
)
async def get_urdf(parts: AppParts) -> Response:
    """Return the URDF; its meshes point to /api/robot/meshes."""
    text = await asyncio.to_thread(Path(parts.spec.urdf_path).read_text)
    return Response(
        MESH.sub(r'filename="/api/robot/meshes/\1"', text), media_type="application/xml", headers=CACHE
    )


@router.get(
    "/meshes/{name}",
    operation_id="getMesh",
    response_class=FileResponse,
    responses={200: {"content": {"model/stl": {}}}},
)
async def get_mesh(parts: AppParts, name: str) -> FileResponse:
    """Return a light copy of one mesh (binary STL, metres)."""
    path = await asyncio.to_thread(parts.meshes.path, name)
    if path is None:
        raise DomainError(404, "no_mesh", f"there is no mesh {name!r}; the URDF names them")
    return FileResponse(path, media_type="model/stl", headers=CACHE)


@router.get("/scene", operation_id="getScene", response_model=robot_schemas.Scene)
async def get_scene(parts: AppParts) -> Response:
    """Return shapes and colours of what stands around the robot, as the simulation knows them."""
    reply = await parts.bus.call_async(WORLD, WorldRequest(kind="shapes"))
    if not reply.ok:
        raise DomainError(404, "no_scene", f"the robot's world does not describe itself: {reply.error}")
    return Response(reply.detail["shapes"], media_type="application/json")
