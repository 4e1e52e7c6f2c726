"""Data that tests share."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

import kerascnn  # noqa: F401  (settles TensorFlow's environment before any test imports it)

# Plain results, for the tests of results and for those of reports.
pytest_plugins = ["tests.results.fixtures"]


@pytest.fixture(scope="session")
def three_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return 90 real 8×8 images of the digits 0, 1 and 2, float32 (n, 8, 8, 1), and labels."""
    digits = load_digits()
    rows = np.flatnonzero(digits.target < 3)[:90]
    return digits.images[rows, :, :, None].astype(np.float32) / 16, digits.target[rows]
