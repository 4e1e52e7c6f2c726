"""The convolution theorem."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.signal import convolve

from kerascnn.convolution import convolve_1d, convolve_2d, convolve_fft
from tests.convolution.cases import cases


@pytest.mark.parametrize(("n_axes", "directly"), [(1, convolve_1d), (2, convolve_2d)])
def test_a_product_of_transforms_is_the_full_convolution(n_axes, directly):
    """SciPy's direct sums and this room's are the same up to rounding."""

    @settings(max_examples=60, deadline=None)
    @given(cases(n_axes))
    def holds(case):
        array, kernel = case[0].astype(float), case[1].astype(float)
        got = convolve_fft(case[0], case[1])
        np.testing.assert_allclose(got, convolve(array, kernel, "full", "direct"), atol=1e-10)
        np.testing.assert_allclose(got, directly(case[0], case[1], "full"), atol=1e-10)

    holds()


def test_the_kernel_may_be_the_larger_one():
    """A full convolution is the same either way round."""
    array, kernel = np.arange(1.0, 4), np.arange(1.0, 8)
    np.testing.assert_allclose(convolve_fft(array, kernel), np.convolve(array, kernel))
    np.testing.assert_allclose(convolve_fft(kernel, array), np.convolve(array, kernel))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float32])
def test_transforms_are_computed_in_float64(dtype):
    """Single precision would leave errors of 10⁻⁷."""
    array = np.random.default_rng(0).random(50).round().astype(dtype)
    got = convolve_fft(array, array)
    assert got.dtype == np.float64
    np.testing.assert_allclose(
        got, np.convolve(array.astype(float), array.astype(float)), atol=1e-12
    )
