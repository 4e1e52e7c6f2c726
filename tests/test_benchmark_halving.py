"""The arithmetic of the benchmark of halving; nothing is trained or timed."""

import numpy as np
import pytest
from scipy import stats

from benchmarks.halving import Found, compared, p_value

FULL = np.array([[0.9, 0.91, 0.92, 0.9, 0.91], [0.9, 0.92, 0.91, 0.9, 0.9], [0.1] * 5])


def found(best: int, seconds: float) -> Found:
    """Return a search over three settings."""
    return Found(seconds, [{"l2": 0.0}, {"l2": 0.1}, {"l2": 1.0}], FULL, best)


def test_the_variance_of_folds_is_corrected_for_their_overlap():
    """Without the correction, 1/5 in place of 1/5 + 1/4, the test is SciPy's paired t-test."""
    one, other = FULL[0], FULL[1]
    plain = stats.ttest_rel(one, other)
    corrected = plain.statistic * np.sqrt((1 / 5) / (1 / 5 + 1 / 4))
    assert p_value(one, other) == pytest.approx(2 * stats.t.sf(abs(corrected), 4))


def test_candidates_that_are_told_apart_are_not_found():
    """A near tie counts as found, another candidate does not; times are set in proportion."""
    full = found(best=0, seconds=30.0)
    assert compared(0, full, found(best=0, seconds=6.0))["same candidate"]
    near, far = (compared(0, full, found(best, 6.0)) for best in (1, 2))
    assert near["found"]
    assert not near["same candidate"]
    assert not far["found"]
    assert near["part of the time"] == 0.2
