"""Optimizers set up in every way that has a formula of its own, against Keras's `fit`."""

import keras
import pytest
from keras import layers, optimizers

VARIANTS = {
    "plain": lambda: optimizers.SGD(0.2),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.8),
    "weight decay": lambda: optimizers.SGD(0.2, weight_decay=0.1),
    "amsgrad": lambda: optimizers.Adam(0.01, amsgrad=True),
    "centered": lambda: optimizers.RMSprop(0.01, centered=True, momentum=0.5),
    "accumulated": lambda: optimizers.Adagrad(0.1, initial_accumulator_value=0.5),
    "piecewise": lambda: optimizers.SGD(
        optimizers.schedules.PiecewiseConstantDecay([1, 4], [0.2, 0.1, 0.05])
    ),
    "cosine": lambda: optimizers.Adam(optimizers.schedules.CosineDecay(0.02, 6, alpha=0.1)),
}


def network():
    """Return a small network."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Flatten(),
            layers.Dense(6, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_keras(name, digits, compiled, lane, together, alone, assert_same_as_alone):
    """Two lanes with orders of their own, three epochs."""
    X, y = digits
    model = compiled(network, VARIANTS[name]())
    lanes = [lane(model, tag=i, seed=i) for i in range(2)]
    _, reports = together(lanes, X, y)
    for each in lanes:
        assert_same_as_alone(reports[each.tag], alone(each, X, y))
