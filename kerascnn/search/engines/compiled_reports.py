"""The outcomes of fits that compiled lanes have trained, each scored by a fitted estimator."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.estimators.trained_part import TrainedPart
from kerascnn.search import scoring
from kerascnn.search.engines import lanes
from kerascnn.search.engines.base import SearchContext
from kerascnn.search.engines.shared_arrays import SharedArrays
from kerascnn.search.fits import Finished, Fit
from kerascnn.training.compiled import CompiledNetwork
from kerascnn.training.lane import LaneReport


class CompiledReports:
    """Turns reports of lanes into outcomes of fits."""

    def __init__(self, context: SearchContext, arrays: SharedArrays, finished: Finished) -> None:
        self._context = context
        self._arrays = arrays
        self._outcomes = lanes.LaneOutcomes(context.task, finished)

    def take(self, report: LaneReport) -> None:
        """Score the fits that a report completes."""
        training = report.tag
        trained = scoring.Trained(report.epoch, report.seconds, report.history)
        if report.error is not None:
            self._outcomes.failed(training, trained, report.error, report.reported + 1)
        elif report.diverged:
            self._outcomes.diverged(training, trained)
        else:
            fits = training.fits.get(report.epoch) or training.fits[max(training.fits)]
            self._outcomes.succeeded(fits, partial(self._fitted, report), trained)

    def _fitted(self, report: LaneReport, fit: Fit) -> CNNEstimator:
        """Return the fitted estimator: with a network of its own for a scorer that may keep it."""
        training, task = report.tag, self._context.task
        read, part = self._context.read(training), self._context.part(training)
        estimator = scoring.fitted_estimator(task, fit, read)
        _give_callbacks(estimator, report.owner)
        network = report.network
        assert network is not None  # or the lane had failed
        if not lanes.sees_predictions_only(training, task):
            estimator.initialize_like(read)
            state = part.whole_state(read.model_, network.state())
            return estimator.adopt_state(state, report.history)
        estimator.model_ = network.model
        estimator.history_ = dict(report.history)
        settings = estimator.get_params(deep=False)
        size = settings.get("predict__batch_size", settings["batch_size"])
        inputs = _Inputs(estimator, part, self._arrays.inputs(read, part))
        estimator.__dict__["_predict_raw"] = _Predictions(network, inputs, size)
        return estimator


@dataclass
class _Inputs:
    """What a network's part takes for the samples of a search, and for any others.

    Attributes:
        estimator: knows how to read images.
        part: the part.
        of_all: its inputs for all samples.
    """

    estimator: CNNEstimator
    part: TrainedPart
    of_all: tf.Tensor
    _known: list[tuple[Any, np.ndarray]] = field(default_factory=list)

    def expect(self, X: Any, rows: np.ndarray) -> None:
        """Note that an array holds the samples of these rows."""
        self._known.append((X, rows))

    def __call__(self, X: Any) -> np.ndarray:
        for known, rows in self._known if self.part.frozen else ():
            if known is X:
                return self.of_all.numpy()[rows]
        return self.part.inputs(self.estimator.images(X))


@dataclass
class _Predictions:
    """Predicts by a lane's network, as an estimator asks its own to."""

    network: CompiledNetwork
    inputs: _Inputs
    batch_size: int

    def expect(self, X: Any, rows: np.ndarray) -> None:
        """Note that an array holds the samples of these rows."""
        self.inputs.expect(X, rows)

    def __call__(self, X: Any) -> np.ndarray:
        return self.network.predict(self.inputs(X), self.batch_size)


def _give_callbacks(estimator: CNNEstimator, owner: CNNEstimator) -> None:
    """Let an estimator have the callbacks that ran, as one has them that was fitted by Keras."""
    names = ("callbacks", "fit__callbacks")
    settings = owner.get_params(deep=False)
    estimator.set_params(**{name: settings[name] for name in names if name in settings})
