"""The outcomes of fits that compiled lanes have trained, each scored by a fitted classifier."""

from functools import partial

from kerascnn.estimators.classifier import CNNClassifier
from kerascnn.search import scoring
from kerascnn.search.engines import lanes
from kerascnn.search.engines.base import SearchContext
from kerascnn.search.fits import Finished, Fit
from kerascnn.training.lane import LaneReport


class CompiledReports:
    """Turns reports of lanes into outcomes of fits."""

    def __init__(self, context: SearchContext, finished: Finished) -> None:
        self._context = context
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
        read = self._context.networks.of(training.estimator, training.candidate.network)
        classifier = scoring.fitted_classifier(task, fit, read)
        _give_callbacks(classifier, report.owner)
        network = report.network
        assert network is not None  # or the lane had failed
        if not lanes.sees_predictions_only(training, task):
            classifier.initialize_like(read)
            return classifier.adopt_state(network.state(), report.history)
        classifier.model_ = network.model
        classifier.history_ = dict(report.history)
        settings = classifier.get_params(deep=False)
        size = settings.get("predict__batch_size", settings["batch_size"])
        predict = network.predict
        classifier.__dict__["_predict_raw"] = lambda X: predict(classifier.images(X), size)
        return classifier


def _give_callbacks(classifier: CNNClassifier, owner: CNNClassifier) -> None:
    """Let a classifier have the callbacks that ran, as one has them that was fitted by Keras."""
    names = ("callbacks", "fit__callbacks")
    settings = owner.get_params(deep=False)
    classifier.set_params(**{name: settings[name] for name in names if name in settings})
