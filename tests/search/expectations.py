"""What tests of searches share: a small search, and what its results must equal."""

import keras
import numpy as np

from kerascnn import CNNClassifier, GridSearchCV
from tests.networks import tiny_cnn

GRID = {"learning_rate": [0.01, 0.1]}
ONE_SPLIT = [(np.arange(60), np.arange(60, 90))]


def classifier(model=tiny_cnn, **parameters) -> CNNClassifier:
    """Return a classifier whose fits take a moment."""
    settings = {"optimizer": "sgd", "epochs": 2, "batch_size": 16, "random_state": 3}
    return CNNClassifier(model, **{**settings, **parameters})


def linear(input_shape, n_classes, *, activation=None, l2=0.0):
    """Build a network of one layer."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Flatten(),
            keras.layers.Dense(
                n_classes, activation=activation, kernel_regularizer=keras.regularizers.L2(l2)
            ),
        ]
    )


def one_split_search(estimator, grid=None, **arguments) -> GridSearchCV:
    """Return a search of compiled lanes on one split, without a refit."""
    settings = {"cv": ONE_SPLIT, "refit": False, "engine": "compiled"}
    return GridSearchCV(estimator, grid or {"l2": [0.0]}, **{**settings, **arguments})


def columns_but_times(results) -> dict:
    """Return the columns of `cv_results_` that do not depend on the clock."""
    return {name: column for name, column in results.items() if "time" not in name}


def assert_equal_results(results, expected) -> None:
    """Hold `cv_results_` against another search's in every column but the times, bit for bit."""
    assert list(results) == list(expected)
    for name, column in columns_but_times(expected).items():
        np.testing.assert_array_equal(results[name], column, err_msg=name)


def assert_same_results(results, expected) -> None:
    """Hold `cv_results_` of stacks against a search's in every column but the times."""
    assert list(results) == list(expected)
    for name, column in columns_but_times(expected).items():
        if name.startswith("param"):
            assert list(results[name]) == list(column)
        else:
            np.testing.assert_allclose(
                np.ma.filled(results[name].astype(float), np.nan),
                np.ma.filled(column.astype(float), np.nan),
                rtol=1e-5,
                atol=1e-6,  # scores come from float32 probabilities
                err_msg=name,
            )


ASSERTIONS = {"stacks": assert_same_results, "fused": assert_same_results}


def assert_results_of(engine, results, expected) -> None:
    """Hold results against a serial search's as closely as an engine promises."""
    ASSERTIONS.get(engine, assert_equal_results)(results, expected)


def assert_equal_searches(search, oracle) -> None:
    """Hold results, learning curves and the best estimator against another search's."""
    expected = columns_but_times(oracle.cv_results_)
    for name, column in columns_but_times(search.cv_results_).items():
        np.testing.assert_array_equal(column, expected[name], err_msg=name)
    assert search.learning_curves_.equals(oracle.learning_curves_)
    if not hasattr(oracle, "best_estimator_"):
        return
    best, expected_best = search.best_estimator_, oracle.best_estimator_
    assert best.history_ == expected_best.history_
    for ours, theirs in zip(best.training_state(), expected_best.training_state(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def assert_like_serial(engine, estimator, grid, data, **arguments) -> GridSearchCV:
    """Assert that a search on one split equals the serial one; return it."""
    search, oracle = (
        one_split_search(estimator, grid, engine=each, **arguments).fit(*data)
        for each in (engine, "serial")
    )
    assert_equal_searches(search, oracle)
    return search
