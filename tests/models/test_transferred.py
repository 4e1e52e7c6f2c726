"""Backbones of trained networks, and new heads on them."""

import keras
import numpy as np
import pytest
from keras import layers

from kerascnn import models
from kerascnn.models.augmented import augmented
from kerascnn.models.transferred import backbone_layers, head_of, headless, with_new_head
from tests.networks import tiny_cnn

SHAPE = (10, 10, 3)
IMAGES = np.random.default_rng(0).random((4, *SHAPE), dtype=np.float32)


def nested():
    """Return a model whose one layer with weights is a whole network."""
    inner = tiny_cnn(SHAPE, 3)
    return keras.Sequential([keras.Input(SHAPE), layers.Rescaling(0.5), inner]), inner


def names(model):
    """Return the names of a model's layers."""
    return [layer.name for layer in model.layers]


def test_the_backbone_is_all_before_the_last_layer_with_weights():
    """Whatever follows that layer goes with it."""
    stack = [layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(5), layers.Softmax()]
    network = keras.Sequential([keras.Input(SHAPE), *stack])
    backbone = headless(network)
    np.testing.assert_array_equal(backbone(IMAGES), network.layers[1](network.layers[0](IMAGES)))


def test_the_head_of_a_nested_network_is_exchanged():
    """What stands before that network stays."""
    network, inner = nested()
    backbone = headless(network)
    expected = inner.layers[2](inner.layers[1](inner.layers[0](IMAGES * 0.5)))
    np.testing.assert_array_equal(backbone(IMAGES), expected)


def test_augmentation_is_left_out():
    """The new network may have another."""
    network = tiny_cnn(SHAPE, 3)
    assert (
        names(headless(augmented(network, [layers.GaussianNoise(0.1)])))[1:] == names(network)[:-1]
    )


def test_a_new_head_is_dense_with_softmax():
    """For any number of classes, with a penalty on its kernel only."""
    network = with_new_head(headless(tiny_cnn(SHAPE, 3)), 7, 0.5)
    assert network.output_shape == (None, 7)
    np.testing.assert_allclose(network(IMAGES).numpy().sum(axis=1), 1, rtol=1e-6)
    kernel = head_of(network).kernel.numpy()
    np.testing.assert_allclose(sum(network.losses), 0.5 * np.sum(kernel**2), rtol=1e-6)


def test_feature_maps_are_averaged():
    """A network that ends in a convolution gives maps."""
    maps = keras.Sequential([keras.Input(SHAPE), layers.Conv2D(4, 3), layers.Conv2D(3, 1)])
    network = with_new_head(headless(maps), 2, 0.0)
    averages = maps.layers[0](IMAGES).numpy().mean(axis=(1, 2))
    logits = averages @ head_of(network).kernel.numpy()
    np.testing.assert_allclose(network(IMAGES), keras.ops.softmax(logits), rtol=1e-5)


def test_the_head_of_a_transferred_network_is_exchanged_again():
    """Names stay unique, so that a network can be transferred any number of times."""
    once = with_new_head(headless(tiny_cnn(SHAPE, 3)), 4, 0.0)
    twice = with_new_head(headless(once), 5, 0.0)
    assert names(twice)[:-1] == names(once)[:-1]
    assert (head_of(twice).name, twice.output_shape) == ("head", (None, 5))


def test_a_layer_called_head_keeps_its_name():
    """The new one is called otherwise."""
    stack = [layers.Flatten(), layers.Dense(4, name="head"), layers.Dense(3)]
    network = with_new_head(headless(keras.Sequential([keras.Input(SHAPE), *stack])), 2, 0.0)
    assert [layer.name for layer in network.layers[-2:]] == ["head", "head_"]


@pytest.mark.parametrize("name", ["lenet5", "mnist_cnn", "resnet18_32", "densenet121_32"])
def test_registered_models_can_be_transferred(name):
    """All but the head's weights are kept."""
    entry = models.entry(name)
    shape = (32, 32, entry.image[-1]) if entry.smallest > 28 else entry.image
    network = models.build(name, shape, 4)
    transferred = with_new_head(headless(network), 3, 0.0)
    kept = {id(weight) for weight in transferred.weights}
    lost = [weight.path for weight in network.weights if id(weight) not in kept]
    assert len(lost) == 2  # kernel and bias
    assert head_of(transferred) not in backbone_layers(transferred)


def two_branches():
    """Return a model whose output adds two layers with weights."""
    image = keras.Input(SHAPE)
    flat = layers.Flatten()(image)
    return keras.Model(image, layers.Dense(3)(flat) + layers.Dense(3)(flat))


def two_outputs():
    """Return a model with two outputs."""
    image = keras.Input(SHAPE)
    flat = layers.Flatten()(image)
    return keras.Model(image, [layers.Dense(3)(flat), layers.Dense(3)(flat)])


class OwnStep(keras.Model):
    """Trains in a way of its own."""

    def train_step(self, data):
        """Return Keras's own step."""
        return super().train_step(data)


def own_step():
    """Return a graph of layers of a class of its own."""
    image = keras.Input(SHAPE)
    return OwnStep(image, layers.Dense(3)(layers.Flatten()(image)))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (two_branches, "joins several branches"),
        (two_outputs, "1 inputs and 2 outputs"),
        (own_step, "own train_step would be lost"),
        (lambda: keras.Sequential([layers.Dense(3)]), "no graph of layers"),
        (
            lambda: keras.Sequential([keras.Input(SHAPE), layers.Flatten(), layers.Dense(3)]),
            "no layer with weights before its last one",
        ),
    ],
)
def test_what_cannot_be_transferred_is_said(build, message):
    """One clear error instead of a network that is not the file's."""
    with pytest.raises(ValueError, match=message):
        headless(build())
