"""scikit-learn's own checks of an estimator."""

from typing import Any

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from kerascnn import CNNClassifier, CNNRegressor, ConvAutoencoder

EXPECTED_FAILURES = {
    "check_estimator_tags_renamed": (
        "scikeras's base class still defines `_more_tags`, which scikit-learn no longer calls; "
        "ours define `__sklearn_tags__`"
    ),
    "check_sample_weight_equivalence_on_dense_data": (
        "training goes in small batches, and repeating a sample changes which samples share one"
    ),
}


@pytest.fixture(autouse=True)
def _seeded_numpy() -> None:
    """Let the checks, some of which draw from NumPy's global state, ask the same every time."""
    np.random.seed(0)


@pytest.mark.filterwarnings("ignore:X has .* features, which is not a square number:UserWarning")
@parametrize_with_checks(
    [
        CNNClassifier(optimizer="sgd", learning_rate=0.5, epochs=10, batch_size=100),
        CNNRegressor(learning_rate=0.01, batch_size=100),
        ConvAutoencoder(n_codes=2, epochs=2, batch_size=100),
    ],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
)
def test_scikit_learn_check(estimator: Any, check: Any) -> None:
    """Our estimators keep scikit-learn's contract."""
    check(estimator)
