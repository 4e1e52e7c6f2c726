"""Convolution by hand, in plain NumPy, for teaching.

    from kerascnn.convolution import cross_correlate_2d, kernels

    edges = cross_correlate_2d(photo, kernels.vertical(), padding="same")

Images are (height, width) or (height, width, channels), channels last as in Keras. Deep learning
says "convolution" where it computes a cross-correlation, with the kernel as it stands; in
mathematics and signal processing, a convolution flips the kernel first. Here each has its own
name.

Source: V. Dumoulin and F. Visin, A guide to convolution arithmetic for deep learning,
arXiv:1603.07285.
"""

from kerascnn.convolution import kernels
from kerascnn.convolution.channels import cross_correlate_volume, filter_channels
from kerascnn.convolution.correlation import (
    convolve_1d,
    convolve_2d,
    cross_correlate_1d,
    cross_correlate_2d,
)
from kerascnn.convolution.fourier import convolve_fft
from kerascnn.convolution.images import rescale, upsample
from kerascnn.convolution.matrices import kernel_matrix, toeplitz_matrix
from kerascnn.convolution.pooling import average_pool, max_pool
from kerascnn.convolution.sizes import output_size, parameter_count

__all__ = [
    "average_pool",
    "convolve_1d",
    "convolve_2d",
    "convolve_fft",
    "cross_correlate_1d",
    "cross_correlate_2d",
    "cross_correlate_volume",
    "filter_channels",
    "kernel_matrix",
    "kernels",
    "max_pool",
    "output_size",
    "parameter_count",
    "rescale",
    "toeplitz_matrix",
    "upsample",
]
