"""Training many lanes: who trains with whom, when, and in which thread."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np

from kerascnn import environment
from kerascnn.fusion.chunk import Chunk
from kerascnn.fusion.cost import chunk_size
from kerascnn.fusion.lane_queue import LaneQueue
from kerascnn.fusion.lanes import Lane, LaneReport
from kerascnn.fusion.running_lane import RunningLane, begin
from kerascnn.fusion.stack import StackedModel
from kerascnn.fusion.topology import topology
from kerascnn.training.executor import MainThreadExecutor
from kerascnn.training.lane import LaneCheckpoint
from kerascnn.training.seeding import one_thread_at_a_time

OnReport = Callable[[LaneReport], None]
OnEpoch = Callable[[list[tuple[Any, int]]], None]
OnState = Callable[[Any, LaneCheckpoint], None]

SECONDS_BETWEEN_CHECKPOINTS = 30


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
    chunk: int | None = None,
    threads: int | None = None,
    stacks: dict[Any, StackedModel] | None = None,
) -> None:
    """Train lanes of one topology as stacked models; each ends as its separate fit would.

    That is to float rounding, see `kerascnn.fusion.chunk`. A lane whose loss is not finite leaves
    at once. Callbacks run in the calling thread.

    Args:
        lanes: roughly in the order in which they are to start. All have the same topology.
        X: all samples, (n, ...) uint8 or float32; see `kerascnn.training.batches.network_input`.
        y: all targets as the loss wants them, (n,) or (n, outputs).
        on_report: called with each `LaneReport` as soon as it is known.
        on_epoch: called after each epoch of a chunk with its lanes' tags and epochs, from 1.
        on_state: called twice a minute for each lane under way with its tag and `LaneCheckpoint`:
            a lane that starts with it as its state ends as this one.
        shuffle: False visits the training samples in their own order in every epoch.
        want_train_outputs: whether reports hold the outputs for the training rows.
        chunk: how many lanes to stack; None chooses, see `kerascnn.fusion.chunk_size`.
        threads: how many chunks train at a time; None means one per core.
        stacks: the compiled stack of the last call by its topology, for calls with the same
            samples to share; another topology takes its place, for a stack holds all samples.

    Raises:
        NotFusable: if the first lane's model cannot be stacked, see `kerascnn.fusion.refusal`.
        ValueError: if a later lane has another topology, or X another shape than the models' input.
    """
    if not lanes:
        return
    environment.prefer_threads_for_sweep()
    threads = min(threads or environment.available_cores(), len(lanes))
    model = _model(lanes[0])
    shared = topology(model)
    _check_samples(X, model)
    stacks = {} if stacks is None else stacks
    if shared not in stacks:
        stacks.clear()
        stacks[shared] = StackedModel(model, X, y)
    training = _Training(
        shared,
        LaneQueue(lanes, _chunk_sizes(lanes, model, chunk, threads), threads),
        stacks[shared],
        _Callbacks(on_report, on_epoch, on_state, want_train_outputs),
        shuffle,
    )
    with one_thread_at_a_time(), environment.graphs_as_traced():
        training.executor.run(training.work, threads)


def _model(lane: Lane) -> keras.Model:
    return lane.model if isinstance(lane.model, keras.Model) else lane.model()


def _check_samples(X: np.ndarray, model: keras.Model) -> None:
    """Check that samples have the shape of the model's input, to which Keras would bring them."""
    expected = tuple(model.inputs[0].shape[1:])
    if X.shape[1:] != expected:
        raise ValueError(f"X has samples of shape {X.shape[1:]}: reshape them to {expected}")


def _chunk_sizes(
    lanes: Sequence[Lane], model: keras.Model, chunk: int | None, threads: int
) -> dict[int, int]:
    """Return how many lanes to stack, by their batch size."""
    counts = Counter(lane.batch_size for lane in lanes)
    return {
        batch_size: chunk or chunk_size(model, batch_size, n_lanes, threads)[0]
        for batch_size, n_lanes in counts.items()
    }


