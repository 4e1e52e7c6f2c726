"""Images made larger, and made visible."""

from math import isfinite

import numpy as np
from numpy.typing import ArrayLike

from kerascnn.convolution.arguments import COLOUR, GREY, PerAxis, one_per_axis, real_array

WHITE = 255


def upsample(image: ArrayLike, factor: PerAxis = 2) -> np.ndarray:
    """Return an image whose every pixel has become a block of equal pixels.

    y[i, j] = x[⌊i / factor⌋, ⌊j / factor⌋], the nearest pixel's value.

    Args:
        image: real numbers (height, width) or (height, width, channels).
        factor: the block's pixels, at least 1: one number or (height, width).

    Returns:
        The image, (height · factor, width · factor) and its channels, in its own dtype.

    Raises:
        ValueError: if an argument is empty, of the wrong kind or out of range.
    """
    down, across = one_per_axis("factor", factor, 2)
    return real_array("image", image, GREY, COLOUR).repeat(down, axis=0).repeat(across, axis=1)


def rescale(values: ArrayLike) -> np.ndarray:
    """Return values stretched to 0 to 255, to look at what has become negative or too bright.

    y = 255 · (x − min) / (max − min), computed in float64 and rounded to the nearest whole number.

    Args:
        values: real numbers of any shape, all channels of an image together.

    Returns:
        The values as uint8, the smallest 0 and the largest 255; all 0 if they are equal.

    Raises:
        ValueError: if there are no values, or they are not finite real numbers.
    """
    values = real_array("values", values).astype(np.float64)
    smallest, largest = float(values.min()), float(values.max())
    span = largest - smallest
    if not isfinite(span):
        raise ValueError(
            f"values from {smallest} to {largest}: must be finite, and so must their difference; "
            "replace the others first, as np.nan_to_num does"
        )
    shares = (values - smallest) / (span or 1.0)  # equal values are all the smallest
    return np.rint(WHITE * shares).astype(np.uint8)
