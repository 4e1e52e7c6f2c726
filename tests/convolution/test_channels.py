"""Images with channels: filtered one by one, or summed as a layer does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d

from kerascnn.convolution import cross_correlate_volume, filter_channels, kernels
from tests.convolution.cases import cases, every, small_arrays, zeros_beside

CHANNELS = 3
RANDOM = np.random.default_rng(0)


def correlated_apart(image, kernels_of_channels, padding, stride):
    """Return SciPy's correlations of each channel with its own kernel, channels last."""
    channels = np.moveaxis(image.astype(float), 2, 0)
    return np.stack(
        [
            correlate2d(np.pad(channel, zeros_beside(padding, kernel.shape)), kernel, "valid")
            for channel, kernel in zip(channels, kernels_of_channels, strict=True)
        ],
        axis=-1,
    )[every(stride, 2)]


@settings(max_examples=60, deadline=None)
@given(cases(n_axes=2, rest=(CHANNELS,)))
def test_each_channel_is_filtered_as_scipy_does(case):
    """Channel by channel, the result is SciPy's correlation."""
    image, kernel, padding, stride = case
    expected = correlated_apart(image, [kernel] * CHANNELS, padding, stride)
    np.testing.assert_array_equal(filter_channels(image, kernel, padding, stride), expected)


@settings(max_examples=60, deadline=None)
@given(cases(n_axes=2, rest=(CHANNELS,)))
def test_one_kernel_for_all_channels_gives_the_sum_of_their_correlations(case):
    """A 2-D kernel's volume is the sum of what it gives on each channel."""
    image, kernel, padding, stride = case
    expected = correlated_apart(image, [kernel] * CHANNELS, padding, stride).sum(axis=-1)
    np.testing.assert_array_equal(
        cross_correlate_volume(image, kernel, 0, padding, stride), expected
    )


@settings(max_examples=60, deadline=None)
@given(cases(n_axes=2, rest=(CHANNELS,)), st.data())
def test_a_kernel_per_channel_gives_the_sum_of_their_correlations(case, data):
    """A 3-D kernel's volume is the sum of what each slice gives on its channel, and the bias."""
    image, first, padding, stride = case
    kernel = data.draw(small_arrays(*first.shape, CHANNELS))
    expected = correlated_apart(image, np.moveaxis(kernel, 2, 0), padding, stride).sum(axis=-1)
    got = cross_correlate_volume(image, kernel, 7, padding, stride)
    np.testing.assert_array_equal(got, expected + 7)


def test_filters_are_volumes_side_by_side():
    """Each filter of a 4-D kernel gives what it gives alone, with its own bias."""
    image = RANDOM.integers(-9, 10, (6, 5, CHANNELS))
    kernel = RANDOM.integers(-9, 10, (3, 2, CHANNELS, 4))
    bias = RANDOM.integers(-9, 10, 4)
    alone = [cross_correlate_volume(image, kernel[..., f], bias[f], 1, 2) for f in range(4)]
    got = cross_correlate_volume(image, kernel, bias, 1, 2)
    np.testing.assert_array_equal(got, np.stack(alone, axis=-1))


def test_a_number_is_the_bias_of_all_filters():
    """One bias is added to every filter's sums."""
    image, kernel = np.ones((3, 3, 2)), np.ones((3, 3, 2, 4))
    np.testing.assert_array_equal(cross_correlate_volume(image, kernel, 0.5), [[[18.5] * 4]])


@pytest.mark.parametrize(
    ("image", "kernel", "bias", "expected"),
    [
        (np.uint8, np.int8, 0, np.int64),
        (np.uint8, np.int8, 0.5, np.float64),
        (np.float32, np.float32, 0.5, np.float32),
        (np.float32, np.float32, np.zeros(2), np.float64),
    ],
)
def test_the_dtype_of_a_volume(image, kernel, bias, expected):
    """Integers stay int64 until a bias that is none is added; a Python number keeps float32."""
    got = cross_correlate_volume(np.ones((3, 3, 2), image), np.ones((3, 3, 2, 2), kernel), bias)
    assert got.dtype == expected


def test_filtered_channels_of_a_photo_do_not_overflow():
    """Sums of uint8 times int8 leave the range of both, and are exact."""
    photo = np.full((3, 3, 3), 255, np.uint8)
    got = filter_channels(photo, np.full((3, 3), -128, np.int8))
    np.testing.assert_array_equal(got, [[[-9 * 255 * 128] * 3]])


def test_a_grey_photo_in_colour_stays_grey():
    """Three equal channels give three equal channels."""
    grey = RANDOM.integers(0, 256, (6, 6, 1), dtype=np.uint8)
    got = filter_channels(grey.repeat(3, axis=2), kernels.sharpen(3))
    np.testing.assert_array_equal(got, got[:, :, :1].repeat(3, axis=2))
