"""Pictures as a policy sees them; training and the policy server use the same function."""

import cv2
import numpy as np


def to_policy_size(picture: np.ndarray, height_px: int, width_px: int) -> np.ndarray:
    """Scale a picture to the size a policy was trained with.

    Args:
        picture: (height, width, 3) uint8, red first.
        height_px: of the result.
        width_px: of the result.

    Returns:
        (height_px, width_px, 3) uint8; the picture itself when it has that size.
    """
    if picture.shape[:2] == (height_px, width_px):
        return picture
    # Averaging whole areas is what keeps small things visible when a picture gets smaller.
    shrinks = picture.shape[0] >= height_px and picture.shape[1] >= width_px
    return cv2.resize(
        picture, (width_px, height_px), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
