"""Super-resolution: layers against NumPy, images that go around, and what is learned."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from kerascnn import models
from kerascnn.models.super_resolution import PixelShuffle, WrapColumns

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(size=(2, 6, 8, 2)).astype(np.float32)
UPSAMPLINGS = ["subpixel", "nearest", "bilinear"]
PADDINGS = ["zero", "periodic"]


def build(shape, factor, **arguments):
    """Return the network for a factor, with the same initial weights each time."""
    keras.utils.set_random_seed(0)
    height, width, channels = shape
    output_shape = (factor * height, factor * width, channels)
    return models.build("super_resolution", shape, output_shape, **arguments)


@pytest.mark.parametrize("factor", [2, 3])
@pytest.mark.parametrize("channels", [1, 2])
def test_shuffled_pixels_are_laid_out_in_blocks(factor, channels):
    """A pixel's channels are its block, row by row, as NumPy lays it out."""
    maps = RANDOM.random((2, 3, 4, factor**2 * channels), dtype=np.float32)
    blocks = maps.reshape(2, 3, 4, factor, factor, channels).transpose(0, 1, 3, 2, 4, 5)
    expected = blocks.reshape(2, 3 * factor, 4 * factor, channels)
    layer = PixelShuffle(factor)
    np.testing.assert_array_equal(layer(maps), expected)
    assert layer.compute_output_shape(maps.shape) == expected.shape
    assert layer.compute_output_shape((None, None, 4, None)) == (None, None, 4 * factor, None)


@pytest.mark.parametrize("columns", [1, 3, 8])
def test_wrapped_columns_are_numpys(columns):
    """Those of the other side, on both sides."""
    layer = WrapColumns(columns)
    expected = np.pad(IMAGES, ((0, 0), (0, 0), (columns, columns), (0, 0)), mode="wrap")
    np.testing.assert_array_equal(layer(IMAGES), expected)
    assert layer.compute_output_shape(IMAGES.shape) == expected.shape


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 4, 2), (5, 3, 1), (3, 7, 3)])
def test_images_of_any_size_get_finer(shape, upsampling, padding):
    """Down to a single pixel, with several channels, by two and by three."""
    for factor in (2, 3):
        network = build(shape, factor, upsampling=upsampling, padding=padding, n_filters=2)
        height, width, channels = shape
        expected = (2, factor * height, factor * width, channels)
        assert network(RANDOM.random((2, *shape), dtype=np.float32)).shape == expected


@pytest.mark.numbers
@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
def test_with_periodic_padding_images_may_begin_anywhere(upsampling):
    """What is rolled comes out rolled, by as many columns times the factor."""
    periodic = build((6, 8, 2), 3, upsampling=upsampling, padding="periodic")
    zero = build((6, 8, 2), 3, upsampling=upsampling)
    zero.set_weights(periodic.get_weights())
    for columns in (1, 5):
        rolled = np.roll(IMAGES, columns, axis=2)
        expected = np.roll(periodic(IMAGES), 3 * columns, axis=2)
        np.testing.assert_allclose(periodic(rolled), expected, atol=1e-5)
        assert abs(zero(rolled) - np.roll(zero(IMAGES), 3 * columns, axis=2)).numpy().max() > 0.1


@pytest.mark.numbers
@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
def test_paddings_differ_at_the_left_and_right_edges_only(upsampling):
    """In the middle, and beyond the upper and lower edge, both see the same."""
    networks = [build((6, 40, 2), 2, upsampling=upsampling, padding=each) for each in PADDINGS]
    networks[1].set_weights(networks[0].get_weights())
    images = RANDOM.normal(size=(2, 6, 40, 2)).astype(np.float32)
    zero, periodic = (network(images).numpy() for network in networks)
    np.testing.assert_allclose(zero[:, :, 12:-12], periodic[:, :, 12:-12], atol=1e-5)
    assert abs(zero - periodic)[:, :, [0, -1]].min() > 0


