"""Predicting: no images at all, logarithms, and arguments of its own."""

import warnings
from copy import copy

import keras
import numpy as np
import pytest

from kerascnn import CNNClassifier
from tests.networks import tiny_cnn


@pytest.fixture(scope="module")
def fitted(three_digits) -> CNNClassifier:
    """Return a classifier of three labels that are texts."""
    X, y = three_digits
    return CNNClassifier(tiny_cnn, epochs=1, random_state=0).fit(X, np.array(["a", "b", "c"])[y])


@pytest.mark.parametrize("shape", [(0, 8, 8, 1), (0, 8, 8), (0, 64)])
def test_no_images_have_no_predictions(fitted, three_digits, shape):
    """Shape and dtype are those of a prediction of some images."""
    X, none = three_digits[0], np.zeros(shape, np.float32)
    for method in (fitted.predict, fitted.predict_proba, fitted.predict_log_proba):
        found, some = method(none), method(X)
        assert found.shape == (0, *some.shape[1:])
        assert found.dtype == some.dtype


def test_no_images_of_another_shape_are_refused(fitted):
    """An empty array has a shape as well."""
    with pytest.raises(ValueError, match=r"shape \(9, 9, 1\).* fitted on"):
        fitted.predict(np.zeros((0, 9, 9, 1)))


def test_no_images_for_one_output(three_digits):
    """Both columns of a single output are there."""

    def one_output(input_shape, n_classes):
        layers = [keras.Input(input_shape), keras.layers.Flatten(), keras.layers.Dense(1)]
        return keras.Sequential(layers)

    X, y = three_digits
    estimator = CNNClassifier(one_output, epochs=1).fit(X[y < 2], y[y < 2])
    assert estimator.predict_proba(X[:0]).shape == (0, 2)


def test_logarithms_are_those_of_the_probabilities(fitted, three_digits):
    """NumPy's logarithm of what `predict_proba` returns."""
    X, _ = three_digits
    assert np.array_equal(fitted.predict_log_proba(X), np.log(fitted.predict_proba(X)))


def test_the_logarithm_of_nothing_is_no_warning(fitted, three_digits):
    """Images far from all training make a probability of 0, and its logarithm -inf."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = fitted.predict_log_proba(three_digits[0] * 1e4)
    assert np.isneginf(found).any()
    assert not np.isnan(found).any()


@pytest.mark.parametrize(
    ("name", "value"),
    [("predict__batch_size", 0), ("batch_size", "a"), ("predict__verbose", "loud")],
)
def test_a_wrong_argument_set_after_training_is_told(fitted, three_digits, name, value):
    """Predicting looks at what it reads."""
    estimator = copy(fitted).set_params(**{name: value})
    with pytest.raises(ValueError, match=f"{name}={value!r} must be"):
        estimator.predict(three_digits[0])
