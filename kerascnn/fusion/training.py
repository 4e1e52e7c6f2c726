"""Training many lanes: who trains with whom, when, and in which thread."""

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kerascnn import runtime
from kerascnn.fusion.chunk import Chunk
from kerascnn.fusion.cost import chunk_size
from kerascnn.fusion.desk import Desk
from kerascnn.fusion.front import front_of
from kerascnn.fusion.graph import layer_calls
from kerascnn.fusion.lanes import Lane, LaneReport, LaneState
from kerascnn.fusion.seat import Seat, seat_for
from kerascnn.fusion.stack import StackedModel, takes_any_number
from kerascnn.fusion.state import Data
from kerascnn.fusion.topology import topology
from kerascnn.fusion.waiting import Waiting

OnReport = Callable[[LaneReport], None]
OnEpoch = Callable[[list[tuple[Any, int]]], None]
OnState = Callable[[Any, LaneState], None]

SECONDS_BETWEEN_STATES = 30


def train_lanes(
    lanes: Sequence[Lane],
    X: np.ndarray,
    y: np.ndarray,
    *,
    on_report: OnReport,
    on_epoch: OnEpoch | None = None,
    on_state: OnState | None = None,
    shuffle: bool = True,
    want_train_outputs: bool = False,
    want_weights: bool = False,
    chunk: int | None = None,
    threads: int | None = None,
) -> None:
    """Train lanes of one topology as stacked models; each ends as its separate fit would.

    A lane whose loss is not finite leaves at once. Callbacks run in the calling thread.

    Args:
        lanes: roughly in the order in which they are to start. All have the same topology.
        X: all samples, (n, ...) uint8 or float32; see `kerascnn.batches.network_input`.
        y: all targets as the loss wants them, (n,) or (n, outputs).
        on_report: called with each `LaneReport` as soon as it is known.
        on_epoch: called after each epoch of a chunk with its lanes' tags and epochs, from 1.
        on_state: called twice a minute for each lane under way with its tag and `LaneState`: a
            lane that starts with this state ends as this one.
        shuffle: False visits the training samples in their own order in every epoch.
        want_train_outputs: whether reports hold the outputs for the training rows.
        want_weights: whether reports hold the weights.
        chunk: how many lanes to stack; None chooses, see `kerascnn.fusion.chunk_size`.
        threads: how many chunks train at a time; None means one per core.

    Raises:
        NotFusable: if the first lane's model cannot be fused, see `kerascnn.fusion.refusal`.
        ValueError: if a later lane has another topology.
    """
    if not lanes:
        return
    runtime.prefer_threads_for_sweep()
    threads = min(threads or runtime.available_cores(), len(lanes))
    model = _model(lanes[0])
    sizes = _chunk_sizes(lanes, model, chunk, threads)
    training = _Training(
        Waiting(lanes, sizes, threads),
        _Stacks(model, max(sizes.values()), X, y),
        _Callbacks(on_report, on_epoch, on_state, want_train_outputs, want_weights),
        shuffle,
    )
    with runtime.graphs_as_traced():
        training.desk.run(training.work, threads)


def _model(lane: Lane) -> keras.Model:
    return lane.model if isinstance(lane.model, keras.Model) else lane.model()


def _chunk_sizes(
    lanes: Sequence[Lane], model: keras.Model, chunk: int | None, threads: int
) -> dict[int, int]:
    """Return how many lanes to stack, by their batch size."""
    counts = Counter(lane.batch_size for lane in lanes)
    return {
        batch_size: chunk or chunk_size(model, batch_size, n_lanes, threads)[0]
        for batch_size, n_lanes in counts.items()
    }


class _Stacks:
    """The stacked models: one for any number of lanes, or a few sizes traced when first needed."""

    def __init__(self, model: keras.Model, size: int, X: np.ndarray, y: np.ndarray) -> None:
        self.topology = topology(model)
        calls = layer_calls(model)
        self._front = front_of(calls, len(X))
        self.data = Data(self._front.prepare(tf.constant(X)), tf.constant(y))
        self._model = model
        self._any_number = takes_any_number(calls, self._front)
        self._sizes = sorted({math.ceil(size / 2**halving) for halving in range(8)})
        self._stacks: dict[int | None, StackedModel] = {}
        self._seconds_to_trace = 0.0

    def size_for(self, lanes: int) -> int | None:
        """Return the smallest size that seats so many lanes; None for the one of any size."""
        if self._any_number:
            return None
        return next(size for size in self._sizes if size >= lanes)

    def get(self, size: int | None) -> StackedModel:
        """Return the stack of a size, traced if it is new; in the main thread only."""
        if size not in self._stacks:
            started = time.perf_counter()
            self._stacks[size] = StackedModel(self._model, size, self.data, self._front)
            self._seconds_to_trace = time.perf_counter() - started
        return self._stacks[size]

    def is_worth_tracing(self, size: int | None, seconds_saved: float) -> bool:
        """Whether a smaller stack saves more time than its trace takes."""
        return size in self._stacks or seconds_saved > self._seconds_to_trace


