"""Smaller images by area averaging, and the classical ways to enlarge them again."""

from collections.abc import Mapping

import numpy as np
from PIL import Image

METHODS: Mapping[str, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}
# Bicubic interpolation looks two pixels far to both sides.
REACH = 2


def reduced(images: np.ndarray, factor: int) -> np.ndarray:
    """Return images whose pixels are the means of blocks of factor × factor pixels.

    Args:
        images: (n, height, width, channels) real numbers, height and width multiples of factor.
        factor: at least 1.

    Returns:
        (n, height / factor, width / factor, channels), in the dtype of the images.
    """
    n, height, width, channels = images.shape
    blocks = images.reshape(n, height // factor, factor, width // factor, factor, channels)
    return np.asarray(blocks.mean(axis=(2, 4)))


def enlarged(
    images: np.ndarray, factor: int, method: Image.Resampling, *, periodic: bool = False
) -> np.ndarray:
    """Return images enlarged by Pillow.

    Args:
        images: (n, height, width, channels) float32.
        factor: at least 1.
        method: such as `PIL.Image.Resampling.BICUBIC`, which may go beyond the images' range.
        periodic: whether the last column's neighbour is the first.

    Returns:
        (n, factor · height, factor · width, channels) float32.
    """
    around = REACH if periodic else 0
    padded = np.pad(images, ((0, 0), (0, 0), (around, around), (0, 0)), mode="wrap")
    planes = padded.transpose(0, 3, 1, 2)
    height, width = planes.shape[2:]
    size = (factor * width, factor * height)
    resized = [
        [np.asarray(Image.fromarray(plane).resize(size, method)) for plane in image]
        for image in planes
    ]
    border = factor * around
    return np.array(resized, np.float32).transpose(0, 2, 3, 1)[:, :, border : size[0] - border]
