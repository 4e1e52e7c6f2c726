"""Tests of candidates against the best one, and the simplest of those that are as good.

Scores of one split are alike in what makes them better or worse for all candidates, and training
parts of different splits share samples. So candidates are compared split by split, and the variance
of their differences is corrected for what the training parts share: C. Nadeau and Y. Bengio (2003),
"Inference for the generalization error", Machine Learning 52. All of it is about the scores that
chose the best candidate, never about a test split.
"""

from collections.abc import Sequence
from math import hypot, sqrt

import numpy as np

from kerascnn.results.simplicity import complexity_of
from kerascnn.results.sweep_data import Sweep
from kerascnn.utils.formatting import plural

LEVEL = 0.05
# Scores that differ by less than this share of them differ by rounding.
ROUNDING = 1e-12


def best_candidate(results: Sweep, metric: str) -> int:
    """Return the candidate with the highest mean of a metric on the splits.

    Of a halving search, the highest of the last rung; of equal ones, the chosen one, else the
    first. A search whose `refit` is a function may have chosen another one.
    """
    means = np.where(compared(results), _means(results, metric), np.nan)
    if not np.isfinite(means).any():
        return results.best_index
    best = int(np.nanargmax(means))
    return results.best_index if means[results.best_index] == means[best] else best


def passed_over(results: Sweep) -> int | None:
    """Return the candidate with the highest score, if a `refit` function chose another one."""
    best = best_candidate(results, results.metric)
    return None if best == results.best_index else best


def compared(results: Sweep) -> np.ndarray:
    """Return which candidates can be compared, (n_candidates,) bool.

    All of them; of a halving search only those of the last rung, since others had less of the
    resource.
    """
    chosen = np.ones(len(results.params), bool)
    if results.rungs:
        chosen[:] = False
        chosen[results.rungs[-1].rows] = True
    return chosen


def split_differences(results: Sweep, metric: str) -> np.ndarray:
    """Return each candidate's score less the best one's, split by split.

    Returns:
        (n_candidates, n_splits) float; NaN where either has no score.
    """
    splits = _split_scores(results, metric)
    best = splits[best_candidate(results, metric)]
    differences: np.ndarray = splits - best
    return np.where(np.abs(differences) <= ROUNDING * np.abs(best), 0.0, differences)


def corrected_p_values(results: Sweep, metric: str) -> np.ndarray:
    """Test every candidate against the best by the corrected resampled t-test, two-sided.

    Each comparison stands by itself: with many candidates, and a best one that is the best by
    choice, p-values are smaller than they should be if anything.

    Returns:
        (n_candidates,) float, from 0 to 1, and 1 for the best itself. NaN where there is no test:
        for candidates without a score on some split (diverged or failed), of earlier rungs of a
        halving search, and for all but the best if there is one split.
    """
    differences = split_differences(results, metric)
    best = best_candidate(results, metric)
    p_values = p_values_of(differences, test_train_ratio(results))
    p_values[~compared(results)] = np.nan
    p_values[best] = 1.0 if np.isfinite(differences[best]).all() else np.nan
    return p_values


def p_values_of(differences: np.ndarray, ratio: float) -> np.ndarray:
    """Return the two-sided p-values of the corrected resampled t-test.

    Args:
        differences: of scores on the same splits, (n, n_splits).
        ratio: how many test samples there are to each training sample of a split.

    Returns:
        (n,) float. Differences that are the same on all splits have 0, or 1 if there are none;
        NaN where a difference is, or there is one split.
    """
    from scipy.special import stdtr  # with the first test: it takes half a second to import

    n_splits = differences.shape[1]
    if n_splits < 2:
        return np.full(len(differences), np.nan)
    mean = differences.mean(axis=1)
    scale = np.sqrt((1 / n_splits + ratio) * differences.var(axis=1, ddof=1))
    constant = scale == 0
    statistic = np.abs(mean) / np.where(constant, 1.0, scale)
    # The lower tail of Student's distribution, twice.
    p_values: np.ndarray = 2 * stdtr(n_splits - 1, -statistic)
    return np.where(constant, np.where(mean == 0, 1.0, 0.0), p_values)


def indistinguishable(results: Sweep, metric: str, level: float = LEVEL) -> np.ndarray:
    """Return which candidates the test cannot tell from the best, (n_candidates,) bool.

    The best is one of them; those that cannot be tested are not, see `corrected_p_values`.

    Args:
        results: of the sweep.
        metric: whose scores are compared.
        level: a candidate with a smaller p-value is told from the best, in (0, 1).

    Raises:
        ValueError: if the level is no such number.
    """
    if not 0 < level < 1:
        raise ValueError(f"level={level!r} must lie between 0 and 1, such as {LEVEL}")
    p_values = corrected_p_values(results, metric)
    return np.isfinite(p_values) & (np.nan_to_num(p_values) >= level)


