"""Fits gathered into trainings, and trainings into groups that one stack can hold."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import joblib
import keras
import numpy as np
from sklearn.base import clone

from kerascnn.estimator_arguments import effective
from kerascnn.estimators import CNNClassifier
from kerascnn.fusion import chunk_size, refusal, topology
from kerascnn.identity import identity
from kerascnn.search.fits import Fit, SearchTask

# Parameters that say how a network is trained, not what is built.
TRAINING_PARAMETERS = (
    "learning_rate",
    "epochs",
    "batch_size",
    "shuffle",
    "class_weight",
    "verbose",
)
KEPT_NETWORKS = 64


@dataclass(frozen=True)
class Training:
    """Fits that one training passes through: they differ in nothing but their epochs.

    Attributes:
        fits: the fits by their number of epochs, ascending.
        estimator: the candidate, not yet fitted.
    """

    fits: Mapping[int, Sequence[Fit]]
    estimator: CNNClassifier

    @property
    def longest(self) -> Fit:
        """One of the fits that train for the most epochs."""
        return self.fits[max(self.fits)][0]

    def setting(self, name: str) -> Any:
        """Return a parameter's value, from whichever route it comes."""
        return effective(self.estimator.get_params(deep=False), name)


class Networks:
    """The initialized networks that the trainings of a search need, each built once.

    Args:
        task: the search's task.
    """

    def __init__(self, task: SearchTask) -> None:
        self.task = task
        self._built = lru_cache(maxsize=KEPT_NETWORKS)(self._build)
        self._estimators: dict[str, CNNClassifier] = {}
        self._topologies: dict[str, Hashable] = {}

    def of(self, training: Training) -> CNNClassifier:
        """Return the estimator of a training with its network built and compiled."""
        key = _network_key(training.estimator)
        self._estimators[key] = training.estimator
        return self._built(key)

    def refusal(self, training: Training) -> str | None:
        """Return why a training cannot be fused, in one sentence; None if it can be."""
        return _unusual_fit(training, self.task) or refusal(self.of(training).model_)

    def topology(self, training: Training) -> Hashable:
        """Return what trainings must have in common to share a stack."""
        key = _network_key(training.estimator, "random_state")
        if key not in self._topologies:
            self._topologies[key] = topology(self.of(training).model_)
        return self._topologies[key], training.setting("shuffle")

    def _build(self, key: str) -> CNNClassifier:
        return clone(self._estimators.pop(key)).initialize(self.task.X, self.task.y)


def gather(task: SearchTask, fits: Iterable[Fit]) -> list[Training]:
    """Return the trainings that `fits` need: one for all that differ in epochs alone."""
    candidates: dict[int, tuple[str, int, CNNClassifier]] = {}
    trainings: dict[Hashable, dict[int, list[Fit]]] = {}
    estimators: dict[Hashable, CNNClassifier] = {}
    for fit in fits:
        if fit.candidate not in candidates:
            candidates[fit.candidate] = _candidate(task, fit.parameters)
        key, epochs, estimator = candidates[fit.candidate]
        trainings.setdefault((key, fit.split), {}).setdefault(epochs, []).append(fit)
        estimators[key, fit.split] = estimator
    return [
        Training(dict(sorted(by_epochs.items())), estimators[key])
        for key, by_epochs in trainings.items()
    ]


def chunk_sizes(
    stack: Sequence[Training], networks: Networks, threads: int
) -> dict[int, tuple[int, str]]:
    """Return how many lanes of one topology train in a chunk, and why, by batch size."""
    model = networks.of(stack[0]).model_
    counts = Counter(training.setting("batch_size") for training in stack)
    return {
        batch_size: chunk_size(model, batch_size, n_lanes, threads)
        for batch_size, n_lanes in sorted(counts.items())
    }


def _candidate(task: SearchTask, parameters: Mapping[str, Any]) -> tuple[str, int, CNNClassifier]:
    """Return what a candidate shares with those that differ in epochs alone, and its epochs."""
    estimator = clone(task.estimator).set_params(**clone(dict(parameters), safe=False))
    settings = estimator.get_params(deep=False)
    return _key(settings, ("epochs", "fit__epochs")), effective(settings, "epochs"), estimator


def _network_key(estimator: CNNClassifier, *ignored: str) -> str:
    leave_out = {*TRAINING_PARAMETERS, "optimizer__learning_rate", *ignored}
    return _key(estimator.get_params(deep=False), leave_out)


def _key(parameters: Mapping[str, Any], ignored: Iterable[str]) -> str:
    ignored = set(ignored)
    return str(joblib.hash(identity({k: v for k, v in parameters.items() if k not in ignored})))


def _unusual_fit(training: Training, task: SearchTask) -> str | None:
    """Return what about a fit only Keras's own `fit` can do, if anything."""
    parameters = training.estimator.get_params(deep=False)
    given = [name for name, value in parameters.items() if value is not None]
    if any(name.startswith(("callbacks", "fit__callbacks")) for name in given):
        return "callbacks need a fit of their own"
    if effective(parameters, "validation_split"):
        return "validation_split needs a fit of its own"
    if "fit__validation_freq" in parameters:
        return "fit__validation_freq needs a fit of its own"
    if isinstance(
        training.setting("learning_rate"), keras.optimizers.schedules.LearningRateSchedule
    ):
        return "a learning-rate schedule needs a fit of its own"
    if further := sorted(set(task.fit_params) - {"sample_weight"}):
        return f"fit parameter {further[0]!r} needs a fit of its own"
    y = np.asarray(task.y)
    if len(np.unique(y[training.longest.train])) < len(np.unique(y)):
        return f"split {training.longest.split} lacks a class in its training samples"
    return None
