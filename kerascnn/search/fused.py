"""Trainings as lanes of fused stacks: many fits in one graph, scored as if fitted apart."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics._scorer import _BaseScorer, _MultimetricScorer, _PassthroughScorer
from sklearn.model_selection._validation import _score
from sklearn.utils.validation import _check_method_params

from kerascnn import runtime
from kerascnn.estimators import CNNClassifier, DivergenceError
from kerascnn.fusion import Lane, LaneReport, LaneState, train_lanes
from kerascnn.search.fits import Finished, Fit, Outcome, Scores, SearchTask
from kerascnn.search.store import NoStore
from kerascnn.search.trainings import Networks, Training
from kerascnn.targets import probabilities


class PredictedClassifier(ClassifierMixin, BaseEstimator):
    """A fitted classifier as far as a scorer looks: its predictions are there already.

    Args:
        task: the search's task.
        network: an initialized estimator of the same kind.
        outputs: the network's raw outputs for the samples it will be asked about.
        report: where weights and history are, for a scorer that asks for more than predictions.
    """

    def __init__(
        self, task: SearchTask, network: CNNClassifier, outputs: np.ndarray, report: LaneReport
    ) -> None:
        self.task = task
        self.network = network
        self.outputs = outputs
        self.report = report
        self.classes_ = network.classes_

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities of the samples that were predicted, (n, n_classes)."""
        if len(X) != len(self.outputs):
            return self._fitted().predict_proba(X)
        return probabilities(self.outputs, self.network.outputs_.from_logits)

    def predict(self, X: Any) -> np.ndarray:
        """Return the labels of the samples that were predicted, (n,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        """Become the fitted estimator for a scorer that asks for anything else."""
        if name.startswith("__") or "network" not in vars(self):
            raise AttributeError(name)
        return getattr(self._fitted(), name)

    def _fitted(self) -> CNNClassifier:
        training = self.report.tag
        fitted = clone(training.estimator).initialize(self.task.X, self.task.y)
        return fitted.adopt(self.report.weights, self.report.history)


def run(
    task: SearchTask,
    trainings: Sequence[Training],
    networks: Networks,
    finished: Finished,
    store: NoStore,
) -> None:
    """Train lanes of one topology, and hand the outcome of each fit to `finished` in time.

    Trainings that an earlier run had begun go on from where the store has them.
    """
    runtime.prefer_threads_for_sweep()
    first = networks.of(trainings[0])
    scoring = _Scoring(task, first, finished)
    train_lanes(
        [_lane(task, training, networks, store) for training in trainings],
        first.images(task.X),
        first.encode(task.y),
        shuffle=trainings[0].setting("shuffle"),
        want_train_outputs=task.return_train_score,
        want_weights=not _needs_predictions_only(task.scorer),
        on_report=scoring.take,
        on_state=lambda training, state: store.keep_state(training.longest, state),
    )


def _lane(task: SearchTask, training: Training, networks: Networks, store: NoStore) -> Lane:
    fit = training.longest
    weights = task.fit_params.get("sample_weight")
    labels = np.asarray(task.y)[fit.train]
    return Lane(
        model=lambda: networks.of(training).model_,
        train=fit.train,
        test=fit.test,
        epochs=max(training.fits),
        batch_size=training.setting("batch_size"),
        seed=int(training.setting("random_state")),
        report_epochs=tuple(training.fits),
        learning_rate=_learning_rate(training),
        sample_weight=training.estimator.training_weights(
            labels, None if weights is None else np.asarray(weights)[fit.train]
        ),
        state=begun(training, store),
        tag=training,
    )


def begun(training: Training, store: NoStore) -> LaneState | None:
    """Return how far an earlier run came, unless that is beyond a fit that is missing."""
    state = store.find_state(training.longest)
    return state if state and state.epoch < min(training.fits) else None


def _learning_rate(training: Training) -> float | None:
    """Return the lane's rate; None if the optimizer is an instance, which keeps its own."""
    named = isinstance(training.estimator.optimizer, str | type)
    return float(training.setting("learning_rate")) if named else None


def _needs_predictions_only(scorer: Any) -> bool:
    """Return whether a scorer is scikit-learn's own, which asks a classifier nothing else."""
    parts = scorer._scorers.values() if isinstance(scorer, _MultimetricScorer) else [scorer]
    return all(isinstance(part, _BaseScorer | _PassthroughScorer) for part in parts)


class _Scoring:
    """Turns reports of lanes into outcomes of fits."""

    def __init__(self, task: SearchTask, network: CNNClassifier, finished: Finished) -> None:
        self.task = task
        self.network = network
        self.finished = finished

    def take(self, report: LaneReport) -> None:
        """Score the fits that a report completes."""
        if report.diverged:
            self._take_divergence(report)
            return
        for fit in report.tag.fits[report.epoch]:
            self.finished(fit, self._outcome(fit, report))

    def _take_divergence(self, report: LaneReport) -> None:
        """Give `error_score` to all fits of the lane that were not completed before."""
        training = report.tag
        rate, l2 = training.setting("learning_rate"), training.setting("l2")
        error = DivergenceError(report.epoch, rate, l2, report.history)
        if self.task.error_score == "raise":
            raise error
        for epochs, fits in training.fits.items():
            for fit in fits:
                if epochs >= report.epoch:
                    self.finished(fit, self._failed(fit, report, str(error)))

    def _outcome(self, fit: Fit, report: LaneReport) -> Outcome:
        start = time.perf_counter()
        test_scores = self._scores(report.test_outputs, report, fit.test)
        score_time = time.perf_counter() - start
        train_scores = None
        if report.train_outputs is not None:
            train_scores = self._scores(report.train_outputs, report, fit.train)
        return Outcome(
            test_scores,
            train_scores,
            len(fit.test),
            report.seconds,
            score_time,
            {name: list(values) for name, values in report.history.items()},
        )

    def _failed(self, fit: Fit, report: LaneReport, error: str) -> Outcome:
        scorer, score = self.task.scorer, float(self.task.error_score)
        scores: Scores = score
        if isinstance(scorer, _MultimetricScorer):
            scores = dict.fromkeys(scorer._scorers, score)
        return Outcome(
            scores,
            scores if self.task.return_train_score else None,
            len(fit.test),
            report.seconds,
            0.0,
            {name: list(values) for name, values in report.history.items()},
            report.epoch,
            error,
        )

    def _scores(self, outputs: Any, report: LaneReport, rows: np.ndarray) -> Scores:
        task = self.task
        classifier = PredictedClassifier(task, self.network, outputs, report)
        score_params = _check_method_params(task.X, dict(task.score_params), indices=rows)
        X, y = _rows(task.X, rows), _rows(task.y, rows)
        return _score(classifier, X, y, task.scorer, score_params, task.error_score)


def _rows(data: Any, rows: np.ndarray) -> Any:
    return data.iloc[rows] if hasattr(data, "iloc") else np.asarray(data)[rows]
