"""Convolutions as matrices: linear layers with few weights, most of them shared or zero."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from kerascnn.convolution.arguments import (
    GREY,
    SAMPLES,
    PerAxis,
    common_dtype,
    one_per_axis,
    real_array,
    whole_number,
)
from kerascnn.convolution.channels import filter_channels
from kerascnn.convolution.windows import Padding

# Of an image whose matrix still fits into memory: some 10,000 × 10,000 numbers.
MOST_PIXELS = 10_000


def kernel_matrix(
    kernel: ArrayLike,
    image_shape: tuple[int, int],
    padding: Padding = "valid",
    stride: PerAxis = 1,
) -> np.ndarray:
    """Return the matrix M with `M @ image.ravel() == cross_correlate_2d(image, kernel, …).ravel()`.

    Each row holds the weights that one output gives to all pixels: the kernel's, and zeros.
    Source: arXiv:1603.07285, section 4.1.

    Args:
        kernel: real numbers (kernel height, kernel width).
        image_shape: (height, width) of the images that the matrix is made for.
        padding: as for `cross_correlate_2d`.
        stride: as for `cross_correlate_2d`.

    Returns:
        The matrix, (outputs, pixels): 4×16 for a 3×3 kernel on 4×4 pixels. The dtype is int64 for a
        kernel of integers or booleans, else the kernel's.

    Raises:
        ValueError: for the reasons of `cross_correlate_2d`, or an impossible `image_shape`.
    """
    kernel = real_array("kernel", kernel, GREY)
    height, width = one_per_axis("image_shape", image_shape, 2)
    # A column of M is the answer to an image in which one pixel alone is 1. All these images are
    # filtered at once, as the channels of one.
    n_pixels = height * width
    if n_pixels > MOST_PIXELS:
        raise ValueError(
            f"image_shape={image_shape!r}: its {n_pixels:,} pixels would make a matrix of as many "
            f"columns; give at most {MOST_PIXELS:,}, or use cross_correlate_2d"
        )
    if not np.isfinite(kernel).all():
        raise ValueError("kernel has NaN or infinite weights, of which a matrix would be full")
    lone_pixels = np.eye(n_pixels, dtype=bool).reshape(height, width, n_pixels)
    return filter_channels(lone_pixels, kernel, padding, stride).reshape(-1, n_pixels)


def toeplitz_matrix(coefficients: ArrayLike, n_columns: int) -> np.ndarray:
    """Return the matrix T with `T @ other == convolve_1d(coefficients, other, "full")`.

    T[i, j] = coefficients[i − j], and 0 where there is none: the same number all along each
    diagonal. The product of two polynomials is a matrix product, either way round:
    `toeplitz_matrix(a, len(b)) @ b == toeplitz_matrix(b, len(a)) @ a`.

    Args:
        coefficients: real numbers (m,).
        n_columns: how many numbers `other` has, n, at least 1.

    Returns:
        The matrix, (m + n − 1, n): int64 for integers and booleans, else the coefficients' dtype.

    Raises:
        ValueError: if an argument is empty, of the wrong kind or out of range.
    """
    coefficients = real_array("coefficients", coefficients, SAMPLES)
    n = whole_number("n_columns", n_columns, 1)
    padded = np.pad(coefficients.astype(common_dtype(coefficients)), n - 1)
    # A window of n numbers, read backwards, is a row: each begins with the next coefficient.
    return sliding_window_view(padded, n)[:, ::-1].copy()
