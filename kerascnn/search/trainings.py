"""Fits gathered into trainings: those that differ in nothing but their epochs share one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
from sklearn.base import clone

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.estimators.routes import effective, has_callbacks
from kerascnn.estimators.saving import package_class
from kerascnn.identity import Unidentifiable, digest
from kerascnn.search.building import Parameters, network_key, training_parameters
from kerascnn.search.fits import Fit, SearchTask
from kerascnn.search.networks import NetworkRecord, Networks
from kerascnn.training import callbacks
from kerascnn.utils.formatting import candidate_number

# What only prints; a callback or a subclass may read it all the same.
VERBOSITY = ("verbose", "fit__verbose", "predict__verbose")


@dataclass(frozen=True)
class Candidate:
    """One setting of the parameters, checked, with what is known of its network.

    Attributes:
        number: from 0, its row in `cv_results_`.
        estimator: not fitted.
        network: key of its network, see `kerascnn.search.networks`.
        record: what is known of the network.
        identity: digest of all that decides its numbers but data, split and epochs; None if
            that cannot be said.
        course: likewise of its training alone, whatever a scorer may read.
        unidentified: why not.
        epochs: for how many it trains.
        mergeable: whether a longer training passes through a shorter one.
    """

    number: int
    estimator: CNNEstimator
    network: str
    record: NetworkRecord
    identity: str | None
    course: str | None
    unidentified: str | None
    epochs: int
    mergeable: bool

    @cached_property
    def callbacks(self) -> list[keras.callbacks.Callback]:
        """Its Keras callbacks, to be looked at."""
        return [] if self.mergeable else clone(self.estimator).made_callbacks()

    @property
    def passes_through(self) -> bool:
        """Whether its training passes through those for fewer epochs, and can be told from others.

        Then fits that differ only in their epochs share one training.
        """
        return self.mergeable and self.identity is not None

    @cached_property
    def shared(self) -> str | None:
        """Return why its fits must run in their order, in this process; None if they need not."""
        reasons = map(callbacks.sharing, self.callbacks)
        return self.record.shared or next(filter(None, reasons), None)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The estimator's parameters, routes included."""
        return self.estimator.get_params(deep=False)

    def setting(self, name: str) -> Any:
        """Return a parameter's value, from whichever route it comes."""
        return effective(self.settings, name)


# Candidates by their numbers.
Numbered = Sequence[Candidate] | Mapping[int, Candidate]