def test_train_ratio(results: Sweep) -> float:
    """Return how many test samples there are to each training sample of a split.

    Where the search has not said so, splits are taken for those of k folds: 1 / (k − 1).
    """
    if results.test_train_ratio is not None:
        return results.test_train_ratio
    return 1 / max(1, results.n_splits - 1)


test_train_ratio.__test__ = False  # type: ignore[attr-defined]  # or pytest would call it


def difference_of(
    one: np.ndarray, other: np.ndarray, ratio: float, other_ratio: float, paired: bool
) -> tuple[float, float]:
    """Return by how much scores differ, and the standard error of that.

    The variance over splits is corrected for the training samples that they share, as in the test.

    Args:
        one: scores on splits, (n_splits,).
        other: those that are compared with them, (n_other_splits,).
        ratio: how many test samples there are to each training sample.
        other_ratio: likewise for the others.
        paired: whether both are on the same splits.

    Returns:
        Both NaN if a score is; the error NaN for one split.
    """
    mean = float(other.mean() - one.mean())
    if min(len(one), len(other)) < 2:
        return mean, float("nan")
    if paired:
        return mean, sqrt((1 / len(one) + ratio) * float((other - one).var(ddof=1)))
    parts = ((one, ratio), (other, other_ratio))
    return mean, hypot(*(sqrt((1 / len(own) + r) * float(own.var(ddof=1))) for own, r in parts))


def standard_error(results: Sweep, metric: str) -> float:
    """Return the standard error of the best candidate's mean; NaN for one split."""
    scores = _split_scores(results, metric)[best_candidate(results, metric)]
    return float(scores.std(ddof=1) / np.sqrt(len(scores))) if len(scores) > 1 else np.nan


def simplest_candidate(
    results: Sweep, metric: str, complexity: Sequence[float] | None = None
) -> int | None:
    """Return the simplest candidate whose mean is within one standard error of the best one's.

    The rule is that of L. Breiman, J. Friedman, R. Olshen and C. Stone (1984), "Classification and
    regression trees". scikit-learn's `refit` takes a function that does so, too.

    Args:
        results: of the sweep.
        metric: whose scores are compared.
        complexity: how complex each candidate is, (n_candidates,); None for what the results say,
            or else what is known of the names of their parameters, see
            `kerascnn.results.simplicity`.

    Returns:
        Of equally simple ones the better, then the first. None if nothing is known of what is
        simple, or the standard error is not (one split, or a best candidate without a score).

    Raises:
        ValueError: if there is not one number for each candidate.
    """
    given = results.complexity if complexity is None else complexity
    orders = complexity_of(results.settings) if given is None else np.asarray(given, float)
    if orders is None:
        return None
    if orders.shape != (len(results.params),):
        raise ValueError(
            f"complexity has the shape {orders.shape}: give a number for each of "
            f"{plural(len(results.params), 'candidate')}"
        )
    means, error = _means(results, metric), standard_error(results, metric)
    lowest = means[best_candidate(results, metric)] - error
    near = np.flatnonzero(compared(results) & (means >= lowest))
    if not np.isfinite(lowest) or len(near) == 0:
        return None
    return int(near[np.lexsort((-means[near], orders[near]))[0]])


def told_apart_label(results: Sweep, metric: str, level: float = LEVEL) -> str:
    """Say how many candidates cannot be told from the best: "4 of 49 cannot be told apart …"."""
    n_compared, folds = int(compared(results).sum()), plural(results.n_splits, "fold")
    if results.n_splits == 0:  # a table of means
        return ""
    if results.n_splits == 1:
        return "one split cannot tell candidates apart"
    alike = int(indistinguishable(results, metric, level).sum())
    where = " in the last rung" if results.rungs else ""
    if n_compared < 2 or alike == 0:
        return ""
    if alike == 1:
        return f"the best of {n_compared:,}{where} is told from all others on {folds}"
    return f"{alike:,} of {n_compared:,}{where} cannot be told apart on {folds}"


def _means(results: Sweep, metric: str) -> np.ndarray:
    return results.scores_of("test", metric).mean


def _split_scores(results: Sweep, metric: str) -> np.ndarray:
    return results.scores_of("test", metric).splits
