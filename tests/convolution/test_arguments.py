"""Wrong input gets one error that names the argument, its value and the remedy."""

import numpy as np
import pytest

from kerascnn import convolution
from kerascnn.convolution import kernels

SIGNAL, GREY, COLOUR = np.ones(5), np.ones((4, 5)), np.ones((4, 5, 3))
TAPS, KERNEL = np.ones(3), np.ones((3, 3))
SMALL, DEEP = np.ones((2, 2)), np.ones((3, 3, 3))

ON_IMAGES = [
    # options, part of the message
    ({"stride": 0}, r"stride=0: must be a whole number, at least 1, or 2 of them"),
    ({"stride": 1.5}, r"stride=1\.5: must be a whole number"),
    ({"stride": True}, r"stride=True: must be a whole number"),
    ({"stride": (1, 0)}, r"stride=\(1, 0\): must be a whole number"),
    ({"stride": (1, 2, 3)}, r"stride=\(1, 2, 3\): .* or 2 of them, one per axis"),
    ({"padding": -1}, r"padding=-1: must be .* at least 0"),
    ({"padding": 0.5}, r"padding=0\.5: must be 'valid', 'same', 'full', a whole number"),
    ({"padding": True}, r"padding=True: must be"),
    ({"padding": (1, -1)}, r"padding=\(1, -1\): must be .* at least 0"),
    ({"padding": (1, 2, 3)}, r"padding=\(1, 2, 3\): must be .* 2 in a tuple, one per axis"),
    ({"padding": (1, (1, 2, 3))}, r"padding=\(1, \(1, 2, 3\)\): .* a pair \(before, after\)"),
    ({"padding": "smae"}, r"padding='smae': did you mean 'same'\? It must be 'valid', 'same'"),
    ({"padding": "xyz"}, r"padding='xyz': it must be 'valid', 'same', 'full', or numbers"),
]


