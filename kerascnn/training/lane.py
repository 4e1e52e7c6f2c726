"""A lane: one fit while it trains in a compiled network."""

import math
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from kerascnn.training import batches
from kerascnn.training.compiled import CompiledNetwork, Data, Start

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
        owner: given back with each report: whose the callbacks are.
        checkpoint: where an earlier training of this lane had come; None starts anew.
    """

    start: Start
    data: Data
    callbacks: Sequence[keras.callbacks.Callback] = ()
    owner: Any = None
    checkpoint: LaneCheckpoint | None = None


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
        seed: of the batch order, see `kerascnn.training.batches.epoch_order`.
        report_epochs: the epochs, from 1 and ascending, after which a report is wanted; the last
            is `epochs`.
        shuffle: False visits the training samples in their own order.
        keeps_end: whether a checkpoint of where it ends is wanted, for one that trains longer.
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
    keeps_end: bool = False
    work: float = 1.0
    tag: Any = None


@dataclass
class LaneReport:
    """What is known of a lane after an epoch in its `report_epochs`, or at its early end.

    Attributes:
        tag: the lane's own.
        owner: as the lane was prepared with.
        epoch: how many epochs were trained.
        reported: the last epoch that there was a report of before, 0 without one.
        history: what `fit` records: a list per metric, a value per epoch.
        seconds: the time that the lane's epochs took.
        network: in the state that `fit` would leave; None if the lane failed.
        diverged: whether the last epoch's loss was not finite. The lane ends here.
        error: the exception that ended the lane, and its traceback as text.
    """

    tag: Any
    owner: Any
    epoch: int
    reported: int
    history: History
    seconds: float
    network: CompiledNetwork | None = None
    diverged: bool = False
    error: tuple[Exception, str] | None = None


@dataclass
class RunningLane:
    """A lane under way in a compiled network."""

    lane: Lane
    network: CompiledNetwork
    prepared: Preparation
    epoch: int = 0
    reported: int = 0
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
        logs = self.network.run_epoch(
            self.prepared.data, lane.train[order], lane.test, lane.batch_size
        )
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
        return LaneReport(
            self.lane.tag,
            self.prepared.owner,
            self.epoch,
            self.reported,
            _copied(self.history),
            self.seconds,
            network,
            self.diverged,
            error,
        )

    def checkpoint(self) -> LaneCheckpoint:
        """Return what the lane needs to resume."""
        history, arrays = _copied(self.history), self.network.snapshot()
        return LaneCheckpoint(self.epoch, history, self.seconds, arrays)

    def resume(self, checkpoint: LaneCheckpoint) -> None:
        """Continue from a checkpoint."""
        self.epoch, self.seconds = checkpoint.epoch, checkpoint.seconds
        self.history = _copied(checkpoint.history)

    def _order(self) -> np.ndarray:
        n_train = len(self.lane.train)
        if self.lane.shuffle:
            return batches.epoch_order(self.lane.seed, self.epoch, n_train)
        return np.arange(n_train)


def _copied(history: History) -> History:
    """Return a history that later epochs do not change."""
    return {name: list(values) for name, values in history.items()}
