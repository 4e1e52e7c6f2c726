"""Convolution by way of the Fourier transform."""

import numpy as np
from numpy.typing import ArrayLike

from kerascnn.convolution.arguments import GREY, SAMPLES, real_array


def convolve_fft(array: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    """Return the full convolution by the convolution theorem: F(x ∗ k) = F(x) · F(k).

    The Fourier transform turns a convolution into a product, which takes fewer operations where the
    kernel is large. The transform treats both as periodic; zeros up to n + m − 1 keep one period
    from running into the next. Source: A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal
    Processing, 3rd edition, section 8.7.

    Args:
        array: real numbers (samples,) or (height, width).
        kernel: real numbers with as many axes as the array.

    Returns:
        The convolution, n + m − 1 along each axis, in float64: up to rounding, that of
        `convolve_1d` or `convolve_2d` with padding "full".

    Raises:
        ValueError: if an argument is empty or of the wrong kind, or the numbers of axes differ.
    """
    array = real_array("array", array, SAMPLES, GREY)
    kernel = real_array("kernel", kernel, SAMPLES, GREY)
    if array.ndim != kernel.ndim:
        raise ValueError(
            f"kernel.shape={kernel.shape}: must have as many axes as the array, {array.shape}"
        )
    shape = [n + m - 1 for n, m in zip(array.shape, kernel.shape, strict=True)]
    axes = range(array.ndim)
    spectra = [np.fft.rfftn(values.astype(np.float64), shape, axes) for values in (array, kernel)]
    return np.fft.irfftn(spectra[0] * spectra[1], shape, axes)
