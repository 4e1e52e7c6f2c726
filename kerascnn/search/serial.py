"""One Keras fit after another: the oracle that every other engine must agree with."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection._validation import _fit_and_score, _safe_split

from kerascnn import runtime
from kerascnn.search.fits import CURVES, Finished, Fit, Outcome, SearchTask


def run(task: SearchTask, fits: Sequence[Fit], finished: Finished) -> None:
    """Fit all of `fits` in this process, in order, and hand each outcome to `finished`."""
    runtime.prefer_threads_for_training()
    for fit in fits:
        finished(fit, fit_one(task, fit))


def fit_one(task: SearchTask, fit: Fit) -> Outcome:
    """Fit one candidate on one split with Keras, score it as scikit-learn does.

    Raises:
        Exception: whatever fitting raises, if the task's `error_score` is "raise".
    """
    result = _fit_and_score(
        clone(task.estimator),
        task.X,
        task.y,
        scorer=task.scorer,
        train=fit.train,
        test=fit.test,
        verbose=0,
        parameters=dict(fit.parameters),
        fit_params={**task.fit_params, "validation_data": _validation_data(task, fit)},
        score_params=dict(task.score_params),
        return_train_score=task.return_train_score,
        return_n_test_samples=True,
        return_times=True,
        return_estimator=True,
        error_score=task.error_score,
    )
    return _outcome(result)


def _validation_data(task: SearchTask, fit: Fit) -> tuple[Any, Any] | None:
    """Return the samples whose loss and accuracy become the validation curves.

    A label that the training samples lack has no output, hence no loss: such samples are scored
    as scikit-learn scores them, but left out of the curves.
    """
    y = np.asarray(task.y)
    rows = fit.test[np.isin(y[fit.test], y[fit.train])]
    if not len(rows):
        return None
    X, y = _safe_split(task.estimator, task.X, task.y, rows, fit.train)
    return X, y


def _outcome(result: Mapping[str, Any]) -> Outcome:
    estimator = result["estimator"]
    divergence = getattr(estimator, "divergence_", None)
    history = divergence.history if divergence else getattr(estimator, "history_", {})
    return Outcome(
        test_scores=result.get("test_scores", np.nan),
        train_scores=result.get("train_scores"),
        n_test_samples=result["n_test_samples"],
        fit_time=result["fit_time"],
        score_time=result["score_time"],
        history={name: history[name] for name in CURVES if name in history},
        diverged_epoch=divergence.epoch if divergence else None,
        error=result["fit_error"],
    )
