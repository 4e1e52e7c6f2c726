"""The losses that can be stacked, and accuracy, for all lanes at once.

The Keras loss itself computes the values, on tensors with a lane axis in front, so that its
numerics are Keras's own: labels smoothed, logits taken from under a softmax, probabilities
clipped.
"""

from collections.abc import Callable, Hashable
from typing import Any

import keras
import tensorflow as tf
from keras import losses
from keras.metrics import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy

from kerascnn.fusion.chain import NotFusable
from kerascnn.internals.keras import compiled_with

FUNCTIONS = {
    losses.SparseCategoricalCrossentropy: losses.sparse_categorical_crossentropy,
    losses.CategoricalCrossentropy: losses.categorical_crossentropy,
    losses.BinaryCrossentropy: losses.binary_crossentropy,
    losses.MeanSquaredError: losses.mean_squared_error,
}
ACCURACIES = (BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy)
THRESHOLD = 0.5
_MEAN_OVER_BATCH = ("sum_over_batch_size", "mean")

LossFunction = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def loss_of(model: keras.Model) -> LossFunction:
    """Return the compiled loss as a function of targets and outputs that does not reduce.

    Raises:
        NotFusable: if the loss is of another kind than `FUNCTIONS`, computes in another dtype or
            along another axis, or reduces otherwise than by the mean over the batch.
    """
    loss = _loss(model)
    name = type(loss).__name__
    if loss.reduction not in _MEAN_OVER_BATCH:
        raise NotFusable(f"loss {name!r} has reduction={loss.reduction!r}")
    if loss.dtype != "float32":
        raise NotFusable(f"loss {name!r} computes in {loss.dtype}")
    settings = _settings(loss)
    if settings.get("axis", -1) != -1:
        raise NotFusable(f"loss {name!r} has axis={settings['axis']!r}")
    if settings.get("ignore_class") is not None:
        raise NotFusable(f"loss {name!r} ignores a class")
    return loss.call


def loss_key(model: keras.Model) -> Hashable:
    """Return what two lanes' losses must have in common."""
    loss = _loss(model)
    return type(loss).__name__, repr(sorted(_settings(loss).items()))


def _loss(model: keras.Model) -> losses.Loss:
    """Return the compiled loss as an object of one of the known kinds."""
    loss = compiled_with(model).loss
    if isinstance(loss, str):
        try:
            loss = losses.get(loss)
        except ValueError:  # "crossentropy", which Keras chooses by the targets
            raise NotFusable(f"loss {loss!r} has no rule for stacking") from None
    for kind, function in FUNCTIONS.items():
        if loss is function:
            return kind()
    if type(loss) not in FUNCTIONS or "call" in vars(loss):
        name = getattr(loss, "__name__", type(loss).__name__)
        raise NotFusable(f"loss {name!r} has no rule for stacking")
    return loss


def _settings(loss: losses.Loss) -> dict[str, Any]:
    # A configuration leaves the axis of SparseCategoricalCrossentropy out.
    return dict(loss._fn_kwargs)


def accuracy_threshold(model: keras.Model) -> float:
    """Return what a model's single output must exceed to count as 1 in its accuracy.

    Raises:
        NotFusable: if the model is compiled with metrics other than one accuracy that fits it.
    """
    given = compiled_with(model).metrics
    if given == ["accuracy"]:
        return THRESHOLD
    if not (isinstance(given, list) and len(given) == 1 and _is_accuracy(given[0])):
        raise NotFusable("the model's metrics are not accuracy alone")
    (metric,) = given
    is_single = model.outputs[0].shape[-1] == 1
    if is_single != isinstance(metric, BinaryAccuracy):
        raise NotFusable(f"metric {type(metric).__name__} does not fit the model's outputs")
    return float(getattr(metric, "threshold", THRESHOLD))


def _is_accuracy(metric: Any) -> bool:
    """Return whether a metric is one of Keras's own accuracies, logged under that name."""
    return type(metric) in ACCURACIES and (metric.name, metric.dtype) == ("accuracy", "float32")


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


def matches(targets: tf.Tensor, outputs: tf.Tensor, threshold: float) -> tf.Tensor:
    """Return where the prediction is right, as Keras's accuracy sees it.

    Args:
        targets: (lane, batch) labels, or (lane, batch, outputs).
        outputs: (lane, batch, outputs) float32.
        threshold: what a single output must exceed to count as 1.

    Returns:
        (lane, batch) float32: 1 where right, 0 where not.
    """
    if outputs.shape[-1] == 1:
        right = tf.equal(targets, tf.cast(outputs > threshold, tf.float32))
        return tf.cast(right[..., 0], tf.float32)
    labels = tf.cast(targets, tf.int64) if targets.shape.rank == 2 else tf.argmax(targets, -1)
    return tf.cast(tf.equal(labels, tf.argmax(outputs, -1)), tf.float32)
