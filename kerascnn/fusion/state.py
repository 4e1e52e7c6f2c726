"""What goes into a stacked model's functions and comes out: tensors of all lanes, by name."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from kerascnn.fusion.graph import layer_calls
from kerascnn.fusion.rules import DROPOUTS


class State(NamedTuple):
    """What training changes.

    Attributes:
        weights: as `model.weights`, (lane, ...) float32 each.
        slots: the optimizer's, (lane, parameters) float32 each: for all trained weights in one.
        steps: (lane,) int64, how many updates were made.
    """

    weights: tuple[tf.Tensor, ...]
    slots: tuple[tf.Tensor, ...]
    steps: tf.Tensor


class Settings(NamedTuple):
    """What lanes differ in and training does not change; the lane is the first axis throughout.

    Attributes:
        l1: (lane,) float32 for each regularized weight.
        l2: the same.
        dropout_rates: (lane,) float64 for each dropout layer.
        dropout_seeds: (lane, 2) int64 for each dropout layer, the initial state of its seed
            generator.
        weight_decay: (lane,) float32.
        clip: (lane,) float32, the strength of the optimizer's clipping.
    """

    l1: tuple[tf.Tensor, ...]
    l2: tuple[tf.Tensor, ...]
    dropout_rates: tuple[tf.Tensor, ...]
    dropout_seeds: tuple[tf.Tensor, ...]
    weight_decay: tf.Tensor
    clip: tf.Tensor


class Data(NamedTuple):
    """All samples, of which each lane uses its own rows.

    Attributes:
        X: what is kept of them, (n, ...) each, see `kerascnn.fusion.front`.
        y: (n,) or (n, outputs), as the loss wants them.
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


def regularized_weights(model: keras.Model) -> list[keras.Variable]:
    """Return the trained weights with a regularizer, in the order of `model.weights`."""
    return [v for v in trained_weights(model) if v.regularizer is not None]


def trained_weights(model: keras.Model) -> list[keras.Variable]:
    """Return the trained weights, in the order of `model.weights`."""
    trained = {id(v) for v in model.trainable_weights}
    return [v for v in model.weights if id(v) in trained]


def dropout_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the dropout layers in the order of calls."""
    return [call.layer for call in layer_calls(model) if type(call.layer) in DROPOUTS]
