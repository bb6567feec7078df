"""Moving pictures for the tests: a textured plane that pans, with a bright square that jumps."""

import numpy as np

from backend.core.contracts.video import CameraFrame

_TEXTURE = np.repeat(
    np.repeat(np.random.default_rng(0).integers(30, 200, (160, 240, 3), dtype=np.uint8), 8, axis=0), 8, axis=1
)


def picture(index: int, width: int = 640, height: int = 480) -> bytes:
    """Return rgb24 pixels of picture `index`; its upper left 64x64 block is black or white by turns."""
    x, y = (3 * index) % 512, (2 * index) % 256
    image = _TEXTURE[y : y + height, x : x + width].copy()
    image[:64, :64] = 255 if index % 2 else 0
    return image.tobytes()


def header(
    index: int, camera: str = "head", width: int = 640, height: int = 480, fps: float = 30.0
) -> CameraFrame:
    """Return the header of picture `index`, captured `index` periods after a second of monotonic time."""
    return CameraFrame(
        camera=camera,
        t_ns=1_000_000_000 + round(index * 1e9 / fps),
        seq=index,
        width=width,
        height=height,
        fps=fps,
    )
