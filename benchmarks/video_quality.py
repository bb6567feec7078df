"""What the compared streams look like: bandwidth alone could be had by blurring."""

import io

import av
import numpy as np
from PIL import Image

from backend.core.contracts.video import CameraFrame
from backend.video.encoder import CameraEncoder
from benchmarks.video_source import CAMERAS, FPS, HEIGHT, WIDTH, SyntheticCamera

PICTURES = 45


def psnr_db(sent: np.ndarray, shown: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio of a picture [dB]; both (height, width, 3) uint8."""
    return float(10 * np.log10(255**2 / np.mean((sent.astype(float) - shown) ** 2)))


def h264_psnr_db(reference_bit_s: float) -> float:
    """Return the mean over the synthetic head camera, encoded as the video process does."""
    camera, encoder = SyntheticCamera(0), CameraEncoder(reference_bit_s)
    decoder = av.CodecContext.create("h264", "r")
    sent, shown = [], []
    for seq in range(PICTURES):
        t_ns = round((1 + seq / FPS) * 1e9)
        sent.append(camera.picture(seq, t_ns))
        header = CameraFrame(camera=CAMERAS[0], t_ns=t_ns, seq=seq, width=WIDTH, height=HEIGHT, fps=FPS)
        _, data = encoder.encode(header, memoryview(sent[-1]).cast("B"))
        shown += decoder.decode(av.Packet(data))
    shown += decoder.decode(None)
    pairs = zip(sent, shown, strict=True)
    return float(np.mean([psnr_db(picture, frame.to_ndarray(format="rgb24")) for picture, frame in pairs]))


def jpeg_psnr_db(quality: int) -> float:
    """Return the mean over the same pictures as JPEG."""
    camera, ratios = SyntheticCamera(0), []
    for seq in range(PICTURES):
        picture, file = camera.picture(seq, round((1 + seq / FPS) * 1e9)), io.BytesIO()
        Image.fromarray(picture).save(file, format="JPEG", quality=quality)
        ratios.append(psnr_db(picture, np.asarray(Image.open(file))))
    return float(np.mean(ratios))
