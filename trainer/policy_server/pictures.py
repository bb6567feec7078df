"""Pictures as they came over the wire, in the size a policy was trained with."""

import cv2
import numpy as np

from backend.core.contracts.rollout import Picture
from trainer.policies.served import PolicyRefused
from trainer.training.pictures import to_policy_size

MOST_PIXELS = 4096 * 4096


def decode(picture: Picture) -> np.ndarray:
    """Return (height, width, 3) uint8 rgb; raises PolicyRefused for what is no picture."""
    if not 0 < picture.height * picture.width <= MOST_PIXELS:
        raise PolicyRefused(f"{picture.camera} is {picture.width}x{picture.height}; allowed: up to 4096x4096")
    data = np.frombuffer(picture.data, np.uint8)
    if picture.encoding == "rgb8":
        if data.size != picture.height * picture.width * 3:
            raise PolicyRefused(f"{picture.camera} has {data.size} bytes, not width x height x 3")
        return data.reshape(picture.height, picture.width, 3)
    if picture.encoding == "jpeg":
        bgr = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
        if bgr is None:
            raise PolicyRefused(f"{picture.camera} is no readable JPEG")
        return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    raise PolicyRefused(f"unknown encoding {picture.encoding!r}; allowed: jpeg, rgb8")


def scaled(picture: Picture, height: int, width: int) -> np.ndarray:
    """Return the picture as (height, width, 3) uint8 rgb, scaled as for training."""
    return to_policy_size(decode(picture), height, width)
