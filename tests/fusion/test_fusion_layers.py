"""Each kind of layer that has a rule, against Keras."""

import random

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from kerascnn.fusion.rules import RULES

IMAGE, SEQUENCE = (6, 6, 2), (12, 2)

ON_IMAGES = {
    "Conv2D": lambda: layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False),
    "Conv2D groups": lambda: layers.Conv2D(4, 3, groups=2, activation="relu"),
    "Conv2D dilation": lambda: layers.Conv2D(3, 2, dilation_rate=2, activation="tanh"),
    "Conv2DTranspose": lambda: layers.Conv2DTranspose(3, 2, strides=2),
    "DepthwiseConv2D": lambda: layers.DepthwiseConv2D(3, depth_multiplier=2),
    "SeparableConv2D": lambda: layers.SeparableConv2D(3, 3, padding="same"),
    "Dense on channels": lambda: layers.Dense(3, activation="relu"),
    "BatchNormalization": lambda: layers.BatchNormalization(momentum=0.7),
    "BatchNormalization frozen": lambda: layers.BatchNormalization(trainable=False),
    "LayerNormalization": lambda: layers.LayerNormalization(),
    "GroupNormalization": lambda: layers.GroupNormalization(2),
    "Normalization": lambda: layers.Normalization(mean=0.3, variance=2.0),
    "Rescaling": lambda: layers.Rescaling(2.0, offset=-1.0),
    "PReLU": lambda: layers.PReLU(),
    "Activation": lambda: layers.Activation("swish"),
    "Activation softmax": lambda: layers.Activation("softmax"),
    "ReLU": lambda: layers.ReLU(max_value=0.5, negative_slope=0.1),
    "LeakyReLU": lambda: layers.LeakyReLU(0.2),
    "ELU": lambda: layers.ELU(),
    "Softmax": lambda: layers.Softmax(),
    "Softmax rows": lambda: layers.Softmax(axis=1),
    "Identity": lambda: layers.Identity(),
    "Dropout": lambda: layers.Dropout(0.3),
    "SpatialDropout2D": lambda: layers.SpatialDropout2D(0.4),
    "MaxPooling2D": lambda: layers.MaxPooling2D(3, strides=2, padding="same"),
    "AveragePooling2D": lambda: layers.AveragePooling2D(2),
    "GlobalMaxPooling2D": lambda: layers.GlobalMaxPooling2D(keepdims=True),
    "GlobalAveragePooling2D": lambda: layers.GlobalAveragePooling2D(),
    "Flatten": lambda: layers.Flatten(),
    "Reshape": lambda: layers.Reshape((-1, 3)),
    "Permute": lambda: layers.Permute((3, 1, 2)),
    "ZeroPadding2D": lambda: layers.ZeroPadding2D(1),
    "Cropping2D": lambda: layers.Cropping2D(((1, 0), (0, 2))),
    "UpSampling2D": lambda: layers.UpSampling2D(2, interpolation="bilinear"),
}
ON_SEQUENCES = {
    "Conv1D": lambda: layers.Conv1D(3, 3, padding="causal", dilation_rate=2),
    "Conv1DTranspose": lambda: layers.Conv1DTranspose(3, 2),
    "DepthwiseConv1D": lambda: layers.DepthwiseConv1D(3),
    "SeparableConv1D": lambda: layers.SeparableConv1D(3, 3),
    "SpatialDropout1D": lambda: layers.SpatialDropout1D(0.4),
    "MaxPooling1D": lambda: layers.MaxPooling1D(2),
    "AveragePooling1D": lambda: layers.AveragePooling1D(2),
    "GlobalMaxPooling1D": lambda: layers.GlobalMaxPooling1D(),
    "GlobalAveragePooling1D": lambda: layers.GlobalAveragePooling1D(),
    "ZeroPadding1D": lambda: layers.ZeroPadding1D(1),
    "Cropping1D": lambda: layers.Cropping1D(1),
    "UpSampling1D": lambda: layers.UpSampling1D(2),
}
MERGING = {
    "Add": layers.Add,
    "Subtract": layers.Subtract,
    "Multiply": layers.Multiply,
    "Average": layers.Average,
    "Maximum": layers.Maximum,
    "Minimum": layers.Minimum,
    "Concatenate": lambda: layers.Concatenate(axis=1),
}


