"""Cross-correlations and convolutions are those of NumPy and SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import signal as scipy_signal

from kerascnn.convolution import (
    convolve_1d,
    convolve_2d,
    cross_correlate_1d,
    cross_correlate_2d,
    kernels,
)
from tests.convolution.cases import cases, every, zeros_beside

EXAMPLE = [[1, 3, 2, 4], [5, 6, 1, 2], [7, 2, 9, 1], [3, 4, 2, 5]]


@settings(max_examples=100, deadline=None)
@given(cases(n_axes=1))
def test_a_signals_correlation_is_that_of_scipy(case):
    """SciPy's correlation of the padded signal, every stride-th sample of it."""
    signal, kernel, padding, stride = case
    padded = np.pad(signal.astype(float), zeros_beside(padding, kernel.shape))
    expected = scipy_signal.correlate(padded, kernel.astype(float), "valid", "direct")
    got = cross_correlate_1d(signal, kernel, padding, stride)
    np.testing.assert_array_equal(got, expected[every(stride, 1)])


@settings(max_examples=100, deadline=None)
@given(cases(n_axes=2))
def test_an_images_correlation_is_that_of_scipy(case):
    """SciPy's correlation of the padded image, every stride-th pixel of it."""
    image, kernel, padding, stride = case
    padded = np.pad(image.astype(float), zeros_beside(padding, kernel.shape))
    expected = scipy_signal.correlate2d(padded, kernel.astype(float), "valid")
    got = cross_correlate_2d(image, kernel, padding, stride)
    np.testing.assert_array_equal(got, expected[every(stride, 2)])


@settings(max_examples=100, deadline=None)
@given(cases(n_axes=1))
def test_a_signals_convolution_is_that_of_numpy(case):
    """`np.convolve` of the padded signal, every stride-th sample of it."""
    signal, kernel, padding, stride = case
    padded = np.pad(signal.astype(float), zeros_beside(padding, kernel.shape))
    expected = np.convolve(padded, kernel.astype(float), "valid")
    got = convolve_1d(signal, kernel, padding, stride)
    np.testing.assert_array_equal(got, expected[every(stride, 1)])


@settings(max_examples=100, deadline=None)
@given(cases(n_axes=2))
def test_an_images_convolution_is_that_of_scipy(case):
    """SciPy's convolution of the padded image, every stride-th pixel of it."""
    image, kernel, padding, stride = case
    padded = np.pad(image.astype(float), zeros_beside(padding, kernel.shape))
    expected = scipy_signal.convolve2d(padded, kernel.astype(float), "valid")
    got = convolve_2d(image, kernel, padding, stride)
    np.testing.assert_array_equal(got, expected[every(stride, 2)])


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize("shape", [(3, 3), (1, 5), (5, 3)])
def test_the_words_for_padding_mean_what_they_mean_in_scipy(mode, shape):
    """Outputs with "valid", "same" and "full" are SciPy's with the mode of that name."""
    random = np.random.default_rng(0)
    image, kernel = random.integers(-9, 10, (6, 7)), random.integers(-9, 10, shape)
    expected = scipy_signal.correlate2d(image, kernel, mode)
    np.testing.assert_array_equal(cross_correlate_2d(image, kernel, mode), expected)


@settings(max_examples=50, deadline=None)
@given(cases(n_axes=1))
def test_a_full_convolution_is_a_product_of_polynomials(case):
    """NumPy's product of the polynomials with these coefficients is the same."""
    first, second = np.append(1, case[0]), np.append(1, case[1])  # polymul drops leading zeros
    np.testing.assert_array_equal(convolve_1d(first, second, "full"), np.polymul(first, second))


def test_the_running_mean_of_the_first_exercise():
    """Four equal weights over the exercise's signal give the numbers it states."""
    got = convolve_1d([1, 2, 3, 4, 5, 4, 3, 2, 1], kernels.rectangular(4))
    np.testing.assert_array_equal(got, [2.5, 3.5, 4, 4, 3.5, 2.5])


