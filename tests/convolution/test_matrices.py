"""Convolutions as matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import toeplitz
from scipy.signal import correlate2d

from kerascnn.convolution import convolve_1d, cross_correlate_2d, kernel_matrix, toeplitz_matrix
from tests.convolution.cases import cases, every, small_arrays, zeros_beside

WEIGHTS = np.arange(1, 10).reshape(3, 3)
COEFFICIENTS = st.integers(1, 8).flatmap(small_arrays)


@settings(max_examples=100, deadline=None)
@given(cases(n_axes=2))
def test_the_matrix_does_what_the_kernel_does(case):
    """Times an image's pixels, it is SciPy's correlation of the padded image."""
    image, kernel, padding, stride = case
    padded = np.pad(image.astype(float), zeros_beside(padding, kernel.shape))
    expected = correlate2d(padded, kernel.astype(float), "valid")[every(stride, 2)]
    matrix = kernel_matrix(kernel, image.shape, padding, stride)
    np.testing.assert_array_equal(matrix @ image.ravel(), expected.ravel())
    np.testing.assert_array_equal(
        matrix @ image.ravel(), cross_correlate_2d(image, kernel, padding, stride).ravel()
    )


def test_the_matrix_of_the_worked_example():
    """A 3×3 kernel on 4×4 pixels: 64 entries, 36 of them not zero, 9 different weights."""
    matrix = kernel_matrix(WEIGHTS, (4, 4))
    assert matrix.shape == (4, 16)
    assert matrix.size == 64
    assert np.count_nonzero(matrix) == 36
    assert set(matrix[matrix != 0]) == set(range(1, 10))
    np.testing.assert_array_equal(matrix[1], [0, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0])


def test_the_matrix_of_a_2x2_filter_on_3x3_pixels():
    """Written out by hand, row by row."""
    expected = [
        [1, 2, 0, 3, 4, 0, 0, 0, 0],
        [0, 1, 2, 0, 3, 4, 0, 0, 0],
        [0, 0, 0, 1, 2, 0, 3, 4, 0],
        [0, 0, 0, 0, 1, 2, 0, 3, 4],
    ]
    np.testing.assert_array_equal(kernel_matrix([[1, 2], [3, 4]], (3, 3)), expected)


@given(COEFFICIENTS, st.integers(1, 8))
def test_the_toeplitz_matrix_is_that_of_scipy(coefficients, n_columns):
    """SciPy makes the same from the first column and the first row."""
    column = np.append(coefficients, np.zeros(n_columns - 1))
    row = np.append(coefficients[:1], np.zeros(n_columns - 1))
    np.testing.assert_array_equal(toeplitz_matrix(coefficients, n_columns), toeplitz(column, row))


@given(COEFFICIENTS, COEFFICIENTS)
def test_a_product_of_polynomials_either_way_round(first, second):
    """The matrix of each times the other is NumPy's convolution and ours."""
    product = np.convolve(first, second)
    np.testing.assert_array_equal(toeplitz_matrix(first, len(second)) @ second, product)
    np.testing.assert_array_equal(toeplitz_matrix(second, len(first)) @ first, product)
    np.testing.assert_array_equal(convolve_1d(first, second, "full"), product)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [(bool, np.int64), (np.uint8, np.int64), (np.float32, np.float32), (float, float)],
)
def test_the_dtype_of_matrices(dtype, expected):
    """Integers and booleans give int64, floats keep their dtype."""
    assert kernel_matrix(np.ones((2, 2), dtype), (3, 3)).dtype == expected
    assert toeplitz_matrix(np.ones(2, dtype), 3).dtype == expected
