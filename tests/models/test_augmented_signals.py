"""Transformations of signals and spectrograms: what they do, how far, and only in training."""

from typing import Any

import keras
import numpy as np
import pytest

from kerascnn.models.augmented_signals import RandomGain, RandomMasks, RandomShift

RNG = np.random.default_rng(0)
SIGNALS = RNG.normal(size=(200, 40, 2)).astype(np.float32)
IMAGES = RNG.normal(size=(200, 20, 30, 1)).astype(np.float32)
LAYERS: list[tuple[Any, np.ndarray]] = [
    (RandomShift, SIGNALS),
    (RandomGain, SIGNALS),
    (RandomMasks, IMAGES),
]


def test_shifted_signals_are_moved_and_filled_with_zeros():
    """By whole samples, to both sides, all channels alike, and never further than stated."""
    shifted = RandomShift(0.25, seed=0)(SIGNALS, training=True).numpy()
    found = set()
    for before, after in zip(SIGNALS, shifted, strict=True):
        moved = {
            shift: np.pad(before, ((max(shift, 0), max(-shift, 0)), (0, 0)))
            for shift in range(-10, 11)
        }
        kept = {s: each[:40] if s >= 0 else each[-40:] for s, each in moved.items()}
        found |= {shift for shift, each in kept.items() if np.array_equal(each, after)}
        assert any(np.array_equal(each, after) for each in kept.values())
    assert found == set(range(-10, 11))


def test_gains_lie_within_the_decibels_stated():
    """20 dB are a factor of ten; each signal has its own."""
    louder = RandomGain(20.0, seed=0)(SIGNALS, training=True).numpy()
    factors = louder / SIGNALS
    np.testing.assert_allclose(factors, factors[:, :1, :1] * np.ones_like(factors), rtol=1e-4)
    decibels = 20 * np.log10(factors[:, 0, 0])
    assert -20.001 <= decibels.min() < -18
    assert 18 < decibels.max() <= 20.001


def test_masks_cover_bands_of_rows_and_columns_with_the_mean():
    """Of at most the share stated, anywhere; all else stays."""
    masked = RandomMasks(0.2, seed=0)(IMAGES, training=True).numpy()[..., 0]
    is_changed = masked != IMAGES[..., 0]
    means = IMAGES.mean(axis=(1, 2))[:, :, None] * np.ones((1, 20, 30))
    np.testing.assert_allclose(masked[is_changed], means[is_changed], rtol=1e-4, atol=1e-6)
    rows, columns = is_changed.all(axis=2), is_changed.all(axis=1)
    np.testing.assert_array_equal(is_changed, rows[:, :, None] | columns[:, None, :])
    assert set(rows.sum(axis=1)) == {0, 1, 2, 3, 4}
    assert set(columns.sum(axis=1)) == {0, 1, 2, 3, 4, 5, 6}
    for band in (*rows, *columns):
        assert np.count_nonzero(np.diff(np.flatnonzero(band)) != 1) == 0  # without a gap
    assert rows.any(axis=0).all()
    assert columns.any(axis=0).all()


@pytest.mark.parametrize(("kind", "samples"), LAYERS)
def test_nothing_is_transformed_but_in_training(kind, samples):
    """Predicting and scoring see what there is."""
    np.testing.assert_array_equal(kind(0.5)(samples), samples)


@pytest.mark.parametrize(("kind", "samples"), LAYERS)
def test_a_layer_comes_back_from_its_configuration(kind, samples):
    """With its strength and seed, and so with its draws."""
    layer = kind(0.5, seed=3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    expected = layer(samples, training=True).numpy()
    np.testing.assert_array_equal(again(samples, training=True).numpy(), expected)


@pytest.mark.parametrize("dtype", ["mixed_float16", "float32"])
def test_long_signals_are_shifted_by_any_number_of_samples(dtype):
    """Whatever a network computes in: an impulse in 100,000 samples is moved, not lost."""
    signals = np.zeros((64, 100_000, 1), np.float32)
    signals[:, 50_000] = 1
    shifted = np.asarray(RandomShift(0.1, seed=0, dtype=dtype)(signals, training=True))
    assert (shifted.sum(axis=(1, 2)) == 1).all()
    shifts = shifted[..., 0].argmax(axis=1) - 50_000
    assert abs(shifts).max() <= 10_000
    assert len(set(shifts)) > 60  # 16 bits tell steps of 4 or more apart
    assert (shifts % 2).any()


@pytest.mark.parametrize(("kind", "samples"), LAYERS)
def test_samples_keep_the_type_that_a_network_computes_in(kind, samples):
    """Draws are more exact than 16 bits, samples are not."""
    found = kind(0.5, seed=0, dtype="mixed_float16")(samples, training=True)
    assert keras.backend.standardize_dtype(found.dtype) == "float16"