@dataclass
class _Callbacks:
    """Whom to tell what."""

    on_report: OnReport
    on_epoch: OnEpoch | None
    on_state: OnState | None
    train_outputs: bool
    weights: bool

    def awaited(self, chunk: Chunk) -> bool:
        """Whether there is anything to tell after this epoch."""
        return self.on_epoch is not None or any(seat.due for seat in chunk.seats)

    def outputs(self, chunk: Chunk) -> list[np.ndarray] | None:
        """Compute the outputs for training rows, if a report that is due holds them."""
        due = any(seat.due and not seat.diverged for seat in chunk.seats)
        return chunk.train_outputs() if self.train_outputs and due else None

    def tell(self, chunk: Chunk, outputs: list[np.ndarray] | None) -> None:
        """Tell of the epoch, and hand in the reports that are due."""
        if self.on_epoch is not None:
            self.on_epoch([(seat.lane.tag, seat.epoch) for seat in chunk.seats])
        for number, seat in enumerate(chunk.seats):
            if seat.due:
                own = None if outputs is None else outputs[number]
                report = chunk.report(number, train_outputs=own, weights=self.weights)
                self.on_report(report)

    def want_states(self, last: float) -> bool:
        """Whether states are to be handed in again, given the time when they last were."""
        return self.on_state is not None and time.perf_counter() - last > SECONDS_BETWEEN_STATES

    def hand_in(self, states: Sequence[tuple[Any, LaneState]]) -> None:
        """Hand in the states of lanes under way."""
        if self.on_state is not None:
            for tag, state in states:
                self.on_state(tag, state)


class _Training:
    """One call of `train_lanes`; `work` runs in each thread."""

    def __init__(
        self, waiting: Waiting, stacks: _Stacks, callbacks: _Callbacks, shuffle: bool
    ) -> None:
        self.desk = Desk()
        self._waiting = waiting
        self._stacks = stacks
        self._callbacks = callbacks
        self._shuffle = shuffle

    def work(self) -> None:
        """Train chunk after chunk until no lane is waiting."""
        while lanes := self._waiting.open():
            self._train_chunk(lanes)

    def _train_chunk(self, lanes: list[Lane]) -> None:
        """Train a chunk that starts with these lanes, until the last that joined it is over."""
        stack = self._stack(self._stacks.size_for(len(lanes)))
        capacity = stack.lanes or self._waiting.chunk_size(lanes[0])
        chunk = Chunk(stack, self._stacks.data, capacity, shuffle=self._shuffle)
        chunk.admit(self._seats(lanes))
        handed_in = time.perf_counter()
        while chunk.seats:
            seconds = chunk.run_epoch()
            if self._callbacks.awaited(chunk):
                outputs = self._callbacks.outputs(chunk)
                self.desk.ask(partial(self._callbacks.tell, chunk, outputs))
            chunk.dismiss()
            if self._callbacks.want_states(handed_in):
                self.desk.ask(partial(self._callbacks.hand_in, chunk.states()))
                handed_in = time.perf_counter()
            newcomers = self._waiting.more(lanes[0], chunk.n_free)
            if newcomers:
                chunk.admit(self._seats(newcomers))
            elif chunk.seats and chunk.n_idle:
                self._shrink(chunk, seconds)

    def _stack(self, size: int | None) -> StackedModel:
        return self.desk.ask(lambda: self._stacks.get(size))

    def _seats(self, lanes: list[Lane]) -> list[Seat]:
        return self.desk.ask(lambda: [self._seat(lane) for lane in lanes])

    def _seat(self, lane: Lane) -> Seat:
        model = _model(lane)
        if topology(model) != self._stacks.topology:
            raise ValueError(f"lane {lane.tag!r} has another topology than the first lane")
        return seat_for(lane, model)

    def _shrink(self, chunk: Chunk, seconds_per_epoch: float) -> None:
        """Move the chunk to a smaller stack, if its idle lanes cost more than that."""
        n_lanes = len(chunk.seats) + chunk.n_idle
        size = self._stacks.size_for(len(chunk.seats)) or n_lanes
        epochs = max(seat.lane.epochs - seat.epoch for seat in chunk.seats)
        saved = seconds_per_epoch * epochs * (1 - size / n_lanes)
        if saved > 0 and self._stacks.is_worth_tracing(size, saved):
            chunk.move_to(self._stack(size))