@dataclass(frozen=True)
class Training:
    """Fits that one training passes through: they differ in nothing but their epochs.

    Attributes:
        fits: the fits by their number of epochs, ascending.
        candidate: one of theirs.
    """

    fits: Mapping[int, Sequence[Fit]]
    candidate: Candidate

    @property
    def longest(self) -> Fit:
        """One of the fits that train for the most epochs."""
        return self.fits[max(self.fits)][0]

    @property
    def estimator(self) -> CNNEstimator:
        """The candidate's estimator, not fitted."""
        return self.candidate.estimator

    @property
    def record(self) -> NetworkRecord:
        """What is known of the candidate's network."""
        return self.candidate.record

    @property
    def n_fits(self) -> int:
        """How many fits there are."""
        return sum(map(len, self.fits.values()))

    def setting(self, name: str) -> Any:
        """Return a parameter's value, from whichever route it comes."""
        return self.candidate.setting(name)

    def division(self, task: SearchTask, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which of some rows train and which validate, by their places among them.

        Raises:
            ValueError: if one side would be empty, or lack a class.
        """
        seed = self.setting("random_state")  # None: a division by any other is as good
        return self.estimator.division(len(rows), task.rows_of_targets(rows), int(seed or 0))


def make_candidates(
    task: SearchTask, settings: Sequence[Mapping[str, Any]], networks: Networks, first: int = 0
) -> list[Candidate]:
    """Return candidates, each checked, with every network that they need built once.

    Args:
        task: what all fits share.
        settings: the parameters of each.
        networks: those of the search.
        first: the number of the first candidate.

    Raises:
        ValueError: for the first candidate that could not be fitted to the task's data.
    """
    candidates = []
    for number, each in enumerate(settings, first):
        try:
            candidates.append(_candidate(task, number, each, networks))
        except Exception as error:
            error.add_note(f"candidate {candidate_number(number)}: {dict(each)}")
            raise
    return candidates


def candidate_estimator(task: SearchTask, parameters: Mapping[str, Any]) -> CNNEstimator:
    """Return the task's estimator with a candidate's parameters, as scikit-learn sets them."""
    estimator: CNNEstimator = clone(task.estimator)
    return estimator.set_params(**clone(dict(parameters), safe=False))


def gather(fits: Iterable[Fit], candidates: Numbered) -> list[Training]:
    """Return the trainings that `fits` need."""
    trainings: dict[tuple[Any, int], Training] = {}
    for fit in fits:
        candidate = candidates[fit.candidate]
        same = candidate.identity if candidate.passes_through else candidate.number
        key = (same, fit.split)
        training = trainings.setdefault(key, Training({}, candidate))
        training.fits.setdefault(candidate.epochs, []).append(fit)  # type: ignore[attr-defined]
    return [Training(dict(sorted(t.fits.items())), t.candidate) for t in trainings.values()]


def _candidate(
    task: SearchTask, number: int, parameters: Mapping[str, Any], networks: Networks
) -> Candidate:
    estimator = candidate_estimator(task, parameters)
    estimator.check_arguments()
    settings = estimator.get_params(deep=False)
    _check_parts(estimator, settings, networks)
    network = network_key(settings) or f"candidate {number}"
    record = networks.record(estimator, network)
    identity, course, why = _identities(task, estimator, settings, record)
    epochs, mergeable = effective(settings, "epochs"), not has_callbacks(settings)
    return Candidate(number, estimator, network, record, identity, course, why, epochs, mergeable)


def _check_parts(estimator: CNNEstimator, settings: Parameters, networks: Networks) -> None:
    """Raise ValueError for what a fit would make of its parameters and cannot.

    Args:
        estimator: the candidate, its arguments checked one by one.
        settings: its parameters.
        networks: those of the search.
    """
    if isinstance(weights := settings.get("class_weight"), Mapping):
        try:
            estimator.training_weights(networks.labels)
        except (TypeError, ValueError) as error:
            raise ValueError(f"class_weight={weights!r} does not fit y: {error}") from error
    if has_callbacks(settings):
        try:
            clone(estimator).made_callbacks()
        except Exception as error:
            given = effective(settings, "callbacks")
            raise ValueError(f"callbacks={given!r} cannot be made: {error}") from error


def _identities(
    task: SearchTask, estimator: CNNEstimator, settings: Parameters, record: NetworkRecord
) -> tuple[str | None, str | None, str | None]:
    """Return the identity of a candidate and of its training, and why there are none."""
    if record.unidentified:
        return None, None, record.unidentified
    if settings["random_state"] is None:
        return None, None, "random_state=None draws another seed for each fit"
    network = [record.structure, record.start, record.image_shape]
    seed = int(settings["random_state"])  # also of the order of batches
    parts = [network, seed, type(estimator), _counting(estimator, settings)]
    try:
        course = digest(parts)
        if task.scorer_sees_predictions_only:
            return course, course, None
        # A scorer may read any parameter.
        return digest([*parts, dict(sorted(settings.items()))]), course, None
    except Unidentifiable as reason:
        return None, None, str(reason)


def _counting(estimator: CNNEstimator, settings: Parameters) -> dict[str, Any]:
    """Return the parameters of the training that decide its numbers."""
    chosen = training_parameters(settings)
    if package_class(type(estimator)) is type(estimator) and not has_callbacks(settings):
        for name in VERBOSITY:
            chosen.pop(name, None)
    if isinstance(weights := chosen.get("class_weight"), Mapping):
        chosen["class_weight"] = sorted(weights.items(), key=repr)
    return dict(sorted(chosen.items()))


def row_numbers(rows: Any, n_samples: int) -> np.ndarray:
    """Return what a splitter gives as row numbers from 0: masks and negative numbers too."""
    return np.arange(n_samples)[rows]
