"""How to talk to a policy server: our own messages, or openpi's."""

from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np

from backend.core.contracts.record import Array, msgpack_decoder, to_msgpack
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.rollout import (
    PROTOCOL,
    CameraInput,
    ChunkAnswer,
    Observation,
    Picture,
    PolicyHello,
    PolicyRefusal,
    ServerMessage,
    Sight,
    Timings,
)
from backend.core.contracts.video import CameraFrame
from backend.core.policy.chunk import ChunkRequest
from backend.runtime import openpi

JPEG_QUALITY = 90
OPENPI_SIDE_PX = 224
"""What openpi's models take."""
OPENPI_FPS = 30.0


class NotUnderstood(Exception):
    """The server speaks another dialect, or a newer one."""


@dataclass(frozen=True)
class View:
    """What the robot knew at one step, before it is put into words."""

    t_ns: int
    state: Array
    torso_base: Array
    torso_command: Array
    pictures: tuple[tuple[CameraFrame, np.ndarray], ...]
    """Header and (height, width, 3) uint8 rgb of each camera."""


class Dialect(Protocol):
    """One way to talk; entries of `catalog.DIALECTS`."""

    def __init__(self, spec: RobotSpec) -> None: ...

    def hello(self, message: bytes | str) -> PolicyHello:
        """Read the server's first message; raises NotUnderstood."""

    def encode(self, request: ChunkRequest, views: tuple[View, ...], task: str) -> bytes:
        """Write an observation; `views` are oldest first."""

    def answer(self, request: ChunkRequest, message: bytes | str) -> ChunkAnswer | PolicyRefusal:
        """Read the answer to `request`; raises NotUnderstood."""


class Bunraku:
    """The messages of `backend.core.contracts.rollout`."""

    def __init__(self, spec: RobotSpec) -> None:
        self._decoder = msgpack_decoder(ServerMessage)

    def hello(self, message: bytes | str) -> PolicyHello:
        """Read the greeting; raises NotUnderstood for another version."""
        hello = self._decode(message)
        if not isinstance(hello, PolicyHello):
            raise NotUnderstood("the server's first message is no hello")
        if hello.protocol != PROTOCOL:
            raise NotUnderstood(f"the server speaks protocol {hello.protocol}, this robot {PROTOCOL}")
        return hello

    def encode(self, request: ChunkRequest, views: tuple[View, ...], task: str) -> bytes:
        """Write an observation with JPEG pictures."""
        return to_msgpack(
            Observation(
                seq=request.seq,
                start_step=request.start_step,
                task=task,
                delay=request.delay,
                left_over=request.left_over,
                sights=tuple(_sight(view) for view in views),
            )
        )

    def answer(self, request: ChunkRequest, message: bytes | str) -> ChunkAnswer | PolicyRefusal:
        """Read a chunk or why there is none."""
        answer = self._decode(message)
        if isinstance(answer, PolicyHello):
            raise NotUnderstood("the server said hello twice")
        return answer

    def _decode(self, message: bytes | str) -> Any:
        try:
            return self._decoder.decode(message)
        except (ValueError, TypeError) as error:
            raise NotUnderstood(f"the server's message cannot be read: {error}") from error


class OpenPi:
    """The protocol of openpi's `WebsocketPolicyServer`.

    Sent: `observation/state` (32,), `observation/torso_base`, `observation/torso_command`, `prompt`, and for
    every camera, or those that its metadata names, `observation/images/<name>` (224, 224, 3) uint8, fitted
    with black borders. Wanted: `actions` (n, 36). A server that says nothing of names and rates is taken at
    its word.
    """

    def __init__(self, spec: RobotSpec) -> None:
        self._layout_hash = spec.layout.hash
        self._cameras = tuple(
            CameraInput(name=camera.name, height=OPENPI_SIDE_PX, width=OPENPI_SIDE_PX)
            for camera in spec.cameras
        )

    def hello(self, message: bytes | str) -> PolicyHello:
        """Read the metadata."""
        metadata = self._map(message)
        return PolicyHello(
            protocol=PROTOCOL,
            policy=str(metadata.get("policy", "openpi")),
            chunk_size=int(metadata.get("chunk_size", metadata.get("action_horizon", 0))),
            fps=float(metadata.get("fps", OPENPI_FPS)),
            layout_hash=str(metadata.get("layout_hash", self._layout_hash)),
            cameras=self._chosen(metadata.get("cameras")),
        )

    def _chosen(self, said: Any) -> tuple[CameraInput, ...]:
        """Return the cameras the metadata names, as texts or as maps with a `name`; all when it does not."""
        if not isinstance(said, list):
            return self._cameras
        names = [str(each.get("name")) if isinstance(each, dict) else str(each) for each in said]
        return tuple(CameraInput(name=name, height=OPENPI_SIDE_PX, width=OPENPI_SIDE_PX) for name in names)

    def encode(self, request: ChunkRequest, views: tuple[View, ...], task: str) -> bytes:
        """Write the newest view."""
        view = views[-1]
        message: dict[str, Any] = {
            "observation/state": np.asarray(view.state, np.float32),
            "observation/torso_base": np.asarray(view.torso_base, np.float32),
            "observation/torso_command": np.asarray(view.torso_command, np.float32),
            "prompt": task,
            "start_step": request.start_step,
        }
        for header, rgb in view.pictures:
            message[f"observation/images/{header.camera}"] = fitted(rgb, OPENPI_SIDE_PX)
        return openpi.pack(message)

    def answer(self, request: ChunkRequest, message: bytes | str) -> ChunkAnswer | PolicyRefusal:
        """Read the actions; a text instead of them is the server's error."""
        if isinstance(message, str):
            return PolicyRefusal(seq=request.seq, text=message[-300:])
        answer = self._map(message)
        actions = np.asarray(answer.get("actions"), float)
        if actions.ndim != 2:
            raise NotUnderstood(f"`actions` has shape {actions.shape}; allowed: (n, 36)")
        timing = answer.get("server_timing") or {}
        return ChunkAnswer(
            seq=request.seq,
            start_step=request.start_step,
            actions=actions,
            timings=Timings(infer=float(timing.get("infer_ms", 0.0))),
        )

    def _map(self, message: bytes | str) -> dict[str, Any]:
        if isinstance(message, str):
            raise NotUnderstood(f"the server says: {message[:300]}")
        try:
            return openpi.unpack(message)
        except ValueError as error:
            raise NotUnderstood(str(error)) from error


def _sight(view: View) -> Sight:
    return Sight(
        t_ns=view.t_ns,
        state=view.state,
        torso_base=view.torso_base,
        torso_command=view.torso_command,
        pictures=tuple(_jpeg(header, rgb) for header, rgb in view.pictures),
    )


def _jpeg(header: CameraFrame, rgb: np.ndarray) -> Picture:
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return Picture(
        camera=header.camera,
        t_ns=header.t_ns,
        encoding="jpeg",
        height=header.height,
        width=header.width,
        data=data.tobytes(),
    )


def fitted(rgb: np.ndarray, side_px: int) -> np.ndarray:
    """Return the picture scaled into a square, centred between black borders."""
    height, width = rgb.shape[:2]
    scale = side_px / max(height, width)
    h, w = max(1, round(height * scale)), max(1, round(width * scale))
    square = np.zeros((side_px, side_px, 3), np.uint8)
    top, left = (side_px - h) // 2, (side_px - w) // 2
    square[top : top + h, left : left + w] = cv2.resize(rgb, (w, h), interpolation=cv2.INTER_AREA)
    return square
