"""A chunk: lanes that train together, each in a seat of one stacked model.

Every lane has its own epoch count, data order and optimizer steps, so a seat that becomes free
can be taken by a waiting lane at any epoch.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from kerascnn import batches
from kerascnn.fusion import optimizers
from kerascnn.fusion.lanes import Lane, LaneReport
from kerascnn.fusion.stack import StackedModel
from kerascnn.fusion.state import Data, Settings, State, dropout_layers, regularized_weights
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
    return Seat(lane, model.get_weights(), settings, rates)


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


class Chunk:
    """The lanes in the seats of one stacked model, and their state.

    A stack that takes a fixed number of lanes is filled up with copies of these, whose results
    are not read.

    Args:
        stack: the compiled model.
        data: all samples.
        capacity: how many seats there are.
        shuffle: whether each epoch has its own order.

    Attributes:
        seats: those that are taken.
    """

    def __init__(self, stack: StackedModel, data: Data, capacity: int, *, shuffle: bool) -> None:
        self.data = data
        self.capacity = capacity
        self.shuffle = shuffle
        self.seats: list[Seat] = []
        self._stack = stack

    @property
    def n_idle(self) -> int:
        """How many lanes of the stack compute what is not read."""
        return len(self._places()) - len(self.seats)

    @property
    def n_free(self) -> int:
        """How many lanes can be admitted."""
        return self.capacity - len(self.seats)

    def admit(self, newcomers: Sequence[Seat]) -> None:
        """Give seats to lanes that have not started."""
        started = [
            (self._stack.network.initial_state(seat.weights), seat.settings) for seat in newcomers
        ]
        state = tf.nest.map_structure(lambda *lanes: tf.constant(np.stack(lanes)), *started)
        if self.seats:
            seated = self._picked(np.arange(len(self.seats)))
            state = tf.nest.map_structure(lambda *both: tf.concat(both, 0), seated, state)
        self.seats = [*self.seats, *newcomers]
        self._state, self._settings = state
        self._fill_up()

    def dismiss(self) -> None:
        """Free the seats of lanes that are over."""
        stay = [number for number, seat in enumerate(self.seats) if not seat.over]
        if 0 < len(stay) < len(self.seats):
            self._state, self._settings = self._picked(stay)
        self.seats = [self.seats[number] for number in stay]
        self._fill_up()

    def move_to(self, stack: StackedModel) -> None:
        """Go on in another, smaller stack."""
        self._stack = stack
        self._fill_up()

    def _picked(self, numbers: ArrayLike) -> tuple[State, Settings]:
        """Return the state and settings of some lanes."""
        chosen = np.asarray(numbers, np.int32)
        return tf.nest.map_structure(
            lambda array: tf.gather(array, chosen), (self._state, self._settings)
        )

    def _places(self) -> np.ndarray:
        """Return for each lane of the stack the number of the seat that it computes."""
        n_seats = len(self.seats)
        return np.resize(np.arange(n_seats), self._stack.lanes or n_seats)

    def _fill_up(self) -> None:
        places = self._places()
        if self.seats and len(places) != self._state.steps.shape[0]:
            self._state, self._settings = self._picked(places)

    def run_epoch(self) -> float:
        """Train and validate all lanes for one epoch; return the seconds it took."""
        started = time.perf_counter()
        self._state, loss, accuracy, evaluation = self._stack.run_epoch(
            self._state, self._settings, self.data, *map(tf.constant, self._tables())
        )
        losses, accuracies = loss.numpy(), accuracy.numpy()
        for number, seat in enumerate(self.seats):
            seat.epoch += 1
            seat.test_outputs, *validated = evaluation.of(number, len(seat.lane.test))
            values = (float(losses[number]), float(accuracies[number]), *validated)
            for name, value in zip(HISTORY, values, strict=True):
                seat.history[name].append(value)
        seconds = time.perf_counter() - started
        for seat in self.seats:
            seat.seconds += seconds / len(self.seats)
        return seconds

    def _tables(self) -> tuple[np.ndarray, ...]:
        """Return the epoch's rows, weights and rates, the test rows, and the batch size.

        Each table has a line per lane of the stack.
        """
        lines = [self._epoch_lines(seat) for seat in self.seats]
        longest = max(len(tests) for *_, tests in lines)
        lines = [(*rest, np.resize(tests, longest)) for *rest, tests in lines]
        tables = zip(*(lines[place] for place in self._places()), strict=True)
        return *map(np.stack, tables), self._batch_size()

    def _batch_size(self) -> np.ndarray:
        return np.array(self.seats[0].lane.batch_size, np.int32)

    def _epoch_lines(self, seat: Seat) -> tuple[np.ndarray, ...]:
        lane, n = seat.lane, len(seat.lane.train)
        order = _epoch_order(lane.seed, seat.epoch, n) if self.shuffle else np.arange(n)
        weight = np.ones(n, np.float32) if lane.sample_weight is None else lane.sample_weight[order]
        steps = _steps(lane)
        rates = seat.rates[seat.epoch * steps : (seat.epoch + 1) * steps]
        rows = lane.train[order].astype(np.int32)
        return rows, weight.astype(np.float32), rates, lane.test.astype(np.int32)

    def report(self, number: int, *, train_outputs: np.ndarray | None, weights: bool) -> LaneReport:
        """Return the report about the lane in a seat, after its last epoch."""
        seat = self.seats[number]
        report = LaneReport(
            tag=seat.lane.tag,
            epoch=seat.epoch,
            diverged=seat.diverged,
            history={name: list(values) for name, values in seat.history.items()},
            seconds=seat.seconds,
        )
        if not seat.diverged:
            report.test_outputs = seat.test_outputs
            report.train_outputs = train_outputs
        if weights:
            report.weights = [np.array(w[number]) for w in self._state.weights]
        return report

    def train_outputs(self) -> list[np.ndarray]:
        """Return what the lane in each seat predicts for its training rows, (n_train, outputs)."""
        rows = np.stack([self.seats[place].lane.train for place in self._places()])
        evaluation = self._stack.evaluate(
            self._state, self._settings, self.data, rows.astype(np.int32), self._batch_size()
        )
        return [evaluation.of(number, rows.shape[1])[0] for number in range(len(self.seats))]
