"""Lanes: fits that train one after another in the compiled networks of a few threads."""

import math
import time
import traceback
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import keras
import numpy as np

from kerascnn import batches
from kerascnn.training.callbacks import LaneCallbacks
from kerascnn.training.compiled import CompiledNetwork, Data, Start
from kerascnn.training.executor import MainThreadExecutor
from kerascnn.training.graph_checks import NotCompilable
from kerascnn.training.network_pool import NetworkPool
from kerascnn.training.queue import LaneQueue

SECONDS_BETWEEN_CHECKPOINTS = 30

History = dict[str, list[float]]


@dataclass(frozen=True)
class LaneCheckpoint:
    """A lane between two epochs: all that it needs to resume.

    Attributes:
        epoch: how many epochs were trained.
        history: as in `LaneReport`.
        seconds: likewise.
        arrays: the values of all variables, as the engine that trains the lane orders them.
    """

    epoch: int
    history: History
    seconds: float
    arrays: list[np.ndarray]


@dataclass(frozen=True)
class Preparation:
    """What a lane needs when it starts.

    Attributes:
        start: its variables' first values.
        data: all samples, with the weights of this lane's.
        callbacks: Keras callbacks, its own.
    """

    start: Start
    data: Data
    callbacks: Sequence[keras.callbacks.Callback] = ()


@dataclass(frozen=True)
class Lane:
    """One fit: rows to learn from, for how long, and what trains them.

    Attributes:
        network: lanes of one key train in one compiled network.
        compile: makes that network, of a model of its own.
        prepare: called when the lane starts.
        train: row numbers of the training samples, (n_train,), in the order `fit` would get them.
        test: row numbers of the validation samples, (n_test,); none validates nothing.
        epochs: how many epochs to train, at least 1.
        batch_size: samples per step, at least 1.
        seed: of the batch order, see `kerascnn.batches.epoch_order`.
        report_epochs: the epochs, from 1 and ascending, after which a report is wanted; the last
            is `epochs`.
        shuffle: False visits the training samples in their own order.
        checkpoint: where an earlier training of this lane had come; None starts anew.
        work: what the lane costs, in any unit that lanes share.
        tag: given back with each report, untouched.
    """

    network: Hashable
    compile: Callable[[], CompiledNetwork]
    prepare: Callable[[], Preparation]
    train: np.ndarray
    test: np.ndarray
    epochs: int
    batch_size: int
    seed: int
    report_epochs: tuple[int, ...]
    shuffle: bool = True
    checkpoint: LaneCheckpoint | None = None
    work: float = 1.0
    tag: Any = None


@dataclass
class LaneReport:
    """What is known of a lane after an epoch in its `report_epochs`, or at its early end.

    Attributes:
        tag: the lane's own.
        epoch: how many epochs were trained.
        history: what `fit` records: a list per metric, a value per epoch.
        seconds: the time that the lane's epochs took.
        network: in the state that `fit` would leave; None if the lane failed.
        diverged: whether the last epoch's loss was not finite. The lane ends here.
        error: the exception that ended the lane, and its traceback as text.
    """

    tag: Any
    epoch: int
    history: History
    seconds: float
    network: CompiledNetwork | None = None
    diverged: bool = False
    error: tuple[Exception, str] | None = None


OnReport = Callable[[LaneReport], None]
OnCheckpoint = Callable[[Any, LaneCheckpoint], None]
OnRefusal = Callable[[Any, str], None]


def train_lanes(
    lanes: Sequence[Lane],
    pool: NetworkPool,
    *,
    threads: int,
    on_report: OnReport,
    on_checkpoint: OnCheckpoint | None = None,
    on_refusal: OnRefusal | None = None,
) -> None:
    """Train lanes, each as its separate `fit` would; call back in the calling thread.

    Args:
        lanes: in any order.
        pool: where compiled networks come from and go to.
        threads: how many lanes train at a time.
        on_report: called with each `LaneReport`, while the lane waits. What it does to the
            network has no influence on the lane.
        on_checkpoint: called twice a minute for each lane under way with its tag.
        on_refusal: called with the tag of each lane whose network cannot be compiled, and why;
            None raises NotCompilable.
    """
    training = _Training(LaneQueue(lanes), pool, on_report, on_checkpoint, on_refusal)
    training.executor.run(training.work, min(threads, len(lanes)))


