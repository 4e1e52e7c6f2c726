"""One Keras fit after another: the oracle that every other engine must agree with."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier

from kerascnn.estimators.division import held_out_by
from kerascnn.internals.scikit_learn import fit_and_score, safe_split
from kerascnn.search import forecast
from kerascnn.search.engines.base import Engine, Refusals
from kerascnn.search.fits import Finished, Fit, Outcome, Scores, SearchTask
from kerascnn.search.scoring import curves, scores_on_training
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Training, candidate_estimator


class SerialEngine(Engine):
    """Fits candidates by their own `fit` in this process."""

    name = "serial"
    phrase = "one after another"

    def layout(self, trainings: Sequence[Training]) -> str:
        """Return what runs at a time."""
        return "by Keras's own fit"

    def seconds(self, trainings: Sequence[Training]) -> float:
        """Return how many seconds the fits are expected to take."""
        return forecast.fit_seconds(trainings)

    def memory(self, trainings: Sequence[Training]) -> float:
        """Return how many bytes of memory are expected to be needed."""
        return forecast.fit_bytes(trainings, workers=0)

    def run(self, trainings: Sequence[Training], finished: Finished, store: NullStore) -> Refusals:
        """Fit all, in scikit-learn's order."""
        for fit in fits_of(trainings):
            finished(fit, fit_one(self.context.task, fit))
        return Refusals()


def fits_of(trainings: Sequence[Training]) -> list[Fit]:
    """Return the fits of trainings in scikit-learn's order."""
    fits = [fit for training in trainings for same in training.fits.values() for fit in same]
    return sorted(fits, key=lambda fit: (fit.candidate, fit.split))


def fit_one(task: SearchTask, fit: Fit) -> Outcome:
    """Fit one candidate on one split with Keras, score it as scikit-learn does.

    Raises:
        Exception: whatever fitting raises, if the task's `error_score` is "raise".
    """
    result = fit_and_score(
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
        return_train_score=task.return_train_score and fit.scored is None,
        return_n_test_samples=True,
        return_times=True,
        return_estimator=True,
        error_score=task.error_score,
    )
    if task.return_train_score and fit.scored is not None:
        result["train_scores"] = _train_scores(task, fit, result)
    return _outcome(result)


def _train_scores(task: SearchTask, fit: Fit, result: Mapping[str, Any]) -> Scores:
    """Return the scores on training samples that are predicted in another form than trained on."""
    failed = result["fit_error"] is not None
    return result["test_scores"] if failed else scores_on_training(task, fit, result["estimator"])


def _validation_data(task: SearchTask, fit: Fit) -> tuple[Any, Any] | None:
    """Return the samples whose loss and accuracy become the validation curves.

    A label that the training samples lack has no output, hence no loss: such samples are scored
    as scikit-learn scores them, but left out of the curves. A candidate that splits validation
    samples off its training samples has its curves from these.
    """
    estimator = candidate_estimator(task, fit.parameters)
    if held_out_by(estimator.get_params(deep=False)):
        return None
    rows = fit.test
    if is_classifier(task.estimator):
        y = np.asarray(task.y)
        rows = rows[np.isin(y[fit.test], y[fit.train])]
    if not len(rows):
        return None
    X, y = safe_split(task.estimator, task.X, task.y, rows, fit.train)
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
        history=curves(history),
        diverged_epoch=divergence.epoch if divergence else None,
        error=result["fit_error"],
    )
