"""The front of a network that training cannot change: where it ends, and that it is equal."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from kerascnn import environment, models
from kerascnn.training import frozen
from kerascnn.training.frozen import frozen_front

SHAPE = (10, 10, 3)
IMAGES = np.random.default_rng(0).random((70, *SHAPE), dtype=np.float32)


@pytest.fixture(autouse=True)
def onednn(monkeypatch):
    """Cut networks as with oneDNN, whatever computes them."""
    monkeypatch.setattr(environment, "has_onednn", lambda: True)


def chain(*stack, trained=1):
    """Return a functional network of layers of which only the last ones are trained."""
    for layer in stack[: len(stack) - trained]:
        layer.trainable = False
    image = keras.Input(SHAPE)
    tensor = image
    for layer in stack:
        tensor = layer(tensor)
    return keras.Model(image, tensor)


def front_of(*stack, trained=1):
    """Return the types of the layers in a network's front, without its input; None for no front."""
    found = frozen_front(chain(*stack, trained=trained))
    return found and [type(layer).__name__ for layer in found.front.layers[1:]]


@pytest.mark.numbers
def test_front_and_rest_make_the_network():
    """Their outputs are the network's, and they share its layers."""
    network = chain(
        layers.Conv2D(3, 3), layers.BatchNormalization(), layers.Flatten(), layers.Dense(2)
    )
    parts = frozen_front(network)
    np.testing.assert_allclose(parts.rest(parts.features(IMAGES)), network(IMAGES), rtol=1e-6)
    assert parts.rest.trainable_variables == network.trainable_variables
    assert not parts.front.trainable_variables


def test_the_front_ends_before_what_is_trained():
    """And before dense layers, which round by the batch on some processors."""
    conv, flat = "Conv2D", "Flatten"
    head = layers.Dense(2)
    assert front_of(layers.Conv2D(3, 3), layers.Flatten(), head) == [conv, flat]
    dense = [layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(4), layers.Dense(2)]
    assert front_of(*dense) == [conv, flat]
    trained = [layers.Conv2D(3, 3), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(2)]
    assert front_of(*trained, trained=3) == [conv]


class Users(layers.Layer):
    """Subtracts the mean of the batch, so that an image's features depend on the others."""

    def call(self, images):
        """Return images around their mean."""
        return images - keras.ops.mean(images, axis=0)


class UsersConv(layers.Conv2D):
    """A subclass may do anything."""


