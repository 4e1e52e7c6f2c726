"""The regression CNN: outputs of any shape from images and signals of any size."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from kerascnn import models

RANDOM = np.random.default_rng(0)
INPUTS = [(1, 1, 1), (1, 2, 1), (10, 1, 1), (3, 4, 2), (5, 7, 1), (28, 28, 3), (1, 1), (9, 4)]
OUTPUTS = [(1,), (4,), (3, 5, 2), (6, 1)]


def build(input_shape, output_shape, **arguments):
    """Return the regression CNN, with the same initial weights each time."""
    keras.utils.set_random_seed(0)
    return models.build("regression_cnn", input_shape, output_shape, **arguments)


@pytest.mark.parametrize("output_shape", OUTPUTS)
@pytest.mark.parametrize("input_shape", INPUTS)
def test_any_shape_is_made_of_any_size(input_shape, output_shape):
    """Numbers, images and signals from images and signals, down to a single value."""
    network = build(input_shape, output_shape)
    samples = RANDOM.random((2, *input_shape), dtype=np.float32)
    assert network(samples).shape == (2, *output_shape)


@pytest.mark.parametrize(
    ("input_shape", "pooled"),
    [
        ((3, 3, 1), (3, 3)),
        ((4, 3, 1), (2, 3)),
        ((1, 10, 1), (1, 5)),
        ((3, 1), (3,)),
        ((9, 1), (4,)),
    ],
)
def test_short_axes_are_not_pooled(input_shape, pooled):
    """Only an axis of at least four pixels is halved."""
    rows = models.describe("regression_cnn", input_shape)
    assert next(row.output_shape[:-1] for row in rows if "Pooling" in row.kind) == pooled


def test_images_are_put_out_row_by_row():
    """They are the numbers of the last dense layer, laid out as NumPy does."""
    network = build((6, 6, 1), (2, 3, 4))
    before = keras.Model(network.inputs[0], network.layers[-2].output)
    samples = RANDOM.random((5, 6, 6, 1), dtype=np.float32)
    np.testing.assert_array_equal(network(samples), before(samples).numpy().reshape(5, 2, 3, 4))


@pytest.mark.parametrize(("input_shape", "output_shape"), [((6, 5, 2), (3, 3, 1)), ((7, 1), (2,))])
def test_a_saved_network_comes_back(input_shape, output_shape, tmp_path):
    """From Keras's file, which holds nothing but known layers."""
    network = build(input_shape, output_shape)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    samples = RANDOM.random((3, *input_shape), dtype=np.float32)
    np.testing.assert_array_equal(loaded(samples), network(samples))


def test_a_step_of_training_changes_every_weight():
    """Gradients pass from the outputs to all layers in graph mode, and stay finite."""
    network = build((9, 6, 2), (2,))
    network.compile("adam", "mse")
    before = network.get_weights()
    network.train_on_batch(RANDOM.random((16, 9, 6, 2)), RANDOM.random((16, 2)))
    for old, new in zip(before, network.get_weights(), strict=True):
        assert np.isfinite(new).all()
        assert not np.array_equal(old, new)


@pytest.mark.numbers
def test_a_table_seen_as_a_row_of_pixels_is_learned():
    """Ten standardized features tell more of diabetes than any mean does."""
    features, target = load_diabetes(return_X_y=True)
    features = (features / features.std(axis=0))[:, None, :, None].astype(np.float32)
    target = ((target - target.mean()) / target.std())[:, None].astype(np.float32)
    network = build((1, 10, 1), (1,))
    network.compile(keras.optimizers.Adam(0.01), "mse")
    network.fit(features, target, batch_size=32, epochs=20, verbose=0)
    assert network.evaluate(features, target, verbose=0) < 0.45


@pytest.mark.parametrize("name", ["n_filters", "n_hidden"])
def test_arguments_out_of_range_are_refused(name):
    """The error names the argument, its value and what it should be."""
    with pytest.raises(ValueError, match=f"{name}=0: must be an integer of at least 1"):
        build((8, 8, 1), (1,), **{name: 0})
