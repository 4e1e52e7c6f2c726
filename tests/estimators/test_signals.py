"""Signals: how arrays of them are read, and that they are fitted, searched, saved as images are."""

import keras
import numpy as np
import pandas as pd
import pytest

from kerascnn import CNNClassifier, GridSearchCV
from tests.networks import tiny_signal_cnn
from tests.search.expectations import assert_equal_results

RNG = np.random.default_rng(0)
Y = np.arange(40) % 2
TIMES = np.arange(64) / 64
X = np.sin(2 * np.pi * np.where(Y, 9, 3)[:, None] * TIMES).astype(np.float32)[..., None]
X = X + RNG.normal(0, 0.3, X.shape).astype(np.float32)


def classifier(model=tiny_signal_cnn, **parameters):
    """Return a classifier whose fits take a moment."""
    settings = {"epochs": 3, "batch_size": 8, "learning_rate": 0.01, "random_state": 0}
    return CNNClassifier(model, **{**settings, **parameters})


def test_signals_of_one_channel_are_recognized():
    """(n, samples, 1) are no images of one pixel's width."""
    fitted = classifier().fit(X, Y)
    assert fitted.image_shape_ == (64, 1)
    assert fitted.score(X, Y) > 0.9


@pytest.mark.parametrize("shape", [(64, 1), (32, 2)])
def test_a_model_of_signals_takes_any_number_of_channels(shape):
    """Registered as such; flat rows become signals of one channel."""
    fitted = classifier("audio_cnn_1d", epochs=1).fit(X.reshape(40, *shape), Y)
    assert fitted.image_shape_ == shape
    flat = classifier("audio_cnn_1d", epochs=1).fit(X[..., 0], Y)
    assert flat.image_shape_ == (64, 1)


def test_image_shape_settles_it_for_other_builders():
    """Two channels look like grey images of width 2 otherwise."""
    fitted = classifier(image_shape=(32, 2), epochs=1).fit(X.reshape(40, 32, 2), Y)
    assert fitted.image_shape_ == (32, 2)


def test_models_of_images_refuse_signals():
    """With the shape that they take."""
    with pytest.raises(ValueError, match=r"images of shape \(height, width, channels\)"):
        classifier("lenet5").fit(X, Y)


@pytest.mark.numbers
@pytest.mark.parametrize(
    ("dtype", "scaled"),
    [("int16", "X / 32768"), ("uint8", r"\(X - 128.0\) / 128"), ("int32", "X / ")],
)
def test_samples_of_sound_files_are_refused_until_they_are_scaled(dtype, scaled):
    """In a fit, and when a network that was fitted on floats is to predict."""
    raw = (X * 40 + 100).astype(dtype)
    with pytest.raises(ValueError, match=f"signals of dtype {dtype}.*{scaled}"):
        classifier().fit(raw, Y)
    with pytest.raises(ValueError, match=f"signals of dtype {dtype}.*{scaled}"):
        classifier().fit(X, Y).predict(raw)


def test_rows_are_signals_to_a_model_that_was_made_for_them():
    """Even if their length is a square number."""
    mel = {"model__n_fft": 16, "model__hop": 8, "model__rate": 64, "model__n_mels": 8}
    fitted = classifier("audio_cnn_2d", epochs=1, **mel).fit(X[..., 0], Y)
    assert fitted.image_shape_ == (64, 1)
    with pytest.raises(ValueError, match="makes spectrograms of signals of one channel"):
        classifier("audio_cnn_2d", **mel).fit(np.repeat(X, 2, axis=2), Y)


@pytest.mark.parametrize("engine", ["compiled", "stacks"])
def test_every_engine_takes_signals(engine):
    """To the last bit; stacks to rounding."""
    grid = {"learning_rate": [0.01, 0.001]}
    search = GridSearchCV(classifier(), grid, cv=2, n_jobs=2, engine=engine).fit(X, Y)
    serial = GridSearchCV(classifier(), grid, cv=2, engine="serial").fit(X, Y)
    if engine == "stacks":
        np.testing.assert_allclose(
            search.cv_results_["mean_test_score"], serial.cv_results_["mean_test_score"], atol=0.051
        )
        return
    assert_equal_results(search.cv_results_, serial.cv_results_)
    pd.testing.assert_frame_equal(search.learning_curves_, serial.learning_curves_)


@pytest.mark.numbers
def test_spectrograms_within_a_network_are_compiled_exactly():
    """And their parameters can be swept."""
    grid = {"model__n_mels": [4, 8]}
    mel = {"model__n_fft": 16, "model__hop": 8, "model__rate": 64}
    searches = [
        GridSearchCV(classifier("audio_cnn_2d", epochs=1, **mel), grid, cv=2, engine=engine)
        for engine in ("compiled", "serial")
    ]
    compiled, serial = (search.fit(X, Y) for search in searches)
    assert_equal_results(compiled.cv_results_, serial.cv_results_)
    np.testing.assert_array_equal(compiled.predict_proba(X), serial.predict_proba(X))


@pytest.mark.numbers
def test_spectrograms_are_computed_once_with_the_networks_own_numbers():
    """With a callback, which could look into it, the whole network is trained: to equal bits."""
    mel = {"model__n_fft": 16, "model__hop": 8, "model__rate": 64, "model__n_mels": 8}
    once = classifier("audio_cnn_2d", **mel).fit(X, Y)
    assert once.trained_part(len(X)).frozen is not None
    callback = keras.callbacks.Callback()
    whole = classifier("audio_cnn_2d", callbacks=[callback], **mel).fit(X, Y)
    assert once.history_ == whole.history_
    for one, other in zip(once.model_.get_weights(), whole.model_.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_signals_come_back_from_files(tmp_path):
    """With their shape."""
    fitted = classifier().fit(X, Y)
    fitted.save(tmp_path / "signals.kerascnn")
    loaded = CNNClassifier.load(tmp_path / "signals.kerascnn")
    np.testing.assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))


def test_samples_that_are_not_numbers_are_named():
    """Before anything is built."""
    broken = X.copy()
    broken[7, 3] = np.nan
    with pytest.raises(ValueError, match=r"X\[7\] contains NaN"):
        classifier().fit(broken, Y)
