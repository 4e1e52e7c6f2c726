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

    Args:
        stack: the compiled model.
        data: all samples.
        shuffle: whether each epoch has its own order.
    """

    def __init__(self, stack: StackedModel, data: Data, *, shuffle: bool) -> None:
        self.stack = stack
        self.data = data
        self.shuffle = shuffle
        self.seats: list[Seat | None] = [None] * stack.lanes
        self.state, self.settings = stack.blank()

    @property
    def occupied(self) -> list[tuple[int, Seat]]:
        """The seats in use, with their numbers."""
        return [(number, seat) for number, seat in enumerate(self.seats) if seat is not None]

    @property
    def n_free(self) -> int:
        """How many seats are free."""
        return len(self.seats) - len(self.occupied)

    def admit(self, newcomers: Sequence[Seat]) -> None:
        """Give lanes that have not started free seats."""
        free = [number for number, seat in enumerate(self.seats) if seat is None]
        state, settings = tf.nest.map_structure(np.array, (self.state, self.settings))
        for number, seat in zip(free, newcomers, strict=False):
            self.seats[number] = seat
            own = State(tuple(seat.weights), self.stack.initial_slots(), np.int64(0))
            _write(state, number, own)
            _write(settings, number, seat.settings)
        self.state, self.settings = tf.nest.map_structure(tf.constant, (state, settings))

    def dismiss(self) -> None:
        """Free the seats of lanes that are over."""
        self.seats = [None if seat is None or seat.over else seat for seat in self.seats]

    def moved_to(self, stack: StackedModel) -> "Chunk":
        """Return a chunk of the same lanes in another, smaller stack."""
        chunk = Chunk(stack, self.data, shuffle=self.shuffle)
        numbers = [number for number, _ in self.occupied]
        chunk.seats[: len(numbers)] = [seat for _, seat in self.occupied]
        picked = np.resize(numbers, stack.lanes)
        chunk.state, chunk.settings = tf.nest.map_structure(
            lambda array: tf.gather(array, picked), (self.state, self.settings)
        )
        return chunk

    def run_epoch(self) -> float:
        """Train and validate all lanes for one epoch; return the seconds it took."""
        started = time.perf_counter()
        self.state, loss, accuracy, evaluation = self.stack.run_epoch(
            self.state, self.settings, self.data, *map(tf.constant, self._tables())
        )
        losses, accuracies = loss.numpy(), accuracy.numpy()
        for number, seat in self.occupied:
            seat.epoch += 1
            seat.test_outputs, *validated = evaluation.of(number, len(seat.lane.test))
            values = (float(losses[number]), float(accuracies[number]), *validated)
            for name, value in zip(HISTORY, values, strict=True):
                seat.history[name].append(value)
        seconds = time.perf_counter() - started
        for _, seat in self.occupied:
            seat.seconds += seconds / len(self.occupied)
        return seconds

    def _tables(self) -> tuple[np.ndarray, ...]:
        """Return the epoch's rows, weights and rates, the test rows, and the batch size.

        Each table has a line per seat. Free seats repeat a lane's; what they compute is not read.
        """
        lines = {number: self._epoch_lines(seat) for number, seat in self.occupied}
        stand_in = next(iter(lines.values()))
        every = [lines.get(number, stand_in) for number in range(self.stack.lanes)]
        rows, sample_weight, rates, tests = zip(*every, strict=True)
        longest = max(map(len, tests))
        test_rows = [np.resize(line, longest) for line in tests]
        batch_size = np.array(self.occupied[0][1].lane.batch_size, np.int32)
        return *map(np.stack, (rows, sample_weight, rates, test_rows)), batch_size

    def _epoch_lines(self, seat: Seat) -> tuple[np.ndarray, ...]:
        lane, n = seat.lane, len(seat.lane.train)
        order = _epoch_order(lane.seed, seat.epoch, n) if self.shuffle else np.arange(n)
        weight = np.ones(n, np.float32) if lane.sample_weight is None else lane.sample_weight[order]
        steps = _steps(lane)
        rates = seat.rates[seat.epoch * steps : (seat.epoch + 1) * steps]
        rows = lane.train[order].astype(np.int32)
        return rows, weight.astype(np.float32), rates, lane.test.astype(np.int32)

    def report(
        self, number: int, seat: Seat, *, train_outputs: np.ndarray | None, weights: bool
    ) -> LaneReport:
        """Return the report about the lane in a seat, after its last epoch."""
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
            report.weights = [np.array(w[number]) for w in self.state.weights]
        return report

    def train_outputs(self) -> list[np.ndarray]:
        """Return what the lane in each seat predicts for its training rows, (n_train, outputs)."""
        first = self.occupied[0][1]
        rows = np.stack([(seat or first).lane.train for seat in self.seats]).astype(np.int32)
        batch_size = np.int32(first.lane.batch_size)
        evaluation = self.stack.evaluate(
            self.state.weights, self.settings, self.data, rows, batch_size
        )
        return [evaluation.of(number, rows.shape[1])[0] for number in range(self.stack.lanes)]


def _write(into: State | Settings, number: int, values: State | Settings) -> None:
    """Write one lane's values into a seat's place of arrays with a lane axis."""
    arrays, parts = tf.nest.flatten(into), tf.nest.flatten(values)
    for array, part in zip(arrays, parts, strict=True):
        array[number] = part
