"""Largest and average pixels of windows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import maximum_filter, uniform_filter

from kerascnn.convolution import average_pool, max_pool
from tests.convolution.cases import small_arrays

EXAMPLE = [[1, 3, 2, 4], [5, 6, 1, 2], [7, 2, 9, 1], [3, 4, 2, 5]]


def test_the_worked_example():
    """Max-pooling by 2 gives what the source states."""
    np.testing.assert_array_equal(max_pool(EXAMPLE), [[6, 4], [7, 9]])


def test_the_averages_of_the_worked_example():
    """Each is a quarter of its four pixels' sum, worked out by hand."""
    np.testing.assert_array_equal(average_pool(EXAMPLE), [[3.75, 2.25], [4, 4.25]])


@pytest.mark.parametrize(
    ("pool", "scipy_filter"), [(max_pool, maximum_filter), (average_pool, uniform_filter)]
)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_windows_that_overlap_or_leave_gaps(pool, scipy_filter, data):
    """SciPy's filter, which has an output at every pixel, at the windows' middles."""
    size = data.draw(st.tuples(*[st.sampled_from([1, 3, 5])] * 2))
    stride = data.draw(st.tuples(*[st.integers(1, 6)] * 2))
    shape = [side + data.draw(st.integers(0, 6)) for side in size]
    image = data.draw(small_arrays(*shape))
    down, across = (
        np.arange(side // 2, pixels - side // 2, step)
        for side, pixels, step in zip(size, shape, stride, strict=True)
    )
    expected = scipy_filter(image.astype(float), size)[np.ix_(down, across)]
    np.testing.assert_allclose(pool(image, size, stride), expected, atol=1e-12)


@pytest.mark.parametrize("pool", [max_pool, average_pool])
def test_channels_are_pooled_apart(pool):
    """A colour image's channels give what each gives alone."""
    image = np.random.default_rng(0).integers(0, 256, (5, 7, 3))
    alone = [pool(image[:, :, channel], (2, 3)) for channel in range(3)]
    np.testing.assert_array_equal(pool(image, (2, 3)), np.stack(alone, axis=-1))


@pytest.mark.parametrize("pool", [max_pool, average_pool])
def test_what_no_whole_window_covers_is_dropped(pool):
    """The last row and the last two columns change nothing."""
    image = np.arange(5 * 8).reshape(5, 8)
    np.testing.assert_array_equal(pool(image, (2, 3)), pool(image[:4, :6], (2, 3)))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.float16, np.float32])
def test_a_maximum_keeps_its_dtype(dtype):
    """The largest of some pixels is one of them."""
    assert max_pool(np.ones((2, 2), dtype)).dtype == dtype


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [(bool, np.float64), (np.uint8, np.float64), (np.float32, np.float32)],
)
def test_the_dtype_of_an_average(dtype, expected):
    """Integers and booleans have a float64 average, floats one of their own dtype."""
    assert average_pool(np.ones((2, 2), dtype)).dtype == expected
