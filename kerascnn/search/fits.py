"""The data structures of a search: fits, what they share, and their outcomes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.internals.scikit_learn import BaseScorer, PassthroughScorer, scorers_by_name

Scores = float | dict[str, float]


@dataclass(frozen=True)
class Fit:
    """One candidate on one split.

    Attributes:
        candidate: the candidate's number, from 0: its row in `cv_results_`.
        split: the split's number, from 0.
        parameters: what the candidate sets, by parameter name.
        train: row numbers of the training samples, (n_train,) int.
        test: row numbers of the samples it is scored on, (n_test,) int.
    """

    candidate: int
    split: int
    parameters: Mapping[str, Any]
    train: np.ndarray
    test: np.ndarray


def n_samples_of(X: Any) -> int:
    """Return how many samples an array, a table or a list has."""
    return int(X.shape[0]) if hasattr(X, "shape") else len(X)


@dataclass(frozen=True)
class SearchTask:
    """What all fits of a search share.

    Attributes:
        estimator: what candidates are variations of; its `random_state` is set.
        X: all samples, indexable by row numbers.
        y: their labels or other targets, (n, …); None where there are none.
        scorer: scikit-learn's scorer, single or multi-metric.
        fit_params: further arguments of `fit`; arrays as long as X are cut per split.
        score_params: further arguments of the scorer, treated likewise.
        return_train_score: whether fits are scored on their training samples too.
        error_score: the score of a fit that failed or diverged, or "raise".
        splits_lacking_classes: the splits whose training samples do not have all labels.
    """

    estimator: CNNEstimator
    X: Any
    y: Any
    scorer: Callable[..., Any]
    fit_params: Mapping[str, Any] = field(default_factory=dict)
    score_params: Mapping[str, Any] = field(default_factory=dict)
    return_train_score: bool = False
    error_score: float | str = np.nan
    splits_lacking_classes: frozenset[int] = frozenset()

    @property
    def n_samples(self) -> int:
        """How many samples there are."""
        return n_samples_of(self.X)

    def rows_of_targets(self, rows: np.ndarray) -> np.ndarray | None:
        """Return the targets of some samples, or None where there are none."""
        return None if self.y is None else np.asarray(self.y)[rows]

    @property
    def scorer_sees_predictions_only(self) -> bool:
        """Whether the scorer is scikit-learn's own, which keeps nothing of an estimator."""
        several = list(scorers_by_name(self.scorer).values())
        return all(_is_scikit_learns(scorer) for scorer in several or [self.scorer])


def _is_scikit_learns(scorer: Any) -> bool:
    kinds = (BaseScorer, PassthroughScorer)
    return isinstance(scorer, kinds) and type(scorer).__module__.startswith("sklearn.")


@dataclass(frozen=True)
class Outcome:
    """What came of one fit.

    Attributes:
        test_scores: one number, or one per metric.
        train_scores: likewise on the training samples, if they were asked for.
        n_test_samples: the number of samples behind `test_scores`.
        fit_time: seconds of training.
        score_time: seconds of scoring on the test samples.
        history: the learning curves: metric name → one value per epoch.
        diverged_epoch: the epoch, from 1, whose loss was not finite; None if all were.
        error: the traceback of a fit that failed or diverged; None if it succeeded.
    """

    test_scores: Scores
    train_scores: Scores | None
    n_test_samples: int
    fit_time: float
    score_time: float
    history: Mapping[str, Sequence[float]]
    diverged_epoch: int | None = None
    error: str | None = None


Finished = Callable[[Fit, Outcome], None]


def enumerate_fits(
    candidates: Iterable[Mapping[str, Any]],
    splits: Sequence[tuple[np.ndarray, np.ndarray]],
    first: int = 0,
) -> list[Fit]:
    """Return every candidate on every split, in scikit-learn's order: candidates first.

    Args:
        candidates: what each sets.
        splits: row numbers of training and test samples.
        first: the first candidate's number.
    """
    return [
        Fit(number, split, parameters, np.asarray(train), np.asarray(test))
        for number, parameters in enumerate(candidates, first)
        for split, (train, test) in enumerate(splits)
    ]