@pytest.mark.numbers
@pytest.mark.parametrize("padding", PADDINGS)
def test_details_are_added_to_the_image_upsampled_bilinearly(padding):
    """Without details, pixels are the weighted means of their two neighbours, each way."""
    network = build((3, 4, 1), 2, padding=padding)
    network.set_weights([np.zeros_like(weight) for weight in network.get_weights()])
    image = RANDOM.random((3, 4), dtype=np.float32)
    sides = "edge" if padding == "zero" else "wrap"
    columns = np.pad(image, ((0, 0), (1, 1)), mode=sides)
    wide = np.empty((3, 8), np.float32)
    wide[:, ::2] = 0.75 * image + 0.25 * columns[:, :-2]
    wide[:, 1::2] = 0.75 * image + 0.25 * columns[:, 2:]
    rows = np.pad(wide, ((1, 1), (0, 0)), mode="edge")
    expected = np.empty((6, 8), np.float32)
    expected[::2] = 0.75 * wide + 0.25 * rows[:-2]
    expected[1::2] = 0.75 * wide + 0.25 * rows[2:]
    np.testing.assert_allclose(network(image[None, :, :, None])[0, :, :, 0], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("upsampling", "shape"), [("subpixel", (6, 8, 8)), ("nearest", (12, 16, 2))]
)
def test_sub_pixels_are_computed_at_the_coarse_resolution(upsampling, shape):
    """The last convolution gives all pixels of a block at once, or works at the fine one."""
    rows = models.describe(
        "super_resolution", (6, 8, 2), (12, 16, 2), upsampling=upsampling, depth=1
    )
    assert [row.output_shape for row in rows if row.kind == "Conv2D"] == [(6, 8, 32), shape]


@pytest.mark.parametrize("padding", PADDINGS)
def test_a_saved_network_comes_back(padding, tmp_path):
    """From Keras's file, which names the layers and their settings."""
    network = build((6, 8, 2), 3, padding=padding)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(IMAGES), network(IMAGES))


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
def test_a_step_of_training_changes_every_weight(upsampling, padding):
    """Gradients pass from the output to all layers in graph mode, and stay finite."""
    network = build((6, 8, 2), 2, upsampling=upsampling, padding=padding, n_filters=4)
    network.compile("adam", "mse")
    before = network.get_weights()
    network.train_on_batch(IMAGES, RANDOM.random((2, 12, 16, 2), dtype=np.float32))
    for old, new in zip(before, network.get_weights(), strict=True):
        assert np.isfinite(new).all()
        assert not np.array_equal(old, new)


@pytest.mark.numbers
def test_digits_get_finer_than_by_bilinear_interpolation():
    """Trained on some digits of half the size, it restores others with half the error."""
    fine = (load_digits().images[..., None] / 16).astype(np.float32)
    coarse = fine.reshape(-1, 4, 2, 4, 2, 1).mean(axis=(2, 4))
    network = build((4, 4, 1), 2, depth=2)
    smooth = keras.layers.UpSampling2D(interpolation="bilinear")(coarse[1000:]).numpy()
    network.compile(keras.optimizers.Adam(0.003), "mse")
    network.fit(coarse[:1000], fine[:1000], batch_size=32, epochs=5, verbose=0)
    error = network.evaluate(coarse[1000:], fine[1000:], verbose=0)
    assert error < 0.5 * np.mean((smooth - fine[1000:]) ** 2)


@pytest.mark.parametrize(
    ("output_shape", "arguments", "message"),
    [
        ((8, 8, 1), {}, r"output_shape=\(8, 8, 1\): .*, as \(16, 16, 1\) does"),
        ((16, 24, 1), {}, r"output_shape=\(16, 24, 1\): .*, as \(16, 16, 1\) does"),
        ((25, 25, 1), {}, r"output_shape=\(25, 25, 1\): .*, as \(24, 24, 1\) does"),
        ((16, 16, 3), {}, r"output_shape=\(16, 16, 3\): .* keeps the channels"),
        ((1,), {}, r"output_shape=\(1,\): .*, as \(16, 16, 1\) does"),
        ((16, 16, 1), {"n_filters": 0}, "n_filters=0: must be an integer of at least 1"),
        ((16, 16, 1), {"depth": 0}, "depth=0: must be an integer of at least 1"),
        ((16, 16, 1), {"upsampling": "cubic"}, "'cubic': must be 'subpixel', 'nearest' or 'bil"),
        ((16, 16, 1), {"padding": "same"}, "padding='same': must be 'zero' or 'periodic'"),
    ],
)
def test_arguments_out_of_range_are_refused(output_shape, arguments, message):
    """The error names the argument, its value and what it should be."""
    with pytest.raises(ValueError, match=message):
        models.build("super_resolution", (8, 8, 1), output_shape, **arguments)
