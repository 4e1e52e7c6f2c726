"""A chunk: lanes that train together, each in a seat of one stacked model.

Every lane has its own epoch count, data order and optimizer steps, so a seat that becomes free
can be taken by a waiting lane at any epoch.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from kerascnn.fusion.lanes import LaneReport, LaneState
from kerascnn.fusion.seat import HISTORY, Seat, copied
from kerascnn.fusion.stack import StackedModel
from kerascnn.fusion.state import Data, Settings, State


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
        """Give seats to lanes, where each starts."""
        started = [(self._first_state(seat), seat.settings) for seat in newcomers]
        state = tf.nest.map_structure(lambda *lanes: tf.constant(np.stack(lanes)), *started)
        if self.seats:
            seated = self._picked(np.arange(len(self.seats)))
            state = tf.nest.map_structure(lambda *both: tf.concat(both, 0), seated, state)
        self.seats = [*self.seats, *newcomers]
        self._state, self._settings = state
        self._fill_up()

    def _first_state(self, seat: Seat) -> State:
        """Return the state that a lane starts with, without the lane axis."""
        untrained = self._stack.network.initial_state(seat.weights)
        if seat.lane.state is None:
            return untrained
        state: State = tf.nest.pack_sequence_as(untrained, seat.lane.state.arrays)
        return state

    def states(self) -> list[tuple[Any, LaneState]]:
        """Return the tag of the lane in each seat, and what it needs to go on."""
        arrays = [array.numpy() for array in tf.nest.flatten(self._state)]
        return [
            (seat.lane.tag, seat.state([np.array(array[number]) for array in arrays]))
            for number, seat in enumerate(self.seats)
        ]

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
        lines = [seat.lines(self.shuffle) for seat in self.seats]
        longest = max(len(tests) for *_, tests in lines)
        lines = [(*rest, np.resize(tests, longest)) for *rest, tests in lines]
        tables = zip(*(lines[place] for place in self._places()), strict=True)
        return *map(np.stack, tables), self._batch_size()

    def _batch_size(self) -> np.ndarray:
        return np.array(self.seats[0].lane.batch_size, np.int32)

    def report(self, number: int, *, train_outputs: np.ndarray | None, weights: bool) -> LaneReport:
        """Return the report about the lane in a seat, after its last epoch."""
        seat = self.seats[number]
        report = LaneReport(
            tag=seat.lane.tag,
            epoch=seat.epoch,
            diverged=seat.diverged,
            history=copied(seat.history),
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
