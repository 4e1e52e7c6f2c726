"""Losses and accuracy, against Keras's `fit` and its metric."""

import keras
import numpy as np
import pytest
from keras import layers, losses


def network(outputs, activation):
    """Return a builder of a small network."""

    def build():
        return keras.Sequential(
            [
                keras.Input((8, 8, 1)),
                layers.AveragePooling2D(2),
                layers.Flatten(),
                layers.Dense(outputs, activation=activation),
            ]
        )

    return build


CASES = {
    "sparse from softmax": (10, "softmax", "sparse_categorical_crossentropy", "labels"),
    "sparse from logits": (10, None, losses.SparseCategoricalCrossentropy(True), "labels"),
    "sparse from columns": (10, "softmax", "sparse_categorical_crossentropy", "column"),
    "sparse from sigmoid": (10, "sigmoid", "sparse_categorical_crossentropy", "labels"),
    "categorical": (10, "softmax", "categorical_crossentropy", "one-hot"),
    "smoothed": (10, "softmax", losses.CategoricalCrossentropy(label_smoothing=0.2), "one-hot"),
    "categorical from logits": (10, None, losses.CategoricalCrossentropy(True), "one-hot"),
    "binary": (1, "sigmoid", "binary_crossentropy", "even"),
    "binary from columns": (1, "sigmoid", "binary_crossentropy", "even column"),
    "binary from logits": (1, None, losses.BinaryCrossentropy(from_logits=True), "even"),
    "binary per class": (10, "sigmoid", "binary_crossentropy", "one-hot"),
    "squares": (10, "softmax", "mean_squared_error", "one-hot"),
    "squares of one": (1, None, losses.MeanSquaredError(), "even"),
}


def encoded(y, how):
    """Return the digits' labels as a loss wants them."""
    even = (y % 2 == 0).astype(np.float32)
    return {
        "labels": y,
        "column": y[:, None],
        "one-hot": np.eye(10, dtype=np.float32)[y],
        "even": even,
        "even column": even[:, None],
    }[how]


@pytest.mark.parametrize("name", CASES)
def test_a_loss_and_its_accuracy_are_keras(
    name, digits, compiled, lane, together, assert_as_exact_as_keras
):
    """Weights and the whole history, with sample weights."""
    outputs, activation, loss, how = CASES[name]
    X, y = digits[0], encoded(digits[1], how)
    model = compiled(network(outputs, activation), loss=loss)
    weights = np.linspace(0.5, 2, 75, dtype=np.float32)
    each = lane(model, epochs=1, sample_weight=weights)
    _, reports = together([each], X, y)
    assert_as_exact_as_keras(each, reports[None], X, y)


@pytest.mark.parametrize("threshold", [0.0, 0.5])
def test_logits_of_one_output_count_above_a_threshold(
    threshold, digits, lane, together, assert_as_exact_as_keras
):
    """Keras's metric says where: a probability of a half is a logit of 0."""
    X, y = digits[0], encoded(digits[1], "even column")
    model = network(1, None)()
    metric = keras.metrics.BinaryAccuracy("accuracy", threshold=threshold)
    loss = losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss, metrics=[metric])
    each = lane(model, epochs=1)
    _, reports = together([each], X, y)
    assert_as_exact_as_keras(each, reports[None], X, y)