@dataclass
class _Callbacks:
    """Whom to tell what."""

    on_report: OnReport
    on_epoch: OnEpoch | None
    on_state: OnState | None
    train_outputs: bool

    def are_awaited(self, chunk: Chunk) -> bool:
        """Return whether there is anything to tell after this epoch."""
        return self.on_epoch is not None or any(lane.is_due for lane in chunk.lanes)

    def outputs(self, chunk: Chunk) -> list[np.ndarray] | None:
        """Compute the outputs for training rows, if a report that is due holds them."""
        due = any(lane.is_due and not lane.diverged for lane in chunk.lanes)
        return chunk.train_outputs() if self.train_outputs and due else None

    def tell(self, chunk: Chunk, outputs: list[np.ndarray] | None) -> None:
        """Tell of the epoch, and hand over the reports that are due."""
        if self.on_epoch is not None:
            self.on_epoch([(lane.lane.tag, lane.epoch) for lane in chunk.lanes])
        for number, lane in enumerate(chunk.lanes):
            if lane.is_due:
                own = None if outputs is None else outputs[number]
                self.on_report(chunk.report(number, own))

    def want_checkpoints(self, last: float) -> bool:
        """Return whether checkpoints are due again, given the time when they last were."""
        due = time.perf_counter() - last > SECONDS_BETWEEN_CHECKPOINTS
        return due and self.on_state is not None

    def tell_checkpoints(self, checkpoints: Sequence[tuple[Any, LaneCheckpoint]]) -> None:
        """Hand over the checkpoints of lanes under way."""
        assert self.on_state is not None  # or none are wanted
        for tag, checkpoint in checkpoints:
            self.on_state(tag, checkpoint)


class _Training:
    """One call of `train_lanes`; `work` runs in each thread."""

    def __init__(
        self,
        topology: Any,
        queue: LaneQueue,
        stack: StackedModel,
        callbacks: _Callbacks,
        shuffle: bool,
    ) -> None:
        self.executor = MainThreadExecutor()
        self._topology = topology
        self._queue = queue
        self._stack = stack
        self._callbacks = callbacks
        self._shuffle = shuffle
        self._fitting: list[keras.Model] = []  # those whose topology has been looked at

    def work(self) -> None:
        """Train chunk after chunk until no lane is waiting."""
        while lanes := self._queue.take():
            self._train_chunk(lanes)

    def _train_chunk(self, lanes: list[Lane]) -> None:
        """Train a chunk that starts with these lanes, until the last that joined it is over."""
        chunk = Chunk(self._stack, self._queue.chunk_size(lanes[0]), shuffle=self._shuffle)
        last_checkpoints = time.perf_counter()
        newcomers = lanes
        while newcomers or chunk.lanes:
            if newcomers:
                chunk.join(self.executor.submit(partial(self._begin, newcomers)))
            chunk.run_epoch()
            if self._callbacks.are_awaited(chunk):
                outputs = self._callbacks.outputs(chunk)
                self.executor.submit(partial(self._callbacks.tell, chunk, outputs))
            chunk.dismiss()
            if self._callbacks.want_checkpoints(last_checkpoints):
                checkpoints = chunk.checkpoints()
                self.executor.submit(partial(self._callbacks.tell_checkpoints, checkpoints))
                last_checkpoints = time.perf_counter()
            newcomers = self._queue.take_more(lanes[0], chunk.n_free)

    def _begin(self, lanes: list[Lane]) -> list[RunningLane]:
        """Read what lanes that start need from their models."""
        return [self._begun(lane, _model(lane)) for lane in lanes]

    def _begun(self, lane: Lane, model: keras.Model) -> RunningLane:
        if not any(model is each for each in self._fitting):
            if topology(model) != self._topology:
                raise ValueError(f"lane {lane.tag!r} has another topology than the first lane")
            self._fitting.append(model)
        return begin(lane, model, self._stack.network)