@pytest.mark.parametrize(("options", "message"), ON_IMAGES)
@pytest.mark.parametrize(
    ("function", "image"),
    [
        (convolution.cross_correlate_2d, GREY),
        (convolution.convolve_2d, GREY),
        (convolution.filter_channels, COLOUR),
        (convolution.cross_correlate_volume, COLOUR),
    ],
)
def test_paddings_and_strides_of_images(function, image, options, message):
    """All functions of images refuse the same paddings and strides."""
    with pytest.raises(ValueError, match=message):
        function(image, KERNEL, **options)


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        # A signal's own, and what a kernel's size must be.
        ("cross_correlate_1d", (SIGNAL, TAPS, 0, 0), "stride=0: must be .*at least 1$"),
        (
            "cross_correlate_1d",
            (SIGNAL, TAPS, (1, 2)),
            r"padding=\(1, 2\): must be .* 1 in a tuple",
        ),
        ("cross_correlate_1d", (SIGNAL, np.ones(6)), r"size \(6,\) is larger than the padded"),
        ("convolve_1d", (SIGNAL, np.ones(9), 1), r"size \(9,\) is larger .* input's \(7,\)"),
        ("convolve_1d", (SIGNAL, np.ones(4), "same"), r"as in padding=\(\(1, 2\),\)"),
        ("cross_correlate_2d", (GREY, np.ones((5, 1))), r"\(5, 1\) is larger .* \(4, 5\): use a"),
        (
            "convolve_2d",
            (GREY, np.ones((1, 6))),
            r'\(1, 6\) is larger .*\(padding="full" always fits\)',
        ),
        ("cross_correlate_2d", (GREY, SMALL, "same"), r"as in padding=\(\(0, 1\), \(0, 1\)\)"),
        ("filter_channels", (COLOUR, np.ones((3, 4)), "same"), r"odd sizes, not \(3, 4\)"),
        ("kernel_matrix", (KERNEL, (2, 2)), r"\(3, 3\) is larger than the padded .* \(2, 2\)"),
        # Axes.
        ("cross_correlate_1d", (GREY, TAPS), r"signal\.shape=\(4, 5\): must be \(samples,\)"),
        ("convolve_1d", (SIGNAL, KERNEL), r"kernel\.shape=\(3, 3\): must be \(samples,\)"),
        ("cross_correlate_2d", (GREY, DEEP), r"kernel\.shape=\(3, 3, 3\): .* use filter_channels"),
        ("convolve_2d", (COLOUR, KERNEL), r"image\.shape=\(4, 5, 3\): .* cross_correlate_volume"),
        (
            "filter_channels",
            (GREY, KERNEL),
            r"image\.shape=\(4, 5\): .* image\[:, :, np\.newaxis\]",
        ),
        ("filter_channels", (COLOUR, DEEP), r"kernel\.shape=.*, use cross_correlate_volume"),
        ("cross_correlate_volume", (GREY, DEEP), r"image\.shape=\(4, 5\): .* np\.newaxis\]"),
        ("cross_correlate_volume", (COLOUR, TAPS), r"kernel\.shape=\(3,\): must be .* filters\)"),
        ("max_pool", (SIGNAL,), r"image\.shape=\(5,\): must be .* or \(height, width, channels\)"),
        ("upsample", (SIGNAL, 2), r"image\.shape=\(5,\): must be \(height, width\) or"),
        ("kernel_matrix", (TAPS, (4, 4)), r"kernel\.shape=\(3,\): must be \(height, width\)"),
        ("toeplitz_matrix", (GREY, 3), r"coefficients\.shape=\(4, 5\): must be \(samples,\)"),
        ("convolve_fft", (COLOUR, KERNEL), r"array\.shape=\(4, 5, 3\): must be \(samples,\) or"),
        (
            "convolve_fft",
            (GREY, TAPS),
            r"kernel\.shape=\(3,\): must have as many axes as the array",
        ),
        # Channels, filters and biases.
        ("cross_correlate_volume", (np.ones((4, 5, 2)), DEEP), r"kernel\.shape=.* image's, 2"),
        (
            "cross_correlate_volume",
            (COLOUR, DEEP, [1, 2]),
            r"bias\.shape=\(2,\): must be a number$",
        ),
        (
            "cross_correlate_volume",
            (COLOUR, np.ones((3, 3, 3, 4)), [1, 2]),
            r"bias\.shape=\(2,\): must be a number or one per filter, of shape \(4,\)",
        ),
        # Kinds of values.
        ("cross_correlate_1d", ([], TAPS), r"signal\.shape=\(0,\): is empty"),
        ("cross_correlate_2d", (GREY, np.ones((0, 3))), r"kernel\.shape=\(0, 3\): is empty"),
        ("average_pool", (np.ones((0, 3)),), r"image\.shape=\(0, 3\): is empty"),
        ("rescale", ([],), r"values\.shape=\(0,\): is empty"),
        ("convolve_fft", (SIGNAL * 1j, TAPS), r"array\.dtype=complex128: must be real numbers"),
        ("max_pool", (GREY * 1j,), r"image\.dtype=complex128: .* image\.astype\(float\)"),
        ("cross_correlate_2d", ([["a"]], KERNEL), r"image\.dtype=<U1: must be real numbers"),
        ("convolve_1d", (SIGNAL, [None]), r"kernel\.dtype=object: must be real numbers"),
        ("cross_correlate_volume", (COLOUR, DEEP, "1"), r"bias\.dtype=<U1: must be real numbers"),
        ("cross_correlate_2d", ([[1, 2], [3]], KERNEL), "image: must be .* the same length"),
        (
            "convolve_1d",
            ([2**61], [4]),
            r"integers up to 2,305,843,.* could give sums beyond int64",
        ),
        (
            "convolve_1d",
            (np.array([2**64 - 1], np.uint64), [1]),
            "signal has integers beyond int64",
        ),
        ("toeplitz_matrix", (np.array([2**63 + 5], np.uint64), 1), "has integers beyond int64"),
        (
            "cross_correlate_1d",
            (np.ma.array([1, 99, 3], mask=[False, True, False]), [1]),
            "is a masked array",
        ),
        ("kernel_matrix", ([[np.inf]], (1, 3)), "kernel has NaN or infinite weights"),
        ("kernel_matrix", (KERNEL, (1000, 1000)), "1,000,000 pixels would make a matrix"),
        (
            "cross_correlate_volume",
            (np.ones((1, 1, 1), int), [[1]], 2**63 - 1),
            "sums with it could leave int64",
        ),
        ("rescale", ([0, np.nan],), "values from nan to nan: must be finite"),
        ("rescale", ([0, np.inf],), "values from 0.0 to inf: must be finite"),
        ("rescale", ([-1e308, 1e308],), "must be finite, and so must their difference"),
        # Sizes.
        ("max_pool", (GREY, 0), "size=0: must be a whole number, at least 1, or 2 of them"),
        ("max_pool", (GREY, (2, 6)), r"size=\(2, 6\): is larger than the image, \(4, 5\); use"),
        ("average_pool", (GREY, 5), r"size=5: is larger than the image"),
        ("average_pool", (GREY, 2, 0), "stride=0: must be a whole number"),
        ("upsample", (GREY, 0), "factor=0: must be a whole number, at least 1"),
        ("kernel_matrix", (KERNEL, (4, 4, 3)), r"image_shape=\(4, 4, 3\): must be .* 2 of them"),
        ("toeplitz_matrix", (SIGNAL, 0), "n_columns=0: must be a whole number, at least 1"),
        ("parameter_count", ((3, 0), 1, 1), r"kernel_size=\(3, 0\): must be a whole number"),
        ("parameter_count", (3, 0, 1), "channels=0: must be a whole number"),
        ("parameter_count", (3, 1, 2.0), r"filters=2\.0: must be a whole number"),
    ],
)
def test_arguments_of_functions(function, arguments, message):
    """The message says which argument is wrong, how, and what would be right."""
    with pytest.raises(ValueError, match=message):
        getattr(convolution, function)(*arguments)


@pytest.mark.parametrize(
    ("kernel", "arguments", "message"),
    [
        ("rectangular", (0,), "n=0: must be a whole number, at least 1"),
        ("rectangular", (3, 3), "dimensions=3: must be 1 or 2"),
        ("gaussian", (3, 0.0), r"sigma=0\.0: must be a finite number of pixels, at least 0\.1"),
        ("gaussian", (3, np.inf), "sigma=inf: must be a finite number"),
        ("gaussian", (0, 1.0), "n=0: must be a whole number"),
        ("vertical", (1,), "n=1: must be a whole number, at least 2"),
        ("horizontal", (5, True), "n=5: Sobel's kernel is 3×3; use n=3 or sobel=False"),
        ("combined", (1,), "n=1: must be a whole number, at least 2"),
        ("flipped", (TAPS,), r"kernel\.shape=\(3,\): must be \(height, width\)"),
        ("blur", (4,), "n=4: must be 3, 5 or 7; it is odd"),
        ("blur", (5.0,), r"n=5\.0: must be 3, 5 or 7"),
        ("sharpen", (2,), "n=2: must be 3, 5 or 7"),
        ("sharpen", (9,), "n=9: must be 3, 5 or 7"),
    ],
)
def test_arguments_of_kernels(kernel, arguments, message):
    """The message says which argument is wrong, how, and what would be right."""
    with pytest.raises(ValueError, match=message):
        getattr(kernels, kernel)(*arguments)
