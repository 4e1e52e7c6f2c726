"""The convolutional autoencoder: any size, a decoder of its own, and what it learns."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from kerascnn import models

RANDOM = np.random.default_rng(0)
SHAPES = [
    (1, 1, 1),
    (1, 2, 1),
    (2, 1, 3),
    (3, 3, 1),
    (5, 4, 2),
    (7, 7, 1),
    (8, 8, 1),
    (9, 13, 3),
    (28, 28, 1),
    (31, 33, 1),
    (1, 10, 1),
    (1, 1),
    (2, 1),
    (7, 3),
    (100, 2),
    (101, 1),
]


def build(shape, n_codes=3, **arguments):
    """Return the autoencoder, with the same initial weights each time."""
    keras.utils.set_random_seed(0)
    return models.build("conv_autoencoder", shape, n_codes, **arguments)


@pytest.mark.parametrize("depth", [None, 2, 4])
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_put_out_has_the_shape_of_what_is_taken(shape, depth):
    """Odd sizes, single rows and single pixels too, and several channels."""
    network = build(shape, depth=depth, n_filters=2)
    samples = RANDOM.random((2, *shape), dtype=np.float32)
    assert network(samples).shape == (2, *shape)
    assert network.get_layer("codes").output.shape == (None, 3)


@pytest.mark.parametrize(
    ("shape", "halvings"),
    [
        ((1, 1, 1), 1),
        ((2, 2, 1), 1),
        ((2, 3, 1), 2),
        ((9, 1, 1), 3),
        ((28, 28, 1), 3),
        ((16, 2), 3),
    ],
)
def test_halving_ends_at_a_single_pixel(shape, halvings):
    """Three are asked for; there are fewer where nothing is left to halve, but always one."""
    rows = models.describe("conv_autoencoder", shape, 3, depth=3)
    kinds = [row.kind for row in rows]
    assert kinds.index("Flatten") == halvings
    assert sum(kind.startswith("UpSampling") for kind in kinds) == halvings


@pytest.mark.parametrize(
    ("shape", "halvings"), [((8, 8, 1), 1), ((15, 15, 1), 1), ((1, 16, 1), 2), ((28, 28, 1), 2)]
)
def test_small_images_are_halved_once(shape, halvings):
    """Unless asked for more; larger ones twice."""
    kinds = [row.kind for row in models.describe("conv_autoencoder", shape)]
    assert kinds.index("Flatten") == halvings


@pytest.mark.numbers
@pytest.mark.parametrize("shape", [(7, 10, 2), (8, 8, 1), (1, 1, 1), (11, 2)])
def test_the_decoder_is_computed_from_the_codes_alone(shape):
    """Codes of the one half, decoded by the other, give what the whole gives."""
    network = build(shape)
    codes = network.get_layer("codes").output
    encoder, decoder = keras.Model(network.input, codes), keras.Model(codes, network.output)
    samples = RANDOM.random((4, *shape), dtype=np.float32)
    np.testing.assert_allclose(decoder(encoder(samples)), network(samples), rtol=1e-5)


def test_codes_are_not_bounded():
    """They are the affine map of the last maps of the encoder."""
    network = build((8, 8, 1))
    codes = network.get_layer("codes")
    flat = RANDOM.normal(size=(5, codes.kernel.shape[0])).astype(np.float32)
    np.testing.assert_allclose(codes(flat), flat @ codes.kernel.numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("activation", "low", "high"), [("sigmoid", 0, 1), ("tanh", -1, 1), ("linear", -9, 9)]
)
def test_the_last_activation_is_the_one_asked_for(activation, low, high):
    """Its range is that of the values put out."""
    network = build((8, 8, 1), output_activation=activation)
    network.set_weights([weight * 10 for weight in network.get_weights()])
    values = network(RANDOM.normal(size=(50, 8, 8, 1)).astype(np.float32)).numpy()
    assert (values.min() < low) == (activation == "linear") == (values.max() > high)
    assert values.min() < low + 0.1
    assert values.max() > high - 0.1


def test_a_doubled_map_repeats_each_pixel():
    """Each value of the coarsest maps is seen in two rows and two columns, the last one cropped."""
    network = build((7, 5, 1), depth=1, n_filters=1)
    coarse = RANDOM.random((1, 4, 3, 1), dtype=np.float32)
    layers = {type(layer).__name__: layer for layer in network.layers}
    fine = layers["Cropping2D"](layers["UpSampling2D"](coarse)).numpy()
    np.testing.assert_array_equal(fine, coarse.repeat(2, axis=1).repeat(2, axis=2)[:, :7, :5])


@pytest.mark.parametrize("shape", [(7, 10, 2), (1, 1, 1), (11, 2)])
def test_a_saved_network_comes_back(shape, tmp_path):
    """From Keras's file, which holds nothing but known layers."""
    network = build(shape)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    samples = RANDOM.random((3, *shape), dtype=np.float32)
    np.testing.assert_array_equal(loaded(samples), network(samples))


def test_a_step_of_training_changes_every_weight():
    """Gradients pass from the images to all layers in graph mode, and stay finite."""
    network = build((9, 6, 2), n_filters=8)
    network.compile("adam", "mse")
    before = network.get_weights()
    samples = RANDOM.random((16, 9, 6, 2), dtype=np.float32)
    network.train_on_batch(samples, samples)
    for old, new in zip(before, network.get_weights(), strict=True):
        assert np.isfinite(new).all()
        assert not np.array_equal(old, new)


@pytest.mark.numbers
def test_two_codes_say_more_of_digits_than_two_principal_components():
    """Which are the best that any linear autoencoder can do."""
    images = (load_digits().images[:400, :, :, None] / 16).astype(np.float32)
    network = build((8, 8, 1), 2, depth=2, output_activation="sigmoid")
    network.compile(keras.optimizers.Adam(0.01), "mse")
    network.fit(images, images, batch_size=32, epochs=20, verbose=0)
    linear = PCA(2).fit(flat := images.reshape(400, -1))
    components = np.mean((linear.inverse_transform(linear.transform(flat)) - flat) ** 2)
    assert network.evaluate(images, images, verbose=0) < 0.95 * components


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_filters": 0}, "n_filters=0: must be an integer of at least 1"),
        ({"depth": 0}, "depth=0: must be an integer of at least 1"),
        ({"output_activation": "relu"}, "='relu': must be 'sigmoid', 'tanh' or 'linear'"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    """The error names the argument, its value and what it should be."""
    with pytest.raises(ValueError, match=message):
        build((8, 8, 1), **arguments)
