"""What is computed without weights, and the first convolution as a product with patches."""

import keras
import numpy as np
import pytest
from keras import layers

from kerascnn.fusion import entry
from kerascnn.fusion.chain import layer_chain
from kerascnn.fusion.entry import Entry


def network(*first, shape=(8, 8, 1)):
    """Return a network that starts with some layers."""
    return keras.Sequential([keras.Input(shape), *first, layers.Flatten(), layers.Dense(10)])


def conv(**options):
    """Return a convolution of 3×3."""
    return layers.Conv2D(3, 3, **options)


@pytest.mark.parametrize(
    ("model", "n_left"),
    [
        (network(conv(activation="relu"), layers.MaxPooling2D(2)), 2),
        (network(layers.Conv1D(3, 5), layers.MaxPooling1D(2), shape=(12, 1)), 2),
        (network(layers.Rescaling(2.0), layers.ZeroPadding2D(1), conv()), 2),
        (network(conv(activation="tanh"), layers.MaxPooling2D(2)), 3),
        (network(conv(), layers.MaxPooling2D(3, strides=2)), 3),
        (network(conv(), layers.MaxPooling2D(2, padding="same")), 3),
        (network(conv(), layers.AveragePooling2D(2)), 3),
        (network(layers.ReLU()), 1),
    ],
)
def test_what_comes_first_is_taken_out_of_the_stack(model, n_left):
    """Layers without weights, a convolution, and a pooling that tiles and keeps the order."""
    first = Entry(layer_chain(model), model.inputs[0].shape[1:], 100)
    assert len(first.rest) == n_left


@pytest.mark.parametrize(
    "first",
    [
        lambda: [layers.Rescaling(2.0, -0.5), conv(padding="same"), layers.MaxPooling2D(2)],
        lambda: [conv(strides=2, use_bias=False)],
        lambda: [conv(dilation_rate=2, activation="relu"), layers.MaxPooling2D((2, 1))],
        lambda: [conv(activation="relu"), layers.MaxPooling2D(3)],
        lambda: [conv(activation="sigmoid"), layers.MaxPooling2D(2)],
        lambda: [layers.Reshape((64, 1)), layers.Conv1D(3, 5, strides=2), layers.MaxPooling1D(2)],
        lambda: [layers.AveragePooling2D(2)],
    ],
)
def test_what_enters_is_what_keras_computes(
    first, digits, compiled, lane, together, assert_as_exact_as_keras
):
    """Strides, padding, dilation, windows that leave a border out; for pixels of 8 bits."""
    pixels = (digits[0] * 255).astype(np.uint8)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model = compiled(lambda: network(*first()), loss=loss)
    lanes = [lane(model, tag=i, seed=i, epochs=1) for i in range(2)]
    _, reports = together(lanes, pixels, digits[1])
    assert_as_exact_as_keras(lanes[1], reports[1], pixels, digits[1])


@pytest.mark.parametrize("first", [conv, layers.Flatten])
def test_samples_that_would_fill_the_memory_enter_batch_by_batch(
    first, digits, compiled, lane, together, monkeypatch
):
    """It makes no difference, to the last bit."""
    model = compiled(lambda: network(first()))
    lanes = [lane(model, tag=i, seed=i, epochs=1) for i in range(2)]
    _, ahead = together(lanes, *digits)
    monkeypatch.setattr(entry, "PREPARED_BYTES_AT_MOST", 0)
    _, batchwise = together(lanes, *digits)
    for ours, theirs in zip(ahead[1].weights, batchwise[1].weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_equal_values_in_a_window_train_as_in_keras(
    compiled, lane, together, assert_as_exact_as_keras
):
    """Under a kernel of ones, all patches that hold a picture's only bright pixel are equal."""
    X = np.zeros((60, 8, 8, 1), np.float32)
    X[np.arange(60), np.arange(60) % 8, np.arange(60) // 8, 0] = 1
    y = np.arange(60) % 10

    def build():
        return network(conv(activation="relu", kernel_initializer="ones"), layers.MaxPooling2D(2))

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    options = {"train": np.arange(50), "test": np.arange(50, 60), "epochs": 1, "batch_size": 50}
    each = lane(compiled(build, loss=loss), **options)
    _, reports = together([each], X, y)
    assert_as_exact_as_keras(each, reports[None], X, y)
