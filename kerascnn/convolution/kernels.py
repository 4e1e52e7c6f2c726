"""Kernels with a name: averages, edges, blurring and sharpening.

Edge detectors have a direction, and two are in use. Cross-correlated with an image, `PREWITT` and
`SOBEL` are positive where it goes from dark to light, left to right. The functions `vertical`,
`horizontal` and `combined` are positive where it goes from light to dark, left to right and top to
bottom, as is `SOBEL_HORIZONTAL`. `flipped` makes one of the other: it changes the sign of what an
edge detector finds. So does a convolution in place of a cross-correlation.

Constants are read-only; functions return new arrays.
"""

from math import comb, isfinite
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

from kerascnn.convolution.arguments import GREY, real_array, whole_number

IMAGE_SIZES = (3, 5, 7)


def _constant(rows: ArrayLike) -> np.ndarray:
    kernel = np.array(rows)
    kernel.setflags(write=False)
    return kernel


# Convolved with a signal, the difference of a sample's two neighbours: the next minus the last.
PREWITT_1D = _constant([1, 0, -1])

# Called Gaussian in the course, and given here as there: they are triangles, and sum to 2.25 and
# 3.24, so that they brighten what they smooth. `gaussian` and `blur` do not.
GAUSSIAN_1D = _constant([0.25, 0.5, 0.75, 0.5, 0.25])
GAUSSIAN_2D = _constant(
    [
        [0.04, 0.08, 0.12, 0.08, 0.04],
        [0.08, 0.16, 0.24, 0.16, 0.08],
        [0.12, 0.24, 0.36, 0.24, 0.12],
        [0.08, 0.16, 0.24, 0.16, 0.08],
        [0.04, 0.08, 0.12, 0.08, 0.04],
    ]
)

# Vertical edges, from dark to light.
PREWITT = _constant([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
SOBEL = _constant([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
# Horizontal edges, from light to dark.
SOBEL_HORIZONTAL = _constant([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])


def rectangular(n: int, dimensions: int = 1) -> np.ndarray:
    """Return equal weights that sum to 1, the moving average: float64, n along each axis.

    Args:
        n: the kernel's size, at least 1.
        dimensions: 1 or 2 axes.

    Raises:
        ValueError: if an argument is out of range.
    """
    n = whole_number("n", n, 1)
    return _in_dimensions(np.ones(n), dimensions) / n**dimensions


def gaussian(n: int, sigma: float, dimensions: int = 1) -> np.ndarray:
    """Return weights of a bell, exp(−x² / 2σ²), scaled to sum to 1: float64, n along each axis.

    Args:
        n: the kernel's size, at least 1; x counts pixels from its middle.
        sigma: the bell's width σ in pixels, at least 0.1: a narrower one falls between the pixels.
        dimensions: 1 or 2 axes; the 2-D bell is the product of two 1-D bells.

    Raises:
        ValueError: if an argument is out of range.
    """
    if not (isinstance(sigma, Real) and isfinite(sigma) and sigma >= 0.1):
        raise ValueError(f"sigma={sigma!r}: must be a finite number of pixels, at least 0.1")
    x = np.arange(whole_number("n", n, 1)) - (n - 1) / 2
    bell = np.exp(-((x / sigma) ** 2) / 2)
    return _in_dimensions(bell / bell.sum(), dimensions)


def _in_dimensions(weights: np.ndarray, dimensions: int) -> np.ndarray:
    """Return weights along one axis, or their product along two."""
    if dimensions not in (1, 2):
        raise ValueError(f"dimensions={dimensions!r}: must be 1 or 2")
    return weights if dimensions == 1 else np.outer(weights, weights)


def vertical(n: int = 3, sobel: bool = False) -> np.ndarray:
    """Return a detector of vertical edges, positive from light to dark: int64 (n, n).

    The first column is +1, the last −1 and the rest 0.

    Args:
        n: the kernel's size, at least 2.
        sobel: doubles the middle row, which makes it a little less sensitive to noise; n must be 3.

    Raises:
        ValueError: if n is out of range.
    """
    kernel = np.zeros((whole_number("n", n, 2), n), np.int64)
    kernel[:, 0], kernel[:, -1] = 1, -1
    if sobel:
        if n != 3:
            raise ValueError(f"n={n}: Sobel's kernel is 3×3; use n=3 or sobel=False")
        kernel[1] *= 2
    return kernel


def horizontal(n: int = 3, sobel: bool = False) -> np.ndarray:
    """Return a detector of horizontal edges, positive from light to dark: int64 (n, n).

    It is the transpose of `vertical`, whose arguments and errors it shares; with Sobel's weights it
    is `SOBEL_HORIZONTAL`.
    """
    return vertical(n, sobel).T


def combined(n: int = 3, sobel: bool = False) -> np.ndarray:
    """Return the average of `vertical` and `horizontal`: float64 (n, n), for both kinds of edges.

    Edges along the diagonal from bottom left to top right count most; along the other diagonal, the
    two detectors cancel out. Arguments and errors are those of `vertical`.
    """
    return (vertical(n, sobel) + horizontal(n, sobel)) / 2


def flipped(kernel: ArrayLike) -> np.ndarray:
    """Return a kernel flipped up-down and left-right, `kernel[::-1, ::-1]`, in its own dtype.

    An edge detector then finds the opposite direction, as `np.flipud` does for a horizontal one and
    `np.fliplr` for a vertical one. `SOBEL` is `flipped(vertical(sobel=True))`.

    Args:
        kernel: real numbers (kernel height, kernel width).

    Raises:
        ValueError: if the kernel is empty or of the wrong kind.
    """
    return real_array("kernel", kernel, GREY)[::-1, ::-1].copy()


def blur(n: int) -> np.ndarray:
    """Return binomial weights that sum to 1, an approximate bell: float64 (n, n).

    Along each axis they are a row of Pascal's triangle, C(n − 1, i) / 2ⁿ⁻¹: 1, 2, 1 over 4 for 3.

    Args:
        n: 3, 5 or 7.

    Raises:
        ValueError: if n is another number.
    """
    if not isinstance(n, Integral) or n not in IMAGE_SIZES:
        raise ValueError(f"n={n!r}: must be 3, 5 or 7; it is odd so that the kernel has a middle")
    row = np.array([comb(n - 1, i) for i in range(n)]) / 2 ** (n - 1)
    return np.outer(row, row)


def sharpen(n: int) -> np.ndarray:
    """Return weights that sum to 1 and exaggerate what differs from its surroundings: (n, n).

    For 3, the image plus its difference from its four neighbours: int64, 5 in the middle and −1 on
    its four sides. For 5 and 7, unsharp masking, the image plus its difference from its blur:
    float64, 2 · identity − `blur(n)`.

    Args:
        n: 3, 5 or 7.

    Raises:
        ValueError: if n is another number.
    """
    if n == 3:
        return np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
    kernel = -blur(n)
    kernel[n // 2, n // 2] += 2
    return kernel
