"""What tests of searches share: a small search, and what its results must equal."""

import numpy as np

from kerascnn import CNNClassifier
from tests.networks import tiny_cnn

GRID = {"learning_rate": [0.01, 0.1]}


def classifier(**parameters) -> CNNClassifier:
    """Return a classifier whose fits take a moment."""
    settings = {"optimizer": "sgd", "epochs": 2, "batch_size": 16, "random_state": 3}
    return CNNClassifier(tiny_cnn, **{**settings, **parameters})


def columns_but_times(results) -> dict:
    """Return the columns of `cv_results_` that do not depend on the clock."""
    return {name: column for name, column in results.items() if "time" not in name}


def assert_same_results(results, expected) -> None:
    """Hold `cv_results_` against scikit-learn's in every column but the times."""
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
