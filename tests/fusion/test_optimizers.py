"""Optimizers set up in every way that has a formula of its own, against Keras's `fit`."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers, optimizers

from kerascnn.fusion.optimizers import from_keras_order, keras_order

VARIANTS = {
    "plain": lambda: optimizers.SGD(0.2),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.8),
    "nesterov": lambda: optimizers.SGD(0.1, momentum=0.8, nesterov=True),
    "adam": lambda: optimizers.Adam(0.01, beta_1=0.8, beta_2=0.99, epsilon=1e-4),
    "amsgrad": lambda: optimizers.Adam(0.01, amsgrad=True),
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
def test_a_variant_is_keras(name, digits, compiled, lane, together, assert_as_exact_as_keras):
    """The second of two lanes with orders of their own."""
    model = compiled(network, VARIANTS[name]())
    lanes = [lane(model, tag=i, seed=i) for i in range(2)]
    _, reports = together(lanes, *digits)
    assert_as_exact_as_keras(lanes[1], reports[1], *digits)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_fit_goes_on_from_a_report(
    name, digits, compiled, lane, together, assert_as_exact_as_keras
):
    """With the report's weights and optimizer values, Keras's own steps end where the lane does."""
    X, y = digits
    model = compiled(network, VARIANTS[name]())
    each = lane(model, epochs=3, report_epochs=(1, 3), train=np.arange(32))
    (first, last), _ = together([each], X, y)
    going_on = compiled(network, VARIANTS[name]())
    going_on.optimizer.build(going_on.trainable_variables)
    variables = [*going_on.variables, *going_on.optimizer.variables]
    for variable, value in zip(variables, [*first.weights, *first.optimizer_values], strict=True):
        variable.assign(value)
    for _ in range(2):
        going_on.train_on_batch(X[:32], y[:32])
    assert_as_exact_as_keras(each, replace(last, weights=going_on.get_weights()), X, y)


@pytest.mark.parametrize("n_slots", [0, 1, 2, 3])
def test_the_order_of_slots_is_undone(n_slots):
    """From kinds of slots to Keras's order and back."""
    slots = [[f"weight {w} slot {s}" for w in range(3)] for s in range(n_slots)]
    assert from_keras_order(keras_order(slots), n_slots) == slots
