"""Three synthetic 640x480 cameras on the bus: `python -m benchmarks.video_source RUN_DIR`.

A textured plane pans behind sensor noise, which costs an encoder about what a real scene does. The capture
time is drawn into every picture as blocks that survive compression, so that whoever shows the picture can
tell how old it is. The rate is a little off 30 Hz, so that its phase sweeps across the screen's refresh.
"""

import signal
import sys
import time
from pathlib import Path

import numpy as np

from backend.core.clock import now_ns
from backend.core.contracts.video import CameraFrame
from backend.runtime.bus import Bus
from backend.runtime.topics import CAMERA_FRAME

CAMERAS = ("head", "left_wrist", "right_wrist")
WIDTH, HEIGHT, FPS = 640, 480, 30.0
PERIOD_S = 1 / 30.05
BITS = 32
BLOCK = WIDTH // BITS
CODE_UNIT_NS = 100_000
"""Resolution of the drawn time."""


def texture(seed: int) -> np.ndarray:
    """Return (1024, 1280, 3) uint8 of random detail at several scales, values 16 to 239."""
    rng = np.random.default_rng(seed)
    image = np.zeros((1024, 1280, 3), dtype=np.float32)
    for scale, weight in ((256, 0.3), (64, 0.4), (16, 0.2), (8, 0.1)):
        coarse = rng.random((1024 // scale, 1280 // scale, 3), dtype=np.float32)
        image += weight * np.repeat(np.repeat(coarse, scale, axis=0), scale, axis=1)
    return (16 + 223 * image).astype(np.uint8)


class SyntheticCamera:
    """Makes the pictures of one camera."""

    def __init__(self, index: int) -> None:
        rng = np.random.default_rng(100 + index)
        self._index = index
        self._texture = texture(index)
        self._noise = rng.integers(0, 8, (8, HEIGHT, WIDTH, 3), dtype=np.uint8)

    def picture(self, seq: int, t_ns: int) -> np.ndarray:
        """Return (480, 640, 3) uint8, rgb24, with `t_ns` drawn into its first two rows of blocks."""
        x = round(320 + 300 * np.sin(seq / 60 + self._index))
        y = round(270 + 250 * np.sin(seq / 97))
        image = self._texture[y : y + HEIGHT, x : x + WIDTH] + self._noise[seq % 8]
        code = (t_ns // CODE_UNIT_NS) % 2**BITS
        check = sum(code.to_bytes(4)) % 256 << 8 | self._index
        for row, value in enumerate((code, check)):
            for bit in range(BITS):
                on = value >> (BITS - 1 - bit) & 1
                image[row * BLOCK : (row + 1) * BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = 235 * on + 10
        return image


def main() -> None:
    """Publish until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    bus = Bus(Path(sys.argv[1]))
    cameras = [SyntheticCamera(i) for i in range(len(CAMERAS))]
    publishers = [bus.publisher(CAMERA_FRAME, name) for name in CAMERAS]
    due_s, seq = time.monotonic(), 0
    while True:
        due_s += PERIOD_S
        time.sleep(max(0.0, due_s - time.monotonic()))
        for name, camera, publisher in zip(CAMERAS, cameras, publishers, strict=True):
            t_ns = now_ns()
            header = CameraFrame(camera=name, t_ns=t_ns, seq=seq, width=WIDTH, height=HEIGHT, fps=FPS)
            publisher.publish(header, camera.picture(seq, t_ns).data)
        seq += 1


if __name__ == "__main__":
    main()