def samples(shape):
    """Return 30 samples of a shape and labels of three classes."""
    generator = np.random.default_rng(0)
    return generator.random((30, *shape), np.float32), generator.integers(0, 3, 30)


def chain(shape, middle):
    """Return a builder of a convolution, some layers, and a classifier."""

    def build():
        convolution = layers.Conv1D if len(shape) == 2 else layers.Conv2D
        # Before a normalisation a bias has no gradient but rounding noise.
        first = convolution(4, 1, use_bias=False)
        last = [layers.Flatten(), layers.Dense(3, activation="softmax")]
        return keras.Sequential([keras.Input(shape), first, *(make() for make in middle), *last])

    return build


def diamond(shape, merge):
    """Return a builder of a network in which two branches meet."""

    def build():
        inputs = keras.Input(shape)
        branches = [layers.Conv2D(3, 3, activation="relu")(inputs) for _ in range(2)]
        merged = layers.Flatten()(merge()(branches))
        return keras.Model(inputs, layers.Dense(3, activation="softmax")(merged))

    return build


@pytest.fixture
def check(compiled, lane, together, assert_like_keras_steps):
    """Train two lanes with weights of their own for two steps, and compare with Keras."""

    def compare(build, shape):
        X, y = samples(shape)
        options = {"train": np.arange(20), "test": np.arange(20, 30), "epochs": 1, "batch_size": 13}
        lanes = [lane(compiled(build, seed=i), tag=i, seed=i, **options) for i in range(2)]
        _, reports = together(lanes, X, y, chunk=2)
        assert_like_keras_steps(lanes, reports, X, y)

    return compare


@pytest.mark.parametrize("name", ON_IMAGES)
def test_a_layer_on_images_is_keras(name, check):
    """After a convolution, in training and in evaluation."""
    check(chain(IMAGE, [ON_IMAGES[name]]), IMAGE)


@pytest.mark.parametrize("name", ON_SEQUENCES)
def test_a_layer_on_sequences_is_keras(name, check):
    """After a convolution, in training and in evaluation."""
    check(chain(SEQUENCE, [ON_SEQUENCES[name]]), SEQUENCE)


@pytest.mark.parametrize("name", MERGING)
def test_branches_meet_as_in_keras(name, check):
    """Two convolutions of the same input."""
    check(diamond(IMAGE, MERGING[name]), IMAGE)


def test_every_kind_with_a_rule_is_tested():
    """The tables above hold every kind of layer that the table of rules holds."""
    made = [make() for table in (ON_IMAGES, ON_SEQUENCES, MERGING) for make in table.values()]
    assert {type(layer) for layer in made} == set(RULES)


def test_nested_models_are_opened(check):
    """A Sequential model as a layer of a functional one, beside a shortcut."""

    def build():
        inputs = keras.Input(IMAGE)
        block = keras.Sequential(
            [
                keras.Input(IMAGE),
                layers.Conv2D(2, 3, padding="same"),
                layers.BatchNormalization(),
                layers.ReLU(),
            ]
        )
        values = layers.Flatten()(layers.Add()([inputs, block(inputs)]))
        return keras.Model(inputs, layers.Dense(3, activation="softmax")(values))

    check(build, IMAGE)


# Layers after which the image is still at least 2×2 pixels and has an even number of channels.
KEEPING = [
    "Conv2D",
    "Conv2D groups",
    "BatchNormalization",
    "LayerNormalization",
    "Activation",
    "Dropout",
    "SpatialDropout2D",
    "MaxPooling2D",
    "ZeroPadding2D",
    "UpSampling2D",
    "PReLU",
]


@settings(max_examples=8, deadline=None, derandomize=True)
@given(names=st.lists(st.sampled_from(KEEPING), min_size=2, max_size=4, unique=True))
def test_any_chain_of_layers_is_keras(names, compiled, lane, together, assert_like_keras_steps):
    """Chains drawn at random."""
    random.seed(0)
    order = sorted(names, key=lambda name: name == "Conv2D groups", reverse=True)
    X, y = samples(IMAGE)
    options = {"train": np.arange(20), "test": np.arange(20, 30), "epochs": 1, "batch_size": 13}
    build = chain(IMAGE, [ON_IMAGES[name] for name in order])
    lanes = [lane(compiled(build, seed=i), tag=i, seed=i, **options) for i in range(2)]
    _, reports = together(lanes, X, y, chunk=2)
    assert_like_keras_steps(lanes, reports, X, y)
