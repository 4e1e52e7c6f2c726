"""Each kind of layer and activation that can be stacked, against Keras."""

import keras
import numpy as np
import pytest
from keras import layers

from kerascnn.fusion.rules import CONVOLUTIONS, ELEMENTWISE, RULES

pytestmark = pytest.mark.numbers

IMAGE, SEQUENCE = (6, 6, 2), (12, 2)

ON_IMAGES = {
    "Dense": lambda: layers.Dense(3, activation="relu"),
    "Dense without bias": lambda: layers.Dense(3, use_bias=False),
    "Activation": lambda: layers.Activation("silu"),
    "ReLU": lambda: layers.ReLU(max_value=0.5, negative_slope=0.1),
    "Rescaling": lambda: layers.Rescaling(2.0, offset=-1.0),
    "AveragePooling2D": lambda: layers.AveragePooling2D(2),
    "GlobalAveragePooling2D": lambda: layers.GlobalAveragePooling2D(),
    "GlobalMaxPooling2D": lambda: layers.GlobalMaxPooling2D(keepdims=True),
    "MaxPooling2D": lambda: layers.MaxPooling2D(3, strides=2, padding="same"),
    "Flatten": lambda: layers.Flatten(),
    "Reshape": lambda: layers.Reshape((-1, 2)),
    "ZeroPadding2D": lambda: layers.ZeroPadding2D(1),
}
ON_SEQUENCES = {
    "AveragePooling1D": lambda: layers.AveragePooling1D(2),
    "GlobalAveragePooling1D": lambda: layers.GlobalAveragePooling1D(),
    "GlobalMaxPooling1D": lambda: layers.GlobalMaxPooling1D(),
    "MaxPooling1D": lambda: layers.MaxPooling1D(2),
    "ZeroPadding1D": lambda: layers.ZeroPadding1D(1),
}


@pytest.fixture
def check(compiled, lane, together, assert_as_exact_as_keras):
    """Train two lanes with weights of their own for two steps, and compare one with Keras."""

    def compare(shape, *middle, last=("softmax",)):
        def build():
            own, *others = last
            classifier = [layers.Dense(3, activation=own), *map(layers.Activation, others)]
            return keras.Sequential([keras.Input(shape), *middle, layers.Flatten(), *classifier])

        generator = np.random.default_rng(0)
        X, y = generator.random((30, *shape), np.float32), generator.integers(0, 3, 30)
        options = {"train": np.arange(20), "test": np.arange(20, 30), "epochs": 1, "batch_size": 13}
        models = [compiled(build, seed=0)]
        models.append(keras.models.clone_model(models[0]))
        models[1].compile(keras.optimizers.SGD(0.1), models[0].loss, metrics=["accuracy"])
        lanes = [lane(model, tag=i, seed=i, **options) for i, model in enumerate(models)]
        _, reports = together(lanes, X, y, chunk=2)
        assert_as_exact_as_keras(lanes[1], reports[1], X, y)

    return compare


@pytest.mark.parametrize("name", ON_IMAGES)
def test_a_layer_on_images_is_keras(name, check):
    """After a convolution, in training and in evaluation."""
    check(IMAGE, layers.Conv2D(4, 2), ON_IMAGES[name]())


@pytest.mark.parametrize("name", ON_SEQUENCES)
def test_a_layer_on_sequences_is_keras(name, check):
    """After a convolution, in training and in evaluation."""
    check(SEQUENCE, layers.Conv1D(4, 3), ON_SEQUENCES[name]())


@pytest.mark.parametrize("function", ELEMENTWISE, ids=lambda function: function.__name__)
def test_an_activation_is_keras(function, check):
    """Inside the first convolution and inside a dense layer."""
    check(IMAGE, layers.Conv2D(4, 2, activation=function), layers.Dense(4, activation=function))


@pytest.mark.parametrize("function", ["softmax", "sigmoid"])
def test_an_activation_as_the_last_layer_is_keras(function, check):
    """Losses take the logits from under it, also where it is a layer of its own."""
    check((5,), layers.Dense(4, activation="tanh"), last=[None, function])


def test_every_kind_with_a_rule_is_tested():
    """The tables above hold every kind of layer that the table of rules holds."""
    made = [make() for table in (ON_IMAGES, ON_SEQUENCES) for make in table.values()]
    assert {type(layer) for layer in made} == set(RULES) - set(CONVOLUTIONS)
