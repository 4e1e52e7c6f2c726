"""A seat: one lane under way, between the epochs of a stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import keras
import numpy as np

from kerascnn import batches
from kerascnn.fusion import optimizers
from kerascnn.fusion.lanes import Lane, LaneState
from kerascnn.fusion.state import Settings, dropout_layers, regularized_weights
from kerascnn.fusion.topology import strengths

HISTORY = ("loss", "accuracy", "val_loss", "val_accuracy")


@dataclass
class Seat:
    """A lane under way.

    Attributes:
        lane: the lane.
        weights: its initial weights, as `model.get_weights()`.
        settings: its part of a stack's `Settings`, without the lane axis.
        rates: (steps of all epochs,) float32, its learning rates.
        epoch: how many epochs it has trained.
        history: so far, see `LaneReport`.
        seconds: its share of the time so far.
        test_outputs: for the validation rows after the last epoch.
    """

    lane: Lane
    weights: list[np.ndarray]
    settings: Settings
    rates: np.ndarray
    epoch: int = 0
    history: dict[str, list[float]] = field(default_factory=lambda: {k: [] for k in HISTORY})
    seconds: float = 0.0
    test_outputs: np.ndarray | None = None

    @property
    def diverged(self) -> bool:
        """Whether the last epoch's loss was not finite."""
        return self.epoch > 0 and not np.isfinite(self.history["loss"][-1])

    @property
    def over(self) -> bool:
        """Whether the lane has nothing left to train."""
        return self.diverged or self.epoch == self.lane.epochs

    @property
    def due(self) -> bool:
        """Whether a report is wanted now."""
        return self.diverged or self.epoch in self.lane.report_epochs

    def state(self, arrays: list[np.ndarray]) -> LaneState:
        """Return what the lane needs to go on, given what training has made of its arrays."""
        return LaneState(self.epoch, copied(self.history), self.seconds, arrays)

    def lines(self, shuffle: bool) -> tuple[np.ndarray, ...]:
        """Return the next epoch's rows, their weights, the steps' rates, and the test rows."""
        lane, n = self.lane, len(self.lane.train)
        order = _epoch_order(lane.seed, self.epoch, n) if shuffle else np.arange(n)
        weight = np.ones(n, np.float32) if lane.sample_weight is None else lane.sample_weight[order]
        steps = _steps(lane)
        rates = self.rates[self.epoch * steps : (self.epoch + 1) * steps]
        rows = lane.train[order].astype(np.int32)
        return rows, weight.astype(np.float32), rates, lane.test.astype(np.int32)


def seat_for(lane: Lane, model: keras.Model) -> Seat:
    """Read from a lane's model what training it needs."""
    regularizers = [strengths(v.regularizer) for v in regularized_weights(model)]
    layers = dropout_layers(model)
    optimizer = model.optimizer
    kind = optimizers.clipping(optimizer)
    settings = Settings(
        l1=tuple(np.float32(l1) for l1, _ in regularizers),
        l2=tuple(np.float32(l2) for _, l2 in regularizers),
        dropout_rates=tuple(np.float64(layer.rate) for layer in layers),
        dropout_seeds=tuple(_seed_state(layer) for layer in layers),
        weight_decay=np.float32(optimizer.weight_decay or 0),
        clip=np.float32(getattr(optimizer, kind) if kind else 0),
    )
    steps = lane.epochs * _steps(lane)
    rates = optimizers.rates(model, lane.learning_rate, steps)
    seat = Seat(lane, model.get_weights(), settings, rates)
    if lane.state is not None:
        seat.epoch, seat.seconds = lane.state.epoch, lane.state.seconds
        seat.history = copied(lane.state.history)
    return seat


def copied(history: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """Return a history that later epochs do not change."""
    return {name: list(values) for name, values in history.items()}


def _steps(lane: Lane) -> int:
    """Return how many steps an epoch has."""
    return -(-len(lane.train) // lane.batch_size)


def _seed_state(layer: keras.layers.Layer) -> np.ndarray:
    """Return the state of a dropout layer's seed generator; zeros where it has none to draw."""
    generator = getattr(layer, "seed_generator", None)
    return np.zeros(2, np.int64) if generator is None else np.array(generator.state, np.int64)


@lru_cache(maxsize=256)
def _epoch_order(seed: int, epoch: int, n_samples: int) -> np.ndarray:
    return batches.epoch_order(seed, epoch, n_samples)
