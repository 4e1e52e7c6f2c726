"""Transfer learning in a search: equal to separate fits to the last bit, features computed once."""

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers

from kerascnn import CNNClassifier, GridSearchCV
from kerascnn.training.frozen import FrozenFront
from tests.search.expectations import assert_equal_results

pytestmark = pytest.mark.numbers

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (42, 18, 18, 3), dtype=np.uint8)
Y = np.arange(42) % 3


def with_batch_norm(input_shape, n_classes):
    """Build a network whose frozen part can go wrong: batch normalization and dropout."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(4, 3, name="first"),
            layers.BatchNormalization(name="first_norm"),
            layers.ReLU(),
            layers.MaxPooling2D(2),
            layers.Conv2D(6, 3, activation="relu", name="second"),
            layers.Flatten(),
            layers.Dense(8, activation="relu", name="hidden"),
            layers.Dropout(0.3),
            layers.Dense(n_classes),
        ]
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Return the file of a network that was trained on five classes."""
    path = tmp_path_factory.mktemp("transfer") / "five.kerascnn"
    labels = np.arange(42) % 5
    CNNClassifier(with_batch_norm, epochs=2, random_state=1).fit(X, labels).save(path)
    return str(path)


def search_of(grid, **arguments):
    """Return a search over a network that is not built by `model`."""
    estimator = CNNClassifier(epochs=3, batch_size=8, random_state=0)
    return GridSearchCV(estimator, grid, cv=3, n_jobs=2, return_train_score=True, **arguments)


def assert_alike(one, other):
    """Hold two fitted searches against each other, to the last bit."""
    assert_equal_results(one.cv_results_, other.cv_results_)
    pd.testing.assert_frame_equal(one.learning_curves_, other.learning_curves_)
    weights = [search.best_estimator_.model_.get_weights() for search in (one, other)]
    for mine, theirs in zip(*weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def strategies(file):
    """Return the grid of all strategies, and training from scratch."""
    return [
        {"pretrained": [file], "trainable": ["head"], "l2": [0.0, 0.1]},
        {
            "pretrained": [file],
            "trainable": ["top", "all", "second*", ["first", "hidden"]],
            "backbone_learning_rate": [1e-3, None],
        },
        {"model": [with_batch_norm]},
    ]


@pytest.mark.parametrize("engine", ["compiled", "processes"])
def test_engines_equal_separate_fits(engine, file):
    """For every strategy, beside training from scratch."""
    alike = search_of(strategies(file), engine=engine).fit(X, Y)
    assert_alike(alike, search_of(strategies(file), engine="serial").fit(X, Y))
