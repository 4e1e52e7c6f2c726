"""The first convolution as a product with prepared patches."""

import keras
import numpy as np
import pytest
from keras import layers

from kerascnn.fusion.front import PATCH_BYTES_AT_MOST, Patches, Samples, front_of
from kerascnn.fusion.graph import layer_calls


def network(*first, shape=(8, 8, 1)):
    """Return a network that starts with some layers."""
    return keras.Sequential([keras.Input(shape), *first, layers.Flatten(), layers.Dense(10)])


def conv(**options):
    """Return a convolution of 3×3."""
    return layers.Conv2D(3, 3, **options)


@pytest.mark.parametrize(
    ("model", "n_calls"),
    [
        (network(conv(activation="relu"), layers.MaxPooling2D(2)), 2),
        (network(conv(activation="tanh"), layers.MaxPooling2D(2)), 1),
        (network(conv(), layers.MaxPooling2D(3, strides=2)), 1),
        (network(conv(), layers.MaxPooling2D(2, padding="same")), 1),
        (network(conv(), layers.AveragePooling2D(2)), 1),
        (network(layers.Conv1D(3, 5), layers.MaxPooling1D(2), shape=(12, 1)), 2),
        (network(layers.Conv1D(3, 5, padding="causal"), shape=(12, 1)), 0),
        (network(layers.Conv2D(3, 5)), 0),
        (network(layers.ReLU(), conv()), 0),
        (network(layers.Conv2D(2, 2, groups=2), shape=(8, 8, 2)), 0),
    ],
)
def test_only_a_small_first_convolution_is_replaced(model, n_calls):
    """Its max-pooling comes along if its windows tile the image and its activation keeps order."""
    assert front_of(layer_calls(model), 100).n_calls == n_calls


def test_a_large_data_set_enters_as_it_is():
    """Patches that would fill the memory are not made."""
    calls = layer_calls(network(conv()))
    too_many = PATCH_BYTES_AT_MOST // (4 * 9 * 36) + 1
    assert isinstance(front_of(calls, 100), Patches)
    assert isinstance(front_of(calls, too_many), Samples)


@pytest.mark.parametrize(
    "first",
    [
        [{"padding": "same"}, 2],
        [{"strides": 2, "use_bias": False}, None],
        [{"dilation_rate": 2, "activation": "relu"}, (2, 1)],
        [{"activation": "relu"}, 3],
        [{"activation": "sigmoid"}, None],
    ],
)
def test_patches_give_the_convolution(
    first, digits, compiled, lane, together, assert_like_keras_steps
):
    """Strides, padding, dilation, pooling windows that leave a border out; two steps of two."""
    options, pool = first
    pooling = [] if pool is None else [layers.MaxPooling2D(pool)]

    def build():
        return network(conv(**options), *[type(p).from_config(p.get_config()) for p in pooling])

    X, y = digits
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    lanes = [lane(compiled(build, loss=loss, seed=i), tag=i, seed=i, epochs=1) for i in range(2)]
    _, reports = together(lanes, X, y)
    assert_like_keras_steps(lanes, reports, X, y)


def test_equal_values_in_a_window_train_as_in_keras(
    compiled, lane, together, assert_like_keras_steps
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
    assert_like_keras_steps([each], reports, X, y)
