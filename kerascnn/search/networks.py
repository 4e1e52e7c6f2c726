"""The networks that the candidates of a search need, each built once and described."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
from sklearn.base import clone

from kerascnn.estimators.builders import find_builder
from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.fusion import bytes_per_lane, cost_per_sample
from kerascnn.fusion import refusal as stack_refusal
from kerascnn.fusion import topology as stack_topology
from kerascnn.identity import Unidentifiable, identify_network
from kerascnn.search.building import RATE_ROUTE, Parameters, free_rates
from kerascnn.search.fits import SearchTask
from kerascnn.training.refusals import network_refusal
from kerascnn.training.strengths import Strengths, penalty_strengths

BUILT_WITH_RATE = 0.001
BYTES_KEPT = 200_000_000


@dataclass(frozen=True)
class NetworkRecord:
    """What is known of a built and compiled network.

    Attributes:
        structure: what a training step computes, see `kerascnn.identity`; None if the network
            cannot be identified.
        start: its first values.
        image_shape: of one sample, as the network takes it.
        strengths: of its weight penalties, see `kerascnn.training.strengths`.
        unidentified: why it cannot be identified.
        shared: why its fits must run in their order, in one process: what it holds in common with
            another network that its builder makes.
        compiled_refusal: why it cannot be compiled, as far as is known before it is traced.
        stack_refusal: why it cannot be stacked.
        topology: what networks of one stack have in common.
        flops_per_sample: of one training step.
        bytes_fixed: of memory, for weights, gradients and slots.
        bytes_per_sample: of memory, for each sample of a batch.
    """

    structure: str | None
    start: str | None
    image_shape: tuple[int, ...]
    strengths: Strengths
    unidentified: str | None
    shared: str | None
    compiled_refusal: str | None
    stack_refusal: str | None
    topology: Any
    flops_per_sample: float
    bytes_fixed: int
    bytes_per_sample: int


class Networks:
    """The networks of a search.

    Args:
        task: the search's task.
    """

    def __init__(self, task: SearchTask) -> None:
        self.task = task
        self._readings: dict[str, CNNEstimator] = {}
        self._records: dict[str, NetworkRecord] = {}
        self._kept: OrderedDict[str, CNNEstimator] = OrderedDict()

    def record(self, estimator: CNNEstimator, key: str) -> NetworkRecord:
        """Return what is known of a candidate's network, built if it has not been yet.

        Args:
            estimator: the candidate, not fitted.
            key: of its network, see `kerascnn.search.building.network_key`.
        """
        if key not in self._records:
            self._records[key] = self._describe(self.of(estimator, key), estimator)
        return self._records[key]

    @cached_property
    def labels(self) -> np.ndarray:
        """All labels there are, sorted."""
        return np.unique(np.asarray(self.task.y))

    def of(self, estimator: CNNEstimator, key: str) -> CNNEstimator:
        """Return a candidate with its network built, compiled and never trained; only to read."""
        if key not in self._kept:
            self._kept[key] = self.build(estimator)
            while len(self._kept) > 1 and self._bytes_kept() > BYTES_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def build(self, estimator: CNNEstimator) -> CNNEstimator:
        """Return a candidate with a network of its own, built and compiled."""
        fresh = clone(estimator)
        fresh.set_params(**_rates_of_building(fresh.get_params(deep=False)))
        return fresh.initialize_like(self._reading(fresh))

    def _reading(self, estimator: CNNEstimator) -> CNNEstimator:
        """Return an estimator that has read the data, once for all of one `image_shape`."""
        shape = repr(estimator.image_shape)
        if shape not in self._readings:
            self._readings[shape] = clone(estimator).read(self.task.X, self.task.y)
        return self._readings[shape]

    def _bytes_kept(self) -> int:
        return sum(12 * kept.model_.count_params() for kept in self._kept.values())

    def _describe(self, built: CNNEstimator, estimator: CNNEstimator) -> NetworkRecord:
        model, strengths = built.model_, penalty_strengths(built.model_)
        shared, again = None, None
        if not _is_registered_here(estimator.model):
            again = self.build(estimator)
            shared = _shared(model, again.model_)
        structure, start, why = (None, None, shared) if shared else _identified(built, again)
        refused = stack_refusal(model)
        trained = built.trained_part(self.task.n_samples).model
        return NetworkRecord(
            structure,
            start,
            built.image_shape_,
            strengths,
            why,
            shared,
            network_refusal(model),
            refused,
            None if refused else stack_topology(model),
            cost_per_sample(trained),
            bytes_per_lane(trained, 0),
            bytes_per_lane(trained, 1) - bytes_per_lane(trained, 0),
        )


def _is_registered_here(model: Any) -> bool:
    """Return whether a builder is one of this package's own."""
    return isinstance(model, str) and find_builder(model).__module__.startswith("kerascnn.models.")


def _shared(one: keras.Model, other: keras.Model) -> str | None:
    """Return what two networks of one builder have in common and train together, if anything."""
    theirs = {id(variable) for variable in other.variables}
    names = [variable.path for variable in one.variables if id(variable) in theirs]
    if not names:
        return None
    return (
        f"its networks share layers that were made outside of the builder ({names[0]}): each fit "
        "continues the one before"
    )


def _identified(
    built: CNNEstimator, again: CNNEstimator | None
) -> tuple[str | None, str | None, str | None]:
    """Return structure, start, and why there are none.

    Args:
        built: the network.
        again: the same, built once more, if its builder is a user's.
    """
    try:
        identity = _identity_of(built)
        # A builder that counts its calls, say, makes another network each time.
        if again is not None and identity != _identity_of(again):
            return None, None, "its builder makes a different network each time"
    except Unidentifiable as reason:
        return None, None, str(reason)
    return *identity, None


def _identity_of(built: CNNEstimator) -> tuple[str, str]:
    identity = identify_network(built.model_)
    return identity.structure, identity.start


def _rates_of_building(parameters: Parameters) -> dict[str, float]:
    """Return the parameters of the learning rates that are set after building, all alike."""
    names = set(free_rates(parameters))
    if names and RATE_ROUTE in parameters:
        names = names - {"learning_rate"} | {RATE_ROUTE}
    return dict.fromkeys(names, BUILT_WITH_RATE)
