"""Images made larger, and made visible."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kerascnn.convolution import max_pool, rescale, upsample
from tests.convolution.cases import small_arrays

FINITE = st.floats(-1e300, 1e300)


@given(st.data())
def test_every_pixel_becomes_a_block(data):
    """The Kronecker product with a block of ones is the same image."""
    factor = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    image = data.draw(small_arrays(data.draw(st.integers(1, 5)), data.draw(st.integers(1, 5))))
    np.testing.assert_array_equal(upsample(image, factor), np.kron(image, np.ones(factor)))


def test_max_pooling_undoes_upsampling():
    """Blocks of equal pixels have those pixels as their maxima, in each channel."""
    image = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    larger = upsample(image, (2, 3))
    assert larger.dtype == np.uint8
    np.testing.assert_array_equal(max_pool(larger, (2, 3)), image)


@given(arrays.arrays(float, st.integers(1, 20), elements=FINITE))
def test_rescaled_values_lie_on_the_line_from_0_to_255(values):
    """Exact fractions, rounded, give the same; at a half, both neighbours are as near."""
    low, high = Fraction(float(values.min())), Fraction(float(values.max()))
    span = high - low or Fraction(1)
    exact = [255 * (Fraction(float(value)) - low) / span for value in values]
    distances = [abs(int(got) - at) for got, at in zip(rescale(values), exact, strict=True)]
    assert max(distances) <= Fraction(1, 2) + Fraction(1, 10**9)


@given(arrays.arrays(float, st.integers(2, 20), elements=FINITE, unique=True))
def test_the_smallest_becomes_0_and_the_largest_255(values):
    """The whole range of a byte is used."""
    got = rescale(values)
    assert got.dtype == np.uint8
    assert got[values.argmin()] == 0
    assert got[values.argmax()] == 255


def test_values_are_rounded_not_cut_off():
    """0.999 of the range is 254.7, nearer to 255 than to 254."""
    np.testing.assert_array_equal(rescale([0, 0.999, 1]), [0, 255, 255])


@pytest.mark.parametrize("value", [0, -3.5, 255, 1e300])
def test_equal_values_become_zeros(value):
    """A picture without contrast is black, and nothing is divided by zero."""
    np.testing.assert_array_equal(rescale(np.full((2, 2, 3), value)), np.zeros((2, 2, 3)))


def test_bytes_and_booleans_are_stretched_as_numbers():
    """Differences of unsigned numbers do not wrap around."""
    np.testing.assert_array_equal(rescale(np.array([200, 100], np.uint8)), [255, 0])
    np.testing.assert_array_equal(rescale(np.array([True, False])), [255, 0])


def test_half_precision_does_not_overflow():
    """The difference of the smallest and the largest float16 is no float16."""
    largest = np.finfo(np.float16).max
    got = rescale(np.array([-largest, 0, largest], np.float16))
    np.testing.assert_array_equal(got, [0, 128, 255])  # 127.5 rounds to the even neighbour