@pytest.mark.parametrize(
    "layer",
    [
        layers.Dropout(0.5),
        layers.GaussianNoise(0.1),
        layers.RandomFlip(),
        Users(),
        UsersConv(3, 3),
        layers.Conv2D(3, 3, activation=lambda x: x - keras.ops.mean(x, axis=0)),
        layers.Conv2D(3, 3, activation=layers.Dropout(0.5)),
        layers.Conv2D(3, 3, activation="sigmoid"),
        layers.Conv2D(3, 3, dtype="float64"),
        layers.LayerNormalization(),
        layers.Activation(lambda x: x),
        layers.Conv2D(3, 3, activity_regularizer="l2"),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_the_front_ends_before_what_may_depend_on_more_than_the_image(layer):
    """Draws, users' code, and penalties of activities, which count in every step."""
    assert front_of(layers.Conv2D(3, 3), layer, layers.Flatten(), layers.Dense(2)) == ["Conv2D"]


def test_a_batch_normalization_that_is_not_frozen_ends_the_front():
    """Even one without weights that are trained."""
    plain = layers.BatchNormalization(center=False, scale=False)
    network = chain(layers.Conv2D(3, 3), plain, layers.Flatten(), layers.Dense(2))
    plain.trainable = True
    assert [type(x).__name__ for x in frozen_front(network).front.layers[1:]] == ["Conv2D"]


def test_a_frozen_model_within_is_a_part_of_the_front():
    """Unless something in it is not."""
    inner = keras.Sequential([keras.Input(SHAPE), layers.Conv2D(3, 3)])
    assert front_of(inner, layers.Flatten(), layers.Dense(2)) == ["Sequential", "Flatten"]
    image = keras.Input(SHAPE)
    maps = layers.Conv2D(3, 3)(image)
    batchwise = keras.Model(image, maps - keras.ops.mean(maps, axis=0))
    assert front_of(batchwise, layers.Flatten(), layers.Dense(2)) is None
    noisy = keras.Sequential([keras.Input(SHAPE), layers.Conv2D(3, 3), layers.Dropout(0.1)])
    assert front_of(noisy, layers.Flatten(), layers.Dense(2)) is None


def test_a_front_is_cut_where_all_branches_have_met():
    """Not within a residual block."""
    network = models.build("resnet18_32", (32, 32, 3), 2)
    for layer in network.layers[:-1]:
        layer.trainable = False
    assert frozen_front(network).rest.input_shape == (None, 512)
    last = [layer for layer in network.layers if layer.name.startswith("conv5_block2")]
    last[0].trainable = last[1].trainable = True
    block = network.get_layer("conv5_block1_out")
    assert frozen_front(network).rest.input_shape == tuple(block.output.shape)


def test_there_is_no_front_where_it_would_save_nothing():
    """Without frozen weights, or in front of everything that is trained."""
    assert front_of(layers.Flatten(), layers.Dense(2)) is None
    assert front_of(layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(2), trained=3) is None
    assert frozen_front(keras.Sequential([keras.Input(SHAPE), layers.Flatten()])) is None


def test_a_mel_spectrogram_is_a_front_although_it_has_no_weights():
    """It takes long, and no training changes it."""
    settings = {"rate": 8000, "n_fft": 64, "hop": 32, "n_mels": 8}
    network = models.build("audio_cnn_2d", (512, 1), 3, **settings)
    parts = frozen_front(network)
    assert [type(layer).__name__ for layer in parts.front.layers] == ["InputLayer", "MelImage"]
    assert parts.rest.trainable_variables == network.trainable_variables
    signals = np.random.default_rng(1).normal(size=(9, 512, 1)).astype(np.float32)
    np.testing.assert_allclose(parts.features(signals), parts.front(signals), rtol=1e-4)


def test_convolutions_are_in_no_front_without_onednn(monkeypatch):
    """There the last images of a batch round in another way than in larger batches."""
    monkeypatch.setattr(environment, "has_onednn", lambda: False)
    assert front_of(layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(2)) is None
    normalized = [layers.BatchNormalization(), layers.Conv2D(3, 3), layers.Flatten()]
    assert front_of(*normalized, layers.Dense(2)) == ["BatchNormalization"]


@pytest.mark.numbers
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_features_do_not_depend_on_the_other_images(dtype):
    """Nor on how many there are: any choice of rows gives the same bits."""
    images = (IMAGES * 255).astype(dtype) if dtype == "uint8" else IMAGES
    parts = frozen_front(
        chain(layers.Conv2D(8, 3), layers.ReLU(), layers.Flatten(), layers.Dense(2))
    )
    whole = parts.features(images)
    for rows in ([3], [69, 0, 5], np.arange(70)[::-1], np.arange(1, 67)):
        np.testing.assert_array_equal(parts.features(images[rows]), whole[rows])
    assert parts.features(images[:0]).shape == (0, *whole.shape[1:])


@pytest.mark.numbers
@pytest.mark.skipif(not environment.has_onednn(), reason="convolutions are in no front there")
@pytest.mark.parametrize("activation", frozen.ACTIVATIONS)
@pytest.mark.parametrize("size", [7, 13, 31])
def test_activations_round_alike_in_batches_of_any_size(activation, size):
    """In a step that trains what follows, too; 75 values per image fill no vector evenly."""
    stack = [layers.Conv2D(3, 6, activation=activation), layers.Flatten(), layers.Dense(2)]
    network = chain(*stack)
    parts = frozen_front(network)
    expected = parts.features(IMAGES)
    watched = keras.Model(network.inputs[0], [parts.front.outputs[0], network.outputs[0]])

    @tf.function(autograph=False)
    def step(images):
        with tf.GradientTape() as tape:
            features, outputs = watched(images, training=True)
            loss = tf.reduce_sum(outputs**2)
        return features, tape.gradient(loss, network.trainable_variables[0].value)

    for start in range(0, len(IMAGES) - size, size):
        features, _ = step(tf.constant(IMAGES[start : start + size]))
        np.testing.assert_array_equal(features, expected[start : start + size])


def test_features_that_take_too_much_memory_are_not_kept(monkeypatch):
    """4 bytes a number."""
    parts = frozen_front(chain(layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(2)))
    monkeypatch.setattr(frozen, "BYTES_AT_MOST", 4 * 8 * 8 * 8 * 70)
    assert parts.fits(70)
    assert not parts.fits(71)
