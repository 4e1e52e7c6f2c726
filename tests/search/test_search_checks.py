"""Wrong arguments of a search give one clear error before anything is trained."""

import re

import numpy as np
import pytest

from kerascnn import CNNClassifier, GridSearchCV

WRONG = {
    "engine": ({}, {"engine": "fusedd"}, "engine='fusedd' is unknown"),
    "parameter": ({"learnin_rate": [0.1]}, {}, "did you mean 'learning_rate'"),
    "model": ({"model": ["digits_cn"]}, {}, "did you mean 'digits_cnn'"),
    "builder argument": ({"model__n_filter": [3]}, {}, "did you mean 'model__n_filters'"),
    "learning rate": ({"learning_rate": [0.1, -1]}, {}, "learning_rate=-1"),
    "batch size": ({"batch_size": [16, 0]}, {}, "batch_size=0"),
    "empty grid": ({"l2": []}, {}, "l2"),
    "folds": ({}, {"cv": 40}, "cv=40"),
}


@pytest.fixture
def never_trained(monkeypatch) -> None:
    """Fail the test if anything is trained."""

    def fit(*arguments, **parameters) -> None:
        pytest.fail("something was trained before the error")

    monkeypatch.setattr(CNNClassifier, "fit", fit)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_argument_is_named_before_training(wrong, three_digits, never_trained):
    """The error names the argument and its value, or the name that was meant."""
    grid, arguments, message = WRONG[wrong]
    with pytest.raises(ValueError, match=re.escape(message)):
        GridSearchCV(CNNClassifier(), grid, **arguments).fit(*three_digits)


def test_pixels_that_are_not_finite_are_named_before_training(three_digits, never_trained):
    """A NaN pixel is an error of the data, not of a fit."""
    X, y = three_digits[0].copy(), three_digits[1]
    X[7, 2, 3, 0] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        GridSearchCV(CNNClassifier(), {"l2": [0.1]}).fit(X, y)


def test_images_and_labels_of_different_length_are_an_error(three_digits, never_trained):
    """X and y must be equally long."""
    X, y = three_digits
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        GridSearchCV(CNNClassifier(), {"l2": [0.1]}).fit(X, y[:-1])
