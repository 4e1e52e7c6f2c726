"""The outcomes of fits that compiled lanes have trained, each scored by a fitted classifier."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from kerascnn.estimators.classifier import CNNClassifier
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
            self._outcomes.failed(training, trained, report.error)
        elif report.diverged:
            self._outcomes.diverged(training, trained)
        else:
            fits = training.fits.get(report.epoch) or training.fits[max(training.fits)]
            self._outcomes.succeeded(fits, partial(self._fitted, report), trained)

    def _fitted(self, report: LaneReport, fit: Fit) -> CNNClassifier:
        """Return the fitted classifier: with a network of its own for a scorer that may keep it."""
        training, task = report.tag, self._context.task
        read, part = self._context.read(training), self._context.part(training)
        classifier = scoring.fitted_classifier(task, fit, read)
        _give_callbacks(classifier, report.owner)
        network = report.network
        assert network is not None  # or the lane had failed
        if not lanes.sees_predictions_only(training, task):
            classifier.initialize_like(read)
            state = part.whole_state(read.model_, network.state())
            return classifier.adopt_state(state, report.history)
        classifier.model_ = network.model
        classifier.history_ = dict(report.history)
        settings = classifier.get_params(deep=False)
        size = settings.get("predict__batch_size", settings["batch_size"])
        inputs = _Inputs(classifier, part, self._arrays.inputs(read, part))
        classifier.__dict__["_predict_raw"] = _Predictions(network, inputs, size)
        return classifier


@dataclass
class _Inputs:
    """What a network's part takes for the samples of a search, and for any others.

    Attributes:
        classifier: knows how to read images.
        part: the part.
        of_all: its inputs for all samples.
    """

    classifier: CNNClassifier
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
        return self.part.inputs(self.classifier.images(X))


@dataclass
class _Predictions:
    """Predicts by a lane's network, as `CNNClassifier` asks its own to."""

    network: CompiledNetwork
    inputs: _Inputs
    batch_size: int

    def expect(self, X: Any, rows: np.ndarray) -> None:
        """Note that an array holds the samples of these rows."""
        self.inputs.expect(X, rows)

    def __call__(self, X: Any) -> np.ndarray:
        return self.network.predict(self.inputs(X), self.batch_size)


def _give_callbacks(classifier: CNNClassifier, owner: CNNClassifier) -> None:
    """Let a classifier have the callbacks that ran, as one has them that was fitted by Keras."""
    names = ("callbacks", "fit__callbacks")
    settings = owner.get_params(deep=False)
    classifier.set_params(**{name: settings[name] for name in names if name in settings})
