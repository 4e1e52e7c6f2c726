"""A lane of a stack, and the report about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from kerascnn.training.lane import LaneCheckpoint


@dataclass(frozen=True)
class Lane:
    """One fit: a compiled model, the rows it learns from, and for how long.

    Attributes:
        model: a compiled Keras model, or a function of no arguments that returns one. It gives the
            initial weights, the penalties' strengths and the optimizer's settings. It is only
            read, so lanes may share one object; a function is called in the main thread when the
            lane starts, and its model is not kept.
        train: row numbers of the training samples, in the order the separate fit would get them.
        test: row numbers of the validation samples.
        epochs: how many epochs to train, at least 1.
        batch_size: samples per step, at least 1.
        seed: of the batch order, see `kerascnn.training.batches.epoch_order`.
        report_epochs: the epochs, counted from 1 and ascending, after which a report with outputs
            is wanted; the last is `epochs`.
        learning_rate: overrides the model's own, so that lanes that differ in it can share a
            model; None keeps the model's own.
        sample_weight: (len(train),) float32, or None for ones.
        state: where an earlier training of this lane had come, before the first of
            `report_epochs`; None starts with the model's weights.
        tag: given back with each report, untouched.
    """

    model: keras.Model | Callable[[], keras.Model]
    train: np.ndarray
    test: np.ndarray
    epochs: int
    batch_size: int
    seed: int
    report_epochs: tuple[int, ...]
    learning_rate: float | None = None
    sample_weight: np.ndarray | None = None
    state: LaneCheckpoint | None = None
    tag: Any = None


@dataclass
class LaneReport:
    """What is known of a lane after an epoch in its `report_epochs`, or when it diverged.

    Attributes:
        tag: the lane's own.
        epoch: how many epochs were trained, counted from 1.
        diverged: whether this epoch's training loss was not finite. The lane ends here.
        history: lists of length `epoch`: `loss`, `accuracy`, `val_loss`, `val_accuracy`, defined
            as Keras's `fit` defines them.
        seconds: the lane's share of the time its stacks took so far.
        weights: the values of `model.weights`, in their order.
        optimizer_values: the values of `model.optimizer.variables` of a built optimizer, in their
            order: with both, a fit can resume.
        test_outputs: what the model predicts for the validation rows, (len(test), outputs)
            float32; None if the lane diverged.
        train_outputs: the same for the training rows, where asked for.
    """

    tag: Any
    epoch: int
    diverged: bool
    history: dict[str, list[float]]
    seconds: float
    weights: list[np.ndarray] = field(default_factory=list)
    optimizer_values: list[np.ndarray] = field(default_factory=list)
    test_outputs: np.ndarray | None = None
    train_outputs: np.ndarray | None = None

    def checkpoint(self) -> LaneCheckpoint:
        """Return what a lane that trains longer needs to go on from here."""
        arrays = [*self.weights, *self.optimizer_values]
        return LaneCheckpoint(self.epoch, self.history, self.seconds, arrays)
