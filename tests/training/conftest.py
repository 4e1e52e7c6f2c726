"""What tests of training share."""

from collections.abc import Callable

import numpy as np
import pytest

from kerascnn import environment
from tests.training.ways import BothWays

environment.prefer_threads_for_sweep()


@pytest.fixture(scope="session")
def both_ways() -> BothWays:
    """70 random coloured images of 12×12 pixels of three classes."""
    generator = np.random.default_rng(0)
    X = generator.random((70, 12, 12, 3), dtype=np.float32)
    return BothWays(X, np.arange(70) % 3)


@pytest.fixture(scope="session")
def assert_equal_to_the_bit(both_ways) -> Callable[..., None]:
    """Assert that a classifier's training is the same compiled, to the last bit."""

    def check(classifier, *before, sample_weight=None, ways=both_ways):
        expected = ways.by_fit(classifier, sample_weight)
        found = ways.compiled(*before, classifier, sample_weight=sample_weight)
        for ours, keras_own in zip(found[0], expected[0], strict=True):
            np.testing.assert_array_equal(ours, keras_own)
        assert found[1] == expected[1]
        np.testing.assert_array_equal(found[2], expected[2])

    return check
