"""The losses that can be fused, and accuracy, for all lanes at once.

The Keras loss itself computes the values, on tensors with a lane axis in front, so that its
numerics are Keras's own: labels smoothed, logits taken from under a softmax, probabilities
clipped.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from keras import losses

from kerascnn.fusion.graph import NotFusable

SUPPORTED = {
    losses.SparseCategoricalCrossentropy: losses.sparse_categorical_crossentropy,
    losses.CategoricalCrossentropy: losses.categorical_crossentropy,
    losses.BinaryCrossentropy: losses.binary_crossentropy,
    losses.MeanSquaredError: losses.mean_squared_error,
}
_MEAN_OVER_BATCH = ("sum_over_batch_size", "mean")

LossFunction = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def loss_of(model: keras.Model) -> LossFunction:
    """Return the compiled loss as a function of targets and outputs that does not reduce.

    Raises:
        NotFusable: if the loss is of another kind than `SUPPORTED`, or reduces otherwise than
            by the mean over the batch.
    """
    loss = losses.get(model.loss) if isinstance(model.loss, str) else model.loss
    if loss in SUPPORTED.values():
        return loss
    if type(loss) not in SUPPORTED:
        raise NotFusable(f"loss {_name(loss)!r} has no rule for stacking")
    if loss.reduction not in _MEAN_OVER_BATCH:
        raise NotFusable(f"loss {_name(loss)!r} has reduction={loss.reduction!r}")
    if getattr(loss, "ignore_class", None) is not None:
        raise NotFusable(f"loss {_name(loss)!r} ignores a class")
    return loss.call


def loss_key(model: keras.Model) -> tuple[Any, ...]:
    """Return what two lanes' losses must have in common."""
    loss = losses.get(model.loss) if isinstance(model.loss, str) else model.loss
    if loss in SUPPORTED.values():
        return (loss.__name__,)
    settings = {k: v for k, v in loss.get_config().items() if k != "name"}
    return (SUPPORTED[type(loss)].__name__, repr(sorted(settings.items())))


def _name(loss: Any) -> str:
    return getattr(loss, "__name__", type(loss).__name__)


def shaped_like(outputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Return the targets with the rank that the loss wants beside the outputs.

    Labels are (lane, batch); where the model has a single output, targets are (lane, batch, 1).
    """
    single = outputs.shape[-1] == 1
    if targets.shape.rank == 2 and single:
        return targets[..., tf.newaxis]
    if targets.shape.rank == 3 and targets.shape[-1] == 1 and not single:
        return targets[..., 0]
    return targets


def matches(targets: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
    """Return where the prediction is right, as Keras's metric "accuracy" sees it.

    Args:
        targets: (lane, batch) labels, or (lane, batch, outputs).
        outputs: (lane, batch, outputs) float32.

    Returns:
        (lane, batch) float32: 1 where right, 0 where not.
    """
    if outputs.shape[-1] == 1:
        right = tf.equal(tf.cast(targets, tf.float32), tf.cast(outputs > 0.5, tf.float32))
        return tf.cast(right[..., 0], tf.float32)
    labels = targets if targets.shape.rank == 2 else tf.argmax(targets, -1)
    # Where the largest logit is, the largest probability is; the loss needs no more than logits
    # either, so that training need not compute the probabilities.
    predicted = tf.argmax(getattr(outputs, "_keras_logits", outputs), -1)
    return tf.cast(tf.equal(tf.cast(labels, tf.int64), predicted), tf.float32)
