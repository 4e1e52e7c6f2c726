"""Predictions on a test split, held against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix

from kerascnn.report import Expected, Predictions


@pytest.fixture
def many():
    """A thousand predictions for seven classes, none of them of class 6."""
    generator = np.random.default_rng(3)
    y_true, y_pred = generator.integers(0, 6, (2, 1000))
    names = tuple("abcdefg")
    return Predictions(y_true, y_pred, generator.random(1000), np.zeros((1000, 1, 1, 1)), names)


def test_the_accuracy_is_scikit_learns(many):
    """The share of right predictions."""
    assert many.accuracy == accuracy_score(many.y_true, many.y_pred)


def test_the_confusion_matrix_is_scikit_learns(many):
    """True classes down, with a row for a class that never occurs."""
    expected = confusion_matrix(many.y_true, many.y_pred, labels=range(7))
    np.testing.assert_array_equal(many.confusion_matrix(), expected)


def test_the_standard_error_is_the_binomial_one(predictions):
    """4 of 6 right: the spread of means of ones and zeros."""
    right = predictions.y_true == predictions.y_pred
    assert predictions.standard_error == pytest.approx(right.std() / np.sqrt(6))


def test_the_most_confident_mistake_comes_first(predictions):
    """Right predictions are no mistakes, however confident."""
    assert predictions.worst_mistakes().tolist() == [4, 3]


@pytest.mark.parametrize(
    ("accuracy", "verdict"),
    [
        (0.72, "as expected"),
        (0.85, "0.150 above the expected figure"),
        (0.5, "0.200 below the expected figure"),
    ],
)
def test_the_verdict_compares_with_the_expected_figure(accuracy, verdict):
    """Within the spread is as expected."""
    assert Expected(0.7, 0.05).verdict(accuracy) == verdict
