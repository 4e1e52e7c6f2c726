"""Whole networks under each optimizer: each lane as if trained alone, and how far to the bit."""

import keras
import numpy as np
import pytest
from keras import layers
from keras.regularizers import L1L2, L2

pytestmark = pytest.mark.numbers


def classifier():
    """The last layer of all."""
    return layers.Dense(10, activation="softmax", kernel_regularizer=L2(1e-3))


def digits_cnn():
    """One convolution and a pooling that are computed as a product with patches."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, padding="same", activation="relu", kernel_regularizer=L2(1e-3)),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(8, activation="relu", kernel_regularizer=L1L2(1e-4, 1e-3)),
            classifier(),
        ]
    )


def conv1d():
    """A dilated convolution over a sequence that is smoothed before, as a functional graph."""
    inputs = keras.Input((8, 8, 1))
    values = layers.AveragePooling1D(2)(layers.Reshape((64, 1))(inputs))
    values = layers.Conv1D(4, 5, dilation_rate=2, activation="tanh")(values)
    return keras.Model(inputs, classifier()(layers.GlobalAveragePooling1D()(values)))


def dense():
    """No convolution."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Rescaling(2.0, offset=-1.0),
            layers.Flatten(),
            layers.Dense(12, activation="tanh"),
            classifier(),
        ]
    )


OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "Adam": lambda: keras.optimizers.Adam(0.01),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("builder", [digits_cnn, conv1d, dense])
def test_lanes_are_separate_fits(
    builder, optimizer, digits, compiled, lane, together, assert_as_exact_as_keras
):
    """Weights, history and outputs, in a stack of its own and as the last of five."""
    model = compiled(builder, OPTIMIZERS[optimizer]())
    rates = float(model.optimizer.learning_rate) * np.array([1, 0.5, 2, 0.2, 0.7])
    lanes = [lane(model, tag=i, seed=i, learning_rate=float(rate)) for i, rate in enumerate(rates)]
    for size in (1, 5):
        _, reports = together(lanes[:size], *digits, chunk=size)
        assert_as_exact_as_keras(lanes[size - 1], reports[size - 1], *digits)


@pytest.mark.parametrize("builder", [digits_cnn, conv1d, dense])
def test_neighbours_have_no_influence(builder, digits, compiled, lane, together):
    """In one place of a stack of three, to the last bit, whatever the others train."""
    model = compiled(builder, keras.optimizers.Adam(0.01))
    other = compiled(builder, keras.optimizers.Adam(0.1), seed=1)
    results = []
    for neighbours in (model, other):
        lanes = [lane(neighbours, seed=1), lane(model, tag="observed"), lane(neighbours, seed=2)]
        _, reports = together(lanes, *digits, chunk=3)
        results.append(reports["observed"])
    first, second = results
    assert first.history == second.history
    np.testing.assert_array_equal(first.test_outputs, second.test_outputs)
    for ours, theirs in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
