"""The denoiser: what it subtracts, what it sees, and that it removes noise."""

import keras
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from sklearn.datasets import load_digits

from kerascnn import models

RANDOM = np.random.default_rng(0)


def build(shape, **arguments):
    """Return the denoiser, with the same initial weights each time."""
    keras.utils.set_random_seed(0)
    return models.build("denoiser", shape, shape, **arguments)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 5, 2), (7, 4, 1), (28, 28, 3), (1, 1), (9, 2)])
def test_what_is_put_out_has_the_shape_of_what_is_taken(shape):
    """Images and signals of any size, down to a single value."""
    samples = RANDOM.random((2, *shape), dtype=np.float32)
    assert build(shape)(samples).shape == (2, *shape)


def test_what_the_last_convolution_makes_is_subtracted():
    """Without it, an image comes out as it is."""
    network = build((6, 6, 2), depth=3)
    noisy = RANDOM.random((3, 6, 6, 2), dtype=np.float32)
    noise = keras.Model(network.input, network.layers[-2].output)(noisy)
    np.testing.assert_array_equal(network(noisy), noisy - noise)
    last = network.layers[-2]
    last.set_weights([np.zeros_like(weight) for weight in last.get_weights()])
    np.testing.assert_array_equal(network(noisy), noisy)


@pytest.mark.numbers
@pytest.mark.parametrize("depth", [2, 4])
def test_a_pixel_is_seen_as_far_as_stated(depth):
    """One changed pixel changes the output up to `depth` pixels around it."""
    network = build((15, 15, 1), depth=depth)
    image = np.ones((1, 15, 15, 1), np.float32)
    changed = image.copy()
    changed[0, 7, 7] = 50
    difference = abs(network(changed) - network(image)).numpy()[0, :, :, 0]
    rows, columns = np.nonzero(difference > 1e-4)
    assert (rows.min(), rows.max()) == (columns.min(), columns.max()) == (7 - depth, 7 + depth)


def test_depth_counts_the_convolutions():
    """Each but the last has the filters asked for."""
    rows = models.describe("denoiser", depth=3, n_filters=7)
    kernels = [(row.kind, row.output_shape[-1]) for row in rows if row.parameters]
    assert kernels == [("Conv2D", 7), ("Conv2D", 7), ("Conv2D", 1)]


def test_a_saved_network_comes_back(tmp_path):
    """From Keras's file, which holds nothing but known layers."""
    network = build((6, 5, 2))
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    noisy = RANDOM.random((3, 6, 5, 2), dtype=np.float32)
    np.testing.assert_array_equal(loaded(noisy), network(noisy))


@pytest.mark.numbers
def test_digits_get_cleaner_than_by_the_best_gaussian_filter():
    """Trained on some, it restores others with a smaller error."""
    clean = (load_digits().images[..., None] / 16).astype(np.float32)
    noisy = (clean + RANDOM.normal(scale=0.3, size=clean.shape)).astype(np.float32)
    network = build((8, 8, 1), depth=4)
    network.compile(keras.optimizers.Adam(0.003), "mse")
    network.fit(noisy[:1000], clean[:1000], batch_size=32, epochs=4, verbose=0)
    filtered = [
        np.mean((gaussian_filter(noisy[1000:], (0, width, width, 0)) - clean[1000:]) ** 2)
        for width in np.linspace(0.1, 1.5, 15)
    ]
    assert network.evaluate(noisy[1000:], clean[1000:], verbose=0) < 0.8 * min(filtered)


@pytest.mark.parametrize(
    ("output_shape", "arguments", "message"),
    [
        ((8, 8, 3), {}, r"output_shape=\(8, 8, 3\): .* input_shape=\(8, 8, 1\)"),
        ((1,), {}, r"output_shape=\(1,\): .* puts out what it takes"),
        ((8, 8, 1), {"n_filters": 0}, "n_filters=0: must be an integer of at least 1"),
        ((8, 8, 1), {"depth": 1}, "depth=1: must be an integer of at least 2"),
    ],
)
def test_arguments_out_of_range_are_refused(output_shape, arguments, message):
    """The error names the argument, its value and what it should be."""
    with pytest.raises(ValueError, match=message):
        models.build("denoiser", (8, 8, 1), output_shape, **arguments)
