"""Cross-correlation of images with channels: each apart, or summed as a convolution layer does."""

import numpy as np
from numpy.typing import ArrayLike

from kerascnn.convolution.arguments import (
    COLOUR,
    GREY,
    LARGEST_SUM,
    PerAxis,
    in_common_dtype,
    real_array,
)
from kerascnn.convolution.windows import Padding, windows

GREY_REMEDY = "a grey image needs a last axis of one channel: image[:, :, np.newaxis]"
ONE_PER_CHANNEL = "(kernel height, kernel width, channels)"
KERAS_LAYOUT = "(kernel height, kernel width, channels, filters)"

# Position i, j; channel c; place a, b within the window; filter f.
SUMS_OVER_CHANNELS = {3: "ijcab,abc->ij", 4: "ijcab,abcf->ijf"}


def filter_channels(
    image: ArrayLike, kernel: ArrayLike, padding: Padding = "valid", stride: PerAxis = 1
) -> np.ndarray:
    """Return each channel's cross-correlation with the same kernel, to be shown in colour again.

    Args:
        image: real numbers (height, width, channels).
        kernel: real numbers (kernel height, kernel width).
        padding: as for `cross_correlate_2d`.
        stride: as for `cross_correlate_2d`.

    Returns:
        The sums, (height', width', channels), with the dtype of `cross_correlate_2d`. They may lie
        outside 0 to 255: see `rescale`.

    Raises:
        ValueError: for the reasons of `cross_correlate_2d`, or an image without channels.
    """
    remedy = "for a kernel per channel, use cross_correlate_volume"
    image, kernel = in_common_dtype(
        real_array("image", image, COLOUR, remedy=GREY_REMEDY),
        real_array("kernel", kernel, GREY, remedy=remedy),
    )
    return np.einsum("ijcab,ab->ijc", windows(image, kernel.shape, padding, stride), kernel)


def cross_correlate_volume(
    image: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike = 0,
    padding: Padding = "valid",
    stride: PerAxis = 1,
) -> np.ndarray:
    """Return what a convolution layer computes before its activation.

    y[i, j, f] = bias[f] + Σ k[a, b, c, f]·x[i·s + a, j·s + b, c] over all a, b and c, where x is
    the padded image and s the stride: the kernel is as deep as the image, and channels are summed.

    Args:
        image: real numbers (height, width, channels).
        kernel: real numbers (kernel height, kernel width), the same for all channels; with a third
            axis of channels, one for each; or with a fourth axis of filters, as in Keras's Conv2D.
        bias: a number added to all sums, or one per filter, (filters,).
        padding: as for `cross_correlate_2d`.
        stride: as for `cross_correlate_2d`.

    Returns:
        The sums, (height', width', filters), or (height', width') if the kernel has no filters'
        axis. Image and kernel determine the dtype as for `cross_correlate_2d`; the bias is added by
        NumPy's rules: a Python float turns integers into float64 and leaves float32 as it is.

    Raises:
        ValueError: for the reasons of `cross_correlate_2d`, an image without channels, channels of
            image and kernel that differ, or a bias of the wrong length.
    """
    image = real_array("image", image, COLOUR, remedy=GREY_REMEDY)
    kernel = _kernel_per_channel(kernel, image.shape[2])
    bias = _checked_bias(bias, kernel.shape[3:])
    image, kernel = in_common_dtype(image, kernel)
    views = windows(image, kernel.shape[:2], padding, stride)
    return np.einsum(SUMS_OVER_CHANNELS[kernel.ndim], views, kernel) + bias


def _kernel_per_channel(kernel: ArrayLike, channels: int) -> np.ndarray:
    """Return a kernel with an axis of channels, as many as the image has."""
    kernel = real_array("kernel", kernel, GREY, ONE_PER_CHANNEL, KERAS_LAYOUT)
    if kernel.ndim == 2:
        return np.broadcast_to(kernel[:, :, np.newaxis], (*kernel.shape, channels))
    if kernel.shape[2] != channels:
        raise ValueError(
            f"kernel.shape={kernel.shape}: its channels, the third axis, must be as many as the "
            f"image's, {channels}"
        )
    return kernel


def _checked_bias(bias: ArrayLike, filters: tuple[int, ...]) -> ArrayLike:
    """Return a bias as it is, or as an array if it has several numbers."""
    array = real_array("bias", bias)
    shape = array.shape
    if array.dtype.kind in "iu" and np.abs(array.astype(np.float64)).max() > LARGEST_SUM:
        raise ValueError(f"bias={bias!r}: sums with it could leave int64: give it as float")
    if shape not in ((), filters):
        each = f" or one per filter, of shape {filters}" if filters else ""
        raise ValueError(f"bias.shape={shape}: must be a number{each}")
    # A Python number leaves the dtype of float32 sums as it is.
    return array if shape else bias
