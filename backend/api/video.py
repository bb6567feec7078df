"""/api/video: hands WebRTC offers to the video process."""

from fastapi import APIRouter

from backend.api import schemas
from backend.api.dependencies import AppParts
from backend.core.contracts.video import VideoRequest
from backend.runtime.topics import VIDEO
from backend.services.errors import DomainError

router = APIRouter(prefix="/api/video", tags=["video"])

OFFER_TIMEOUT_S = 5.0


@router.post("/offer", operation_id="offerVideo")
async def offer_video(parts: AppParts, body: schemas.Offer) -> schemas.Answer:
    """Answer a WebRTC offer. The peers of a client close with its WebSocket."""
    if body.client not in parts.clients:
        raise DomainError(
            409,
            "no_client",
            f"{body.client!r} has no open WebSocket; connect /api/ws and use the id of its welcome",
        )
    known = [camera.name for camera in parts.spec.cameras]
    if not body.cameras or not set(body.cameras) <= set(known):
        raise DomainError(422, "no_camera", f"cannot send {body.cameras}; the cameras are {', '.join(known)}")
    request = VideoRequest(kind="offer", client=body.client, sdp=body.sdp, cameras=tuple(body.cameras))
    reply = await parts.bus.call_async(VIDEO, request, timeout_s=OFFER_TIMEOUT_S)
    if not reply.ok:
        raise DomainError(422, "bad_offer", reply.error)
    return schemas.Answer(sdp=reply.sdp, cameras=list(reply.cameras))
