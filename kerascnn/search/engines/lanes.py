"""The common part of engines that train lanes: refusals, and the outcomes of lanes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import keras
import numpy as np

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.estimators.saving import package_class
from kerascnn.search import scoring
from kerascnn.search.building import free_rates
from kerascnn.search.fits import Finished, Fit, SearchTask
from kerascnn.search.scoring import Trained
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Training
from kerascnn.training.lane import LaneCheckpoint

# What a subclass may override and still be trained as the class above is: a lane's fit calls
# nothing of it.
FREE_METHODS = ("__doc__", "__init__", "__module__", "__repr__", "__sklearn_tags__")
PREDICTING_METHODS = (
    "decision_function",
    "inverse_transform",
    "predict",
    "predict_log_proba",
    "predict_proba",
    "reconstruct",
    "reconstruction_error",
    "score",
    "transform",
)


def refusal(training: Training, task: SearchTask) -> str | None:
    """Return why a training needs an own call of `fit`; None if it does not."""
    estimator = training.estimator
    settings = training.candidate.settings
    # mypy takes the __hash__ of instances for that of their class.
    if name := _overridden(type(estimator)):  # type: ignore[arg-type]
        return f"{type(estimator).__name__} overrides {name}"
    if training.record.unidentified:
        return f"the network cannot be identified: {training.record.unidentified}"
    if settings["random_state"] is None:
        return "random_state=None draws another seed for each fit"
    if settings["verbose"] or settings.get("fit__verbose"):
        return "verbose prints from within Keras's fit"
    if "fit__validation_freq" in settings:
        return "fit__validation_freq needs Keras's own fit"
    if further := sorted(set(task.fit_params) - {"sample_weight"}):
        return f"fit parameter {further[0]!r} needs Keras's own fit"
    if keras.config.max_epochs() or keras.config.max_steps_per_epoch():
        return "Keras is configured to stop trainings early"
    if training.longest.split in task.splits_lacking_classes:
        return f"split {training.longest.split} lacks a class in its training samples"
    return None


@cache
def _overridden(kind: type[CNNEstimator]) -> str | None:
    """Return the name of what a subclass overrides and a lane would not respect."""
    free, own = {*FREE_METHODS, *PREDICTING_METHODS}, package_class(kind)
    for base in kind.__mro__[: kind.__mro__.index(own)]:
        for name in vars(base):
            if name not in free and hasattr(own, name) and not _is_machinery(name):
                return name
    return None


def _is_machinery(name: str) -> bool:
    """Return whether Python or scikit-learn sets an attribute for each class."""
    return name in ("__annotations__", "__dict__", "__weakref__", "__slotnames__") or (
        name.startswith("set_") and name.endswith("_request")
    )


def overrides_predicting(kind: type[CNNEstimator]) -> bool:
    """Return whether a subclass predicts or scores in a way of its own."""
    own = package_class(kind)
    return any(
        getattr(kind, name, None) is not getattr(own, name, None) for name in PREDICTING_METHODS
    )


def sees_predictions_only(training: Training, task: SearchTask) -> bool:
    """Return whether scoring keeps nothing of the estimator and changes nothing in it."""
    return task.scorer_sees_predictions_only and not overrides_predicting(type(training.estimator))


def rates_set_after_building(training: Training) -> tuple[float, ...]:
    """Return the learning rates that are set after building, see `free_rates`."""
    return tuple(free_rates(training.candidate.settings).values())


def training_weights(training: Training, task: SearchTask, rows: np.ndarray) -> np.ndarray | None:
    """Return the weights of training samples, (len(rows),) float32, or None."""
    given = task.fit_params.get("sample_weight")
    own = None if given is None else np.asarray(given)[rows]
    targets = task.rows_of_targets(rows)
    return training.estimator.training_weights(rows if targets is None else targets, own)


def checkpoint(training: Training, store: NullStore, engine: str) -> LaneCheckpoint | None:
    """Return how far an engine's training came, unless that is beyond a fit that is missing."""
    kept = (
        store.find_checkpoint(training.longest, engine),
        store.find_end(training.longest, engine),
    )
    before = [each for each in kept if each is not None and each.epoch < min(training.fits)]
    return max(before, key=lambda each: each.epoch, default=None)


def keep(store: NullStore, engine: str, training: Training, checkpoint: LaneCheckpoint) -> None:
    """Keep how far an engine's training has come, or where it ended."""
    ended = checkpoint.epoch == max(training.fits)
    kept = store.keep_end if ended else store.keep_checkpoint
    kept(training.longest, engine, checkpoint)


@dataclass(frozen=True)
class LaneOutcomes:
    """Turns what is reported of lanes into outcomes of their fits."""

    task: SearchTask
    finished: Finished

    def succeeded(
        self,
        fits: Sequence[Fit],
        estimator_of: Callable[[Fit], CNNEstimator],
        trained: Trained,
    ) -> None:
        """Score the fits that a report completes, each by its fitted estimator."""
        for fit in fits:
            self.finished(fit, scoring.score_fit(self.task, fit, estimator_of(fit), trained))

    def diverged(self, training: Training, trained: Trained) -> None:
        """Give `error_score` to the fits that were not completed before the loss was lost."""
        error = scoring.divergence(training, trained)
        if self.task.error_score == "raise":
            raise error
        self._fail(training, trained, trained.epoch, str(error), diverged_epoch=trained.epoch)

    def failed(
        self,
        training: Training,
        trained: Trained,
        error: tuple[Exception, str],
        first_epoch: int,
    ) -> None:
        """Give `error_score` to the fits that an exception kept from being completed.

        Args:
            training: of the lane.
            trained: what it came to.
            error: the exception, and its traceback as text.
            first_epoch: fits of fewer epochs have been completed.
        """
        exception, text = error
        if self.task.error_score == "raise":
            raise exception
        self._fail(training, trained, first_epoch, text)

    def _fail(
        self,
        training: Training,
        trained: Trained,
        first_epoch: int,
        error: str,
        diverged_epoch: int | None = None,
    ) -> None:
        for epochs, fits in training.fits.items():
            for fit in fits if epochs >= first_epoch else ():
                self.finished(fit, scoring.failed(self.task, fit, trained, error, diverged_epoch))
