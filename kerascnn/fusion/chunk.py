"""A chunk: lanes that train together in one stacked model.

Every lane has its own number of epochs, data order and optimizer steps, so waiting lanes can
join a chunk at any epoch, in the place of those that are over.

How exact: a lane's numbers are its separate fit's to float rounding, which training amplifies as
in any two ways of adding up. They do not depend on what its neighbours train, to the last bit.
They do depend, to float rounding, on how many neighbours there are and on the lane's place among
them: TensorFlow picks its kernels by the shapes of tensors, and rounds what is left over at the
end of a vector register in another way.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from kerascnn.fusion.lanes import LaneReport
from kerascnn.fusion.running_lane import RunningLane, copied
from kerascnn.fusion.stack import StackedModel
from kerascnn.fusion.state import Settings, State
from kerascnn.training.lane import LaneCheckpoint


class Chunk:
    """Lanes that train together, and their state.

    Args:
        stack: the compiled model.
        capacity: how many lanes there may be.
        shuffle: whether each epoch has its own order.

    Attributes:
        lanes: those under way, in the order of the stack's first axis.
    """

    def __init__(self, stack: StackedModel, capacity: int, *, shuffle: bool) -> None:
        self.lanes: list[RunningLane] = []
        self._stack = stack
        self._capacity = capacity
        self._shuffle = shuffle
        self._state: State
        self._settings: Settings

    @property
    def n_free(self) -> int:
        """How many lanes can join."""
        return self._capacity - len(self.lanes)

    def join(self, newcomers: Sequence[RunningLane]) -> None:
        """Let lanes join, each with its first state."""
        started = [(lane.first, lane.settings) for lane in newcomers]
        joined = tf.nest.map_structure(lambda *lanes: tf.constant(np.stack(lanes)), *started)
        if self.lanes:
            under_way = (self._state, self._settings)
            joined = tf.nest.map_structure(lambda *both: tf.concat(both, 0), under_way, joined)
        self.lanes = [*self.lanes, *newcomers]
        self._state, self._settings = joined

    def dismiss(self) -> None:
        """Let lanes that are over leave."""
        staying = [number for number, lane in enumerate(self.lanes) if not lane.is_over]
        if 0 < len(staying) < len(self.lanes):
            self._state, self._settings = tf.nest.map_structure(
                lambda array: tf.gather(array, staying), (self._state, self._settings)
            )
        self.lanes = [self.lanes[number] for number in staying]

    def run_epoch(self) -> None:
        """Train and validate all lanes for one epoch."""
        started = time.perf_counter()
        rows, weights = zip(*(lane.rows(self._shuffle) for lane in self.lanes), strict=True)
        self._state, loss, accuracy, evaluation = self._stack.run_epoch(
            self._state,
            self._settings,
            np.stack(rows),
            np.stack(weights),
            _table([lane.lane.test for lane in self.lanes]),
            self._batch_size,
        )
        losses, accuracies = loss.numpy(), accuracy.numpy()
        for number, lane in enumerate(self.lanes):
            outputs, *validated = evaluation.of(number, len(lane.lane.test))
            lane.record(outputs, float(losses[number]), float(accuracies[number]), *validated)
        seconds = time.perf_counter() - started
        for lane in self.lanes:
            lane.seconds += seconds / len(self.lanes)

    def train_outputs(self) -> list[np.ndarray]:
        """Return each lane's predictions for its training rows, (n_train, outputs)."""
        rows = _table([lane.lane.train for lane in self.lanes])
        evaluation = self._stack.evaluate(self._state, self._settings, rows, self._batch_size)
        return [evaluation.of(number, rows.shape[1])[0] for number in range(len(self.lanes))]

    def report(self, number: int, train_outputs: np.ndarray | None) -> LaneReport:
        """Return the report about a lane after its last epoch."""
        lane = self.lanes[number]
        weights, optimizer_values = self._values(number)
        return LaneReport(
            tag=lane.lane.tag,
            epoch=lane.epoch,
            diverged=lane.diverged,
            history=copied(lane.history),
            seconds=lane.seconds,
            weights=weights,
            optimizer_values=optimizer_values,
            test_outputs=None if lane.diverged else lane.test_outputs,
            train_outputs=None if lane.diverged else train_outputs,
        )

    def checkpoints(self) -> list[tuple[Any, LaneCheckpoint]]:
        """Return each lane's tag and what it needs to resume."""
        found = []
        for number, lane in enumerate(self.lanes):
            weights, optimizer_values = self._values(number)
            arrays = [*weights, *optimizer_values]
            checkpoint = LaneCheckpoint(lane.epoch, copied(lane.history), lane.seconds, arrays)
            found.append((lane.lane.tag, checkpoint))
        return found

    def _values(self, number: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return the values of a lane's weights and of its optimizer's variables."""
        network = self._stack.network
        state = tf.nest.map_structure(lambda array: array[number].numpy(), self._state)
        rate = self.lanes[number].settings.rate
        return network.weights_of(state), network.optimizer_values(state, rate)

    @property
    def _batch_size(self) -> int:
        return self.lanes[0].lane.batch_size


def _table(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Return row numbers, a line per lane, short ones filled up by repetition."""
    longest = max(map(len, rows))
    return np.stack([np.resize(line, longest) for line in rows]).astype(np.int32)
