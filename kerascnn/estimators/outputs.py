"""The meaning of a classifying network's outputs: classes, targets and probabilities."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import metrics
from scipy.special import expit, softmax

from kerascnn.estimators.losses import (
    BINARY_LOSSES,
    CATEGORICAL_LOSSES,
    is_sparse,
    loss_classes,
    loss_name,
)
from kerascnn.internals.keras import producer_of


@dataclass(frozen=True)
class Outputs:
    """The outputs of a network that tells classes apart.

    Attributes:
        count: units of the last layer: one per class, or 1 for two classes.
        n_classes: the number of classes, at least 2.
        from_logits: whether they are logits rather than probabilities.
    """

    count: int
    n_classes: int
    from_logits: bool

    @property
    def shape(self) -> tuple[int]:
        """The shape of one output."""
        return (self.count,)

    @property
    def default_loss(self) -> str:
        """Cross-entropy: sparse categorical, or binary for one output."""
        return "binary_crossentropy" if self.count == 1 else "sparse_categorical_crossentropy"

    def metrics(self, loss: Callable[..., Any]) -> list[keras.Metric]:
        """Return what is always measured beside a loss: Keras's accuracy, named "accuracy"."""
        if self.count == 1:
            threshold = 0.0 if self.from_logits else 0.5
            return [metrics.BinaryAccuracy("accuracy", threshold=threshold)]
        if is_sparse(loss):
            return [metrics.SparseCategoricalAccuracy("accuracy")]
        return [metrics.CategoricalAccuracy("accuracy")]

    def check_loss(self, loss: Callable[..., Any]) -> None:
        """Raise ValueError if a loss does not fit; one of a user's own kind is taken to fit."""
        name = loss_name(loss)
        if isinstance(loss, CATEGORICAL_LOSSES) and self.count == 1:
            raise ValueError(f"loss {name} needs an output per class, but the model has 1 output")
        if isinstance(loss, BINARY_LOSSES) and self.count > 1:
            raise ValueError(f"loss {name} needs 1 output, but the model has {self.count}")
        from_logits = getattr(loss, "from_logits", None)
        if from_logits is not None and from_logits != self.from_logits:
            given = "logits" if self.from_logits else "probabilities"
            raise ValueError(
                f"the model puts out {given}, but the loss has from_logits={from_logits}: give the "
                f"loss from_logits={self.from_logits}, or name it and leave that out"
            )
        is_kerass = type(loss) in loss_classes().values()
        if is_kerass and from_logits is None and self.count == 1 and self.from_logits:
            raise ValueError(f"loss {name} on one output needs a sigmoid at the model's end")

    def encode(self, indices: np.ndarray, *, sparse: bool) -> np.ndarray:
        """Return targets for class numbers.

        Args:
            indices: positions in `classes_`, integers, shape (n,).
            sparse: whether the loss takes class numbers.

        Returns:
            (n, 1) float32 of 0 and 1 for one output; otherwise (n,) int32 if `sparse`, else
            one-hot rows, (n, n_classes) float32.
        """
        if self.count == 1:
            return indices.astype(np.float32)[:, None]
        if sparse:
            return indices.astype(np.int32)
        return np.eye(self.n_classes, dtype=np.float32)[indices]


def probabilities(outputs: np.ndarray, from_logits: bool) -> np.ndarray:
    """Return class probabilities for what a network puts out.

    Args:
        outputs: (n, n_classes), or (n, 1) for the second of two classes.
        from_logits: whether softmax (sigmoid for one output) has yet to be applied.

    Returns:
        The outputs' dtype, (n, n_classes), rows that sum to 1.
    """
    if outputs.shape[1] == 1:
        second = expit(outputs) if from_logits else outputs
        return np.hstack([1 - second, second])
    return softmax(outputs, axis=1) if from_logits else outputs


def outputs_of(model: keras.Model, n_classes: int) -> Outputs:
    """Return what the outputs of a built `model` mean.

    Raises:
        ValueError: if their number or the last activation does not fit `n_classes`.
    """
    shape = model.output_shape
    if not isinstance(shape, tuple) or len(shape) != 2 or shape[1] not in (1, n_classes):
        raise ValueError(_wrong_shape(model, n_classes))
    count = shape[1]
    if count == 1 and n_classes != 2:
        raise ValueError(_wrong_shape(model, n_classes))
    activation = last_activation(model)
    if activation == "softmax" and count == 1:
        raise ValueError("a softmax over one output is always 1: use sigmoid, or 2 outputs")
    if activation == "sigmoid" and count > 1:
        raise ValueError(
            f"the model ends in sigmoid over {count} outputs, which is not a distribution over "
            "classes: end it in softmax, or in no activation (logits)"
        )
    return Outputs(count, n_classes, activation not in ("softmax", "sigmoid"))


def _wrong_shape(model: keras.Model, n_classes: int) -> str:
    allowed = f"(None, {n_classes})" + (" or (None, 1)" if n_classes == 2 else "")
    return (
        f"the model's output shape is {model.output_shape}, but y has {n_classes} classes: it "
        f"must be {allowed}"
    )


def last_activation(model: keras.Model) -> str:
    """Return the name of the activation that makes the model's output ("linear" if none)."""
    layer = producer_of(model.outputs[0]) if model.outputs else model.layers[-1]
    if isinstance(layer, keras.Model):
        return last_activation(layer)
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    return getattr(getattr(layer, "activation", layer), "__name__", "linear")
