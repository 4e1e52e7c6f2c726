"""Output sizes and parameters by the formulas, by Keras, and as the sources state them."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerascnn.convolution import cross_correlate_1d, output_size, parameter_count


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 40),
    kernel=st.integers(1, 11),
    padding=st.integers(0, 5),
    stride=st.integers(1, 5),
)
def test_output_size_is_that_of_keras(n, kernel, padding, stride):
    """The formula agrees with what Keras computes for zero padding and a convolution."""
    if kernel > n + 2 * padding:
        return
    padded = keras.layers.ZeroPadding2D(padding).compute_output_shape((None, n, n, 1))
    shape = keras.layers.Conv2D(1, kernel, strides=stride).compute_output_shape(padded)
    assert output_size(n, kernel, padding, stride) == shape[1]


@given(st.integers(1, 20), st.integers(1, 7), st.integers(3, 5), st.integers(1, 5))
def test_output_size_is_that_of_an_output(n, kernel, padding, stride):
    """As many samples as stated come out."""
    got = cross_correlate_1d(np.ones(n), np.ones(kernel), padding, stride)
    assert len(got) == output_size(n, kernel, padding, stride)


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        ((32, 5, 2, 1), 32),
        ((32, 5), 28),
        ((28, 3), 26),
        ((32, 3, 1, 2), 16),
        ((16, 3, 1, 2), 8),
        ((224, 11, 2, 4), 55),
        ((800, 3, 0, 10), 80),
        ((600, 3, 0, 10), 60),
    ],
)
def test_output_size_of_the_worked_examples(arguments, size):
    """The worked examples of the teaching sources come out as stated there."""
    assert output_size(*arguments) == size


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0, "kernel": 1}, "n=0"),
        ({"n": 4.5, "kernel": 1}, r"n=4.5: must be a whole number"),
        ({"n": 4, "kernel": 0}, "kernel=0"),
        ({"n": 4, "kernel": 2, "padding": -1}, "padding=-1"),
        ({"n": 4, "kernel": 2, "stride": 0}, "stride=0"),
        ({"n": 4, "kernel": 7, "padding": 1}, "kernel=7 is larger than the padded input"),
    ],
)
def test_output_size_names_what_is_out_of_range(arguments, message):
    """An impossible argument is named with its value."""
    with pytest.raises(ValueError, match=message):
        output_size(**arguments)


@pytest.mark.parametrize(
    ("arguments", "parameters"), [((5, 3, 10), 760), ((3, 3, 32), 896), ((3, 1, 10, False), 90)]
)
def test_parameters_of_the_worked_examples(arguments, parameters):
    """Ten 5×5×3 filters and 32 of 3×3×3 have as many as the sources state."""
    assert parameter_count(*arguments) == parameters


@settings(max_examples=30, deadline=None)
@given(
    kernel_size=st.integers(1, 5) | st.tuples(st.integers(1, 5), st.integers(1, 5)),
    channels=st.integers(1, 6),
    filters=st.integers(1, 6),
    bias=st.booleans(),
)
def test_parameters_are_those_that_keras_counts(kernel_size, channels, filters, bias):
    """A built Conv2D has as many."""
    layer = keras.layers.Conv2D(filters, kernel_size, use_bias=bias)
    layer.build((None, 8, 8, channels))
    assert parameter_count(kernel_size, channels, filters, bias) == layer.count_params()
