"""Scores of fits that an engine trained as lanes, as scikit-learn's search scores its own fits."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.internals.scikit_learn import (
    check_method_params,
    safe_split,
    score,
    scorers_by_name,
)
from kerascnn.search.fits import Fit, Outcome, Scores, SearchTask
from kerascnn.search.trainings import Training, candidate_estimator
from kerascnn.training.loop import DivergenceError

History = Mapping[str, Sequence[float]]
Rows = Sequence[tuple[np.ndarray, np.ndarray | None]]
GiveNetwork = Callable[[CNNEstimator], CNNEstimator]


class KnownOutputs:
    """A network's outputs for the very arrays that a fit is scored on.

    Args:
        rows: row numbers of samples, and the outputs for them, (n, outputs).
        network: gives the estimator a network to predict anything else with.
    """

    def __init__(self, estimator: CNNEstimator, rows: Rows, network: GiveNetwork) -> None:
        self._estimator = estimator
        self._rows = rows
        self._network = network
        self._arrays: list[tuple[Any, np.ndarray]] = []

    def expect(self, X: Any, rows: np.ndarray) -> None:
        """Note that an array holds the samples of these rows."""
        self._arrays += [
            (X, found) for known, found in self._rows if known is rows and found is not None
        ]

    def __call__(self, X: Any) -> np.ndarray:
        """Return the outputs for X, as an estimator asks its network for them."""
        for known, outputs in self._arrays:
            if known is X:
                return outputs.copy()  # a metric may change what it is given
        del self._estimator._predict_raw  # from here on the network answers
        return self._network(self._estimator)._predict_raw(X)


def with_outputs(estimator: CNNEstimator, rows: Rows, network: GiveNetwork) -> CNNEstimator:
    """Return an estimator that knows its network's outputs for a fit's samples.

    Only for scorers that ask for predictions and change nothing, see `KnownOutputs`.
    """
    estimator.history_ = {}
    estimator.__dict__["_predict_raw"] = KnownOutputs(estimator, rows, network)
    return estimator


@dataclass(frozen=True)
class Trained:
    """What a training came to.

    Attributes:
        epoch: how many epochs were trained.
        seconds: the time that took.
        history: what was recorded.
    """

    epoch: int
    seconds: float
    history: History


def score_fit(task: SearchTask, fit: Fit, estimator: CNNEstimator, trained: Trained) -> Outcome:
    """Return the outcome of a finished fit, scored by its fitted estimator."""
    started = time.perf_counter()
    test_scores = _scores(task, estimator, fit.test, fit.train)
    score_time = time.perf_counter() - started
    train_scores = None
    if task.return_train_score:
        train_scores = scores_on_training(task, fit, estimator)
    history, n_test = curves(trained.history), len(fit.test)
    return Outcome(test_scores, train_scores, n_test, trained.seconds, score_time, history)


def scores_on_training(task: SearchTask, fit: Fit, estimator: CNNEstimator) -> Scores:
    """Return the scores of a fitted estimator on the fit's training samples."""
    return _scores(task, estimator, fit.train_scored, None)


def failed(
    task: SearchTask, fit: Fit, trained: Trained, error: str, diverged_epoch: int | None
) -> Outcome:
    """Return the outcome of a fit that diverged or failed: `error_score`."""
    value = float(task.error_score)
    scores: Scores = value
    if several := scorers_by_name(task.scorer):
        scores = dict.fromkeys(several, value)
    train_scores = scores if task.return_train_score else None
    history, n_test = curves(trained.history), len(fit.test)
    return Outcome(
        scores, train_scores, n_test, trained.seconds, 0.0, history, diverged_epoch, error
    )


def divergence(training: Training, trained: Trained) -> DivergenceError:
    """Return the error that `fit` raises for a training that diverged."""
    rate, l2 = training.setting("learning_rate"), training.setting("l2")
    history = {name: list(values) for name, values in trained.history.items()}
    return DivergenceError(trained.epoch, rate, l2, history)


def fitted_estimator(task: SearchTask, fit: Fit, read: CNNEstimator) -> CNNEstimator:
    """Return the estimator of a fit as it is once it has read the data; without a network.

    Args:
        task: the search's task.
        fit: whose parameters it has.
        read: an initialized estimator of the same candidate.
    """
    estimator = candidate_estimator(task, fit.parameters)
    learnt = {name: value for name, value in vars(read).items() if name not in vars(estimator)}
    estimator.__dict__.update(learnt)
    return estimator


def curves(history: History) -> dict[str, list[float]]:
    """Return the learning curves: all that is one number an epoch, as no metric per class is."""
    return {
        name: list(values)
        for name, values in history.items()
        if not any(np.ndim(value) for value in values)
    }


def _scores(
    task: SearchTask, estimator: CNNEstimator, rows: np.ndarray, train: np.ndarray | None
) -> Scores:
    X, y = safe_split(task.estimator, task.X, task.y, rows, train)
    if expect := getattr(vars(estimator).get("_predict_raw"), "expect", None):
        expect(X, rows)
    params = check_method_params(task.X, params=dict(task.score_params), indices=rows)
    return score(estimator, X, y, task.scorer, params, task.error_score)
