"""One lane under way, between the epochs of a stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import keras
import numpy as np

from kerascnn.fusion.lanes import Lane
from kerascnn.fusion.network import StackedNetwork, lane_settings
from kerascnn.fusion.state import Settings, State
from kerascnn.training import batches
from kerascnn.utils.curves import CURVES


@dataclass
class RunningLane:
    """A lane under way.

    Attributes:
        lane: the lane.
        first: the state that it joined its chunk with, without the lane axis.
        settings: its part of a stack's `Settings`, without the lane axis.
        epoch: how many epochs it has trained.
        history: so far, see `LaneReport`.
        seconds: its share of the time so far.
        test_outputs: for the validation rows after the last epoch.
    """

    lane: Lane
    first: State
    settings: Settings
    epoch: int = 0
    history: dict[str, list[float]] = field(default_factory=lambda: {k: [] for k in CURVES})
    seconds: float = 0.0
    test_outputs: np.ndarray | None = None

    @property
    def diverged(self) -> bool:
        """Whether the last epoch's loss was not finite."""
        return self.epoch > 0 and not np.isfinite(self.history["loss"][-1])

    @property
    def is_over(self) -> bool:
        """Whether the lane has nothing left to train."""
        return self.diverged or self.epoch == self.lane.epochs

    @property
    def is_due(self) -> bool:
        """Whether a report is wanted now."""
        return self.diverged or self.epoch in self.lane.report_epochs

    def rows(self, shuffle: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return the next epoch's rows, (n_train,) int32, and their weights, float32."""
        lane, n = self.lane, len(self.lane.train)
        order = _epoch_order(lane.seed, self.epoch, n) if shuffle else np.arange(n)
        weight = np.ones(n) if lane.sample_weight is None else lane.sample_weight[order]
        return lane.train[order].astype(np.int32), weight.astype(np.float32)

    def record(self, test_outputs: np.ndarray, *values: float) -> None:
        """Take down what an epoch gave: the outputs, and a value for each name of `CURVES`."""
        self.epoch += 1
        self.test_outputs = test_outputs
        for name, value in zip(CURVES, values, strict=True):
            self.history[name].append(value)


def begin(lane: Lane, model: keras.Model, network: StackedNetwork) -> RunningLane:
    """Return a lane as it starts, or as it resumes from its state.

    Args:
        lane: the lane.
        model: its model.
        network: of the stack that it is to join.
    """
    settings, earlier = lane_settings(model, lane.learning_rate), lane.state
    if earlier is None:
        return RunningLane(lane, network.initial_state(model.get_weights()), settings)
    state, history = network.resumed_state(earlier.arrays), copied(earlier.history)
    return RunningLane(lane, state, settings, earlier.epoch, history, earlier.seconds)


def copied(history: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """Return a history that later epochs do not change."""
    return {name: list(values) for name, values in history.items()}


@lru_cache(maxsize=256)
def _epoch_order(seed: int, epoch: int, n_samples: int) -> np.ndarray:
    return batches.epoch_order(seed, epoch, n_samples)
