"""Cross-correlation and convolution of a signal or a grey image."""

import numpy as np
from numpy.typing import ArrayLike

from kerascnn.convolution.arguments import GREY, SAMPLES, PerAxis, in_common_dtype, real_array
from kerascnn.convolution.windows import Padding, windows

CHANNELS_REMEDY = "for channels, use filter_channels or cross_correlate_volume"


def cross_correlate_1d(
    signal: ArrayLike, kernel: ArrayLike, padding: Padding = "valid", stride: PerAxis = 1
) -> np.ndarray:
    """Return a kernel's weights times the samples beneath it, summed at each of its places.

    y[i] = Σ k[a]·x[i·s + a] over all a, where x is the padded signal and s the stride.

    Args:
        signal: real numbers (samples,).
        kernel: real numbers (f,), f at most the padded signal's samples.
        padding: zeros around the signal: "valid" for none; "same" for (f − 1) / 2 on each side, f
            odd; "full" for f − 1; a whole number of at least 0; or ((before, after),).
        stride: samples from one window to the next, at least 1.

    Returns:
        The sums, ⌊(samples + padding − f) / stride⌋ + 1 of them. Integers and booleans give int64,
        exactly; anything else gives the `np.result_type` of both. With a stride, "same" pads as
        without one, where Keras pads less and so places its windows differently.

    Raises:
        ValueError: if an argument is empty, of the wrong kind or out of range, the kernel is larger
            than the padded signal, or integer sums could be too large for int64.
    """
    signal, kernel = in_common_dtype(
        real_array("signal", signal, SAMPLES), real_array("kernel", kernel, SAMPLES)
    )
    return windows(signal, kernel.shape, padding, stride) @ kernel


def convolve_1d(
    signal: ArrayLike, kernel: ArrayLike, padding: Padding = "valid", stride: PerAxis = 1
) -> np.ndarray:
    """Return the cross-correlation with the kernel flipped, as in mathematics.

    y[i] = Σ k[f − 1 − a]·x[i·s + a] over all a. With padding "full" and stride 1, these are the
    coefficients of the product of two polynomials.
    Arguments, result and errors are those of `cross_correlate_1d`.
    """
    flipped = np.flip(real_array("kernel", kernel, SAMPLES))
    return cross_correlate_1d(signal, flipped, padding, stride)


def cross_correlate_2d(
    image: ArrayLike, kernel: ArrayLike, padding: Padding = "valid", stride: PerAxis = 1
) -> np.ndarray:
    """Return a kernel's weights times the pixels beneath it, summed at each of its places.

    y[i, j] = Σ k[a, b]·x[i·s + a, j·s + b] over all a and b, where x is the padded image and s the
    stride. This is what deep learning calls a convolution. Source: arXiv:1603.07285, section 1.1.

    Args:
        image: real numbers (height, width).
        kernel: real numbers (kernel height, kernel width), at most the padded image's size.
        padding: zeros around the image: "valid" for none; "same" for (f − 1) / 2 on each side, f
            the kernel's odd size; "full" for f − 1; a whole number of at least 0 for all sides; or
            an entry per axis, each a number or a pair (before, after).
        stride: pixels from one window to the next, at least 1; one number or (down, across).

    Returns:
        The sums, (height', width'), each ⌊(pixels + padding − f) / stride⌋ + 1. Integers and
        booleans give int64, exactly; anything else gives the `np.result_type` of both. With a
        stride, "same" pads as without one, where Keras pads less and so places its windows
        differently.

    Raises:
        ValueError: if an argument is empty, of the wrong kind or out of range, the kernel is larger
            than the padded image, or integer sums could be too large for int64.
    """
    image, kernel = in_common_dtype(
        real_array("image", image, GREY, remedy=CHANNELS_REMEDY),
        real_array("kernel", kernel, GREY, remedy=CHANNELS_REMEDY),
    )
    # The indices: position i, j; place a, b within the window. Nothing is copied.
    return np.einsum("ijab,ab->ij", windows(image, kernel.shape, padding, stride), kernel)


def convolve_2d(
    image: ArrayLike, kernel: ArrayLike, padding: Padding = "valid", stride: PerAxis = 1
) -> np.ndarray:
    """Return the cross-correlation with the kernel flipped along both axes, as in mathematics.

    Arguments, result and errors are those of `cross_correlate_2d`.
    """
    flipped = np.flip(real_array("kernel", kernel, GREY, remedy=CHANNELS_REMEDY))
    return cross_correlate_2d(image, flipped, padding, stride)