def test_the_worked_example_on_the_image_that_its_sums_use():
    """The source's 1·1 + 5·1 = 6 and 2·1 + 6·1 = 8 belong to an image that starts like this."""
    got = cross_correlate_2d([[1, 2, 3], [5, 6, 7]], [[1, 0], [1, 0]])
    np.testing.assert_array_equal(got, [[6, 8]])


def test_the_worked_example_on_the_image_of_the_pooling_example():
    """There the same kernel gives 6 and 9."""
    got = cross_correlate_2d(EXAMPLE, [[1, 0], [1, 0]])
    np.testing.assert_array_equal(got, [[6, 9, 3], [12, 8, 10], [10, 6, 11]])


@pytest.mark.parametrize(
    ("image", "kernel", "options", "shape"),
    [
        ((5, 6), (3, 3), {"padding": "full"}, (7, 8)),
        ((5, 6), (3, 3), {"padding": "valid"}, (3, 4)),
        ((5, 6), (3, 3), {"padding": "same"}, (5, 6)),
        ((800, 600), (3, 3), {"stride": 10}, (80, 60)),
        ((28, 28), (3, 3), {}, (26, 26)),
    ],
)
def test_sizes_of_the_worked_examples(image, kernel, options, shape):
    """Outputs have the sizes that the teaching sources state."""
    assert cross_correlate_2d(np.zeros(image), np.ones(kernel), **options).shape == shape


@pytest.mark.parametrize("function", [cross_correlate_1d, convolve_1d])
def test_a_photos_bytes_do_not_overflow_along_a_line(function):
    """Sums of uint8 times int8 leave the range of both, and are exact."""
    signal, kernel = np.full(3, 255, np.uint8), np.full(3, -128, np.int8)
    np.testing.assert_array_equal(function(signal, kernel), [-3 * 255 * 128])


@pytest.mark.parametrize("function", [cross_correlate_2d, convolve_2d])
def test_a_photos_bytes_do_not_overflow(function):
    """Sums of uint8 times int8 leave the range of both, and are exact."""
    image, kernel = np.full((3, 3), 255, np.uint8), np.full((3, 3), -128, np.int8)
    np.testing.assert_array_equal(function(image, kernel), [[-9 * 255 * 128]])


def test_integers_beyond_what_float64_holds_are_exact():
    """2⁵³ + 1 is no float64, and comes out as it went in."""
    np.testing.assert_array_equal(cross_correlate_1d([2**53 + 1], [1]), [2**53 + 1])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (bool, bool, np.int64),
        (np.uint8, np.int8, np.int64),
        (np.int64, np.uint64, np.int64),
        (np.float32, np.float32, np.float32),
        (np.uint8, np.float32, np.float32),
        (np.int64, np.float32, np.float64),
        (np.float16, np.float64, np.float64),
    ],
)
def test_the_dtype_of_sums(first, second, expected):
    """Integers and booleans give int64, others what NumPy promotes both to."""
    got = [
        cross_correlate_1d(np.ones(3, first), np.ones(2, second)),
        convolve_1d(np.ones(3, first), np.ones(2, second)),
        cross_correlate_2d(np.ones((3, 3), first), np.ones((2, 2), second)),
        convolve_2d(np.ones((3, 3), first), np.ones((2, 2), second)),
    ]
    assert [sums.dtype for sums in got] == [expected] * 4


def test_booleans_are_counted():
    """The sum of trues is their number, not another true."""
    np.testing.assert_array_equal(cross_correlate_1d([True] * 3, [True] * 3), [3])


def test_arguments_stay_as_they_are():
    """Neither image nor kernel is written to, and the result is a new array."""
    image, kernel = np.ones((4, 4)), np.ones((1, 1))
    got = cross_correlate_2d(image, kernel)
    got += 1
    assert image.sum() == 16
    assert kernel.sum() == 1
