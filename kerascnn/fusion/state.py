"""Arguments and results of a stack's functions: tensors of all lanes, by name."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf


class State(NamedTuple):
    """What training changes.

    Attributes:
        weights: (lane, parameters) float32, see `kerascnn.fusion.parameters`.
        slots: the optimizer's, (lane, parameters) float32 each.
        steps: (lane,) int64, how many updates were made.
    """

    weights: tf.Tensor
    slots: tuple[tf.Tensor, ...]
    steps: tf.Tensor


class Settings(NamedTuple):
    """What lanes differ in and training does not change.

    Attributes:
        rate: (lane,) float32, the learning rate.
        l1: (lane, regularized weights) float32.
        l2: the same.
    """

    rate: tf.Tensor
    l1: tf.Tensor
    l2: tf.Tensor


class Data(NamedTuple):
    """All samples, of which each lane uses its own rows.

    Attributes:
        X: what is kept of them, (n, ...) each, see `kerascnn.fusion.entry`.
        y: (n,) or (n, outputs) float32, as the loss wants them.
    """

    X: tuple[tf.Tensor, ...]
    y: tf.Tensor


class Evaluation(NamedTuple):
    """What is computed for rows without training.

    Attributes:
        outputs: (n, lane, outputs) float32.
        losses: (n, lane) float32, each sample's, without penalties.
        right: (n, lane) float32, 1 where the prediction is right.
        penalties: (lane,) float32.
    """

    outputs: tf.Tensor
    losses: tf.Tensor
    right: tf.Tensor
    penalties: tf.Tensor

    def of(self, lane: int, n: int) -> tuple[np.ndarray, float, float]:
        """Return a lane's outputs, loss with penalties, and accuracy for its first n rows."""
        with np.errstate(over="ignore", invalid="ignore"):  # a diverging lane's are not finite
            loss = self.losses.numpy()[:n, lane].mean() + self.penalties.numpy()[lane]
        accuracy = self.right.numpy()[:n, lane].mean()
        return self.outputs.numpy()[:n, lane].copy(), float(loss), float(accuracy)