@dataclass
class RunningLane:
    """A lane under way in a compiled network."""

    lane: Lane
    network: CompiledNetwork
    data: Data
    epoch: int = 0
    history: History = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def diverged(self) -> bool:
        """Whether the last epoch's loss was not finite."""
        losses = self.history.get("loss", [])
        return bool(losses) and not math.isfinite(losses[-1])

    def train_epoch(self) -> dict[str, Any]:
        """Train and validate for one epoch; return its logs."""
        lane, started = self.lane, time.perf_counter()
        order = self._order()
        logs = self.network.run_epoch(self.data, lane.train[order], lane.test, lane.batch_size)
        self.epoch += 1
        self.seconds += time.perf_counter() - started
        return logs

    def record(self, logs: dict[str, Any]) -> None:
        """Append an epoch's logs to the history."""
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def report(self, error: tuple[Exception, str] | None = None) -> LaneReport:
        """Return what is known now."""
        network = None if error else self.network
        history = {name: list(values) for name, values in self.history.items()}
        tag = self.lane.tag
        return LaneReport(tag, self.epoch, history, self.seconds, network, self.diverged, error)

    def checkpoint(self) -> LaneCheckpoint:
        """Return what the lane needs to resume."""
        history = {name: list(values) for name, values in self.history.items()}
        return LaneCheckpoint(self.epoch, history, self.seconds, self.network.snapshot())

    def resume(self, checkpoint: LaneCheckpoint) -> None:
        """Continue from a checkpoint."""
        self.epoch, self.seconds = checkpoint.epoch, checkpoint.seconds
        self.history = {name: list(values) for name, values in checkpoint.history.items()}

    def _order(self) -> np.ndarray:
        n_train = len(self.lane.train)
        if self.lane.shuffle:
            return batches.epoch_order(self.lane.seed, self.epoch, n_train)
        return np.arange(n_train)


class _Training:
    """One call of `train_lanes`; `work` runs in each thread."""

    def __init__(
        self,
        queue: LaneQueue,
        pool: NetworkPool,
        on_report: OnReport,
        on_checkpoint: OnCheckpoint | None,
        on_refusal: OnRefusal | None,
    ) -> None:
        self.executor = MainThreadExecutor()
        self._queue = queue
        self._pool = pool
        self._on_report = on_report
        self._on_checkpoint = on_checkpoint
        self._on_refusal = on_refusal

    def work(self) -> None:
        """Train lane after lane, as many as possible in one network before the next."""
        while (lane := self._queue.take()) is not None:
            key, network = lane.network, None
            while lane is not None:
                network = network or self.executor.submit(partial(self._network_for, lane))
                if network is not None and not self._train(lane, network):
                    network = None
                lane = self._queue.take_more(key)
            if network is not None:
                self._pool.give_back(key, network)

    def _network_for(self, lane: Lane) -> CompiledNetwork | None:
        """Return a compiled network; refuse the lane and return None if there can be none."""
        try:
            return self._pool.take(lane.network, lane.compile)
        except NotCompilable as reason:
            self._refuse(lane, reason)
            return None

    def _refuse(self, lane: Lane, reason: NotCompilable) -> None:
        if self._on_refusal is None:
            raise reason
        self._on_refusal(lane.tag, str(reason))

    def _train(self, lane: Lane, network: CompiledNetwork) -> bool:
        """Train one lane to its end; return whether the network can serve others.

        What an exception ends scores as a failed fit.
        """
        prepared = self.executor.submit(lane.prepare)
        running = RunningLane(lane, network, prepared.data)
        try:
            self._train_epochs(running, prepared)
        except NotCompilable as reason:
            self.executor.submit(partial(self._refuse, lane, reason))
            return False
        except Exception as error:
            report = running.report((error, traceback.format_exc()))
            self.executor.submit(partial(self._on_report, report))
        return True

    def _train_epochs(self, running: RunningLane, prepared: Preparation) -> None:
        lane, network = running.lane, running.network
        network.begin(prepared.start)
        if lane.checkpoint is not None:
            running.resume(lane.checkpoint)
            network.restore(lane.checkpoint.arrays)
        callbacks = LaneCallbacks(prepared.callbacks, network.model, lane, self.executor)
        callbacks.on_train_begin()
        last_checkpoint = time.perf_counter()
        while running.epoch < lane.epochs:
            callbacks.on_epoch_begin(running.epoch)
            logs = running.train_epoch()
            running.record(logs)
            callbacks.on_epoch_end(running.epoch - 1, logs)
            if running.diverged or network.model.stop_training:
                break
            if running.epoch in lane.report_epochs[:-1]:
                self._report_on_the_way(running)
            if self._checkpoint_is_due(last_checkpoint) and not callbacks:
                self._keep(running)
                last_checkpoint = time.perf_counter()
        network.finish()
        callbacks.on_train_end(logs)
        self.executor.submit(partial(self._on_report, running.report()))

    def _report_on_the_way(self, running: RunningLane) -> None:
        """Report as if the lane ended here, then let it continue from where it was."""
        network, values = running.network, running.network.snapshot()
        network.finish()
        self.executor.submit(partial(self._on_report, running.report()))
        network.restore(values)

    def _checkpoint_is_due(self, last: float) -> bool:
        due = time.perf_counter() - last > SECONDS_BETWEEN_CHECKPOINTS
        return due and self._on_checkpoint is not None

    def _keep(self, running: RunningLane) -> None:
        assert self._on_checkpoint is not None  # or none is due
        checkpoint = running.checkpoint()
        self.executor.submit(partial(self._on_checkpoint, running.lane.tag, checkpoint))
