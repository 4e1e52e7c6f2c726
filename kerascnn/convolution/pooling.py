"""Pooling: the largest or the average pixel of each window."""

import numpy as np
from numpy.typing import ArrayLike

from kerascnn.convolution.arguments import COLOUR, GREY, PerAxis, one_per_axis, real_array
from kerascnn.convolution.windows import windows

WINDOW = (-2, -1)  # the axes that lie within a window


def max_pool(image: ArrayLike, size: PerAxis = 2, stride: PerAxis | None = None) -> np.ndarray:
    """Return the largest pixel of each window; channels are pooled apart.

    Args:
        image: real numbers (height, width) or (height, width, channels).
        size: a window's pixels, at least 1: one number or (height, width).
        stride: pixels from one window to the next, at least 1: one number or (down, across); by
            default the size, so that windows lie side by side.

    Returns:
        The maxima, (height', width') or (height', width', channels), each side
        ⌊(pixels − size) / stride⌋ + 1: rows and columns that no whole window covers are dropped, as
        with Keras's "valid". The dtype is the image's.

    Raises:
        ValueError: if an argument is empty, of the wrong kind or out of range, or a window is
            larger than the image.
    """
    return _pooling_windows(image, size, stride).max(axis=WINDOW)


def average_pool(image: ArrayLike, size: PerAxis = 2, stride: PerAxis | None = None) -> np.ndarray:
    """Return the average of each window; channels are pooled apart.

    Arguments, shapes and errors are those of `max_pool`. Integers and booleans give float64,
    floats keep their dtype.
    """
    return _pooling_windows(image, size, stride).mean(axis=WINDOW)


def _pooling_windows(image: ArrayLike, size: PerAxis, stride: PerAxis | None) -> np.ndarray:
    image = real_array("image", image, GREY, COLOUR)
    height, width = one_per_axis("size", size, 2)
    if height > image.shape[0] or width > image.shape[1]:
        raise ValueError(
            f"size={size!r}: is larger than the image, {image.shape[:2]}; use a smaller window"
        )
    return windows(image, (height, width), stride=(height, width) if stride is None else stride)
