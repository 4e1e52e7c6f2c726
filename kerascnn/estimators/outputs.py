"""The meaning of a network's outputs: the loss to train with, and probabilities."""

import functools
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import losses, metrics
from scipy.special import expit, softmax

from kerascnn.estimators.routes import plain_number
from kerascnn.internals.keras import producer_of
from kerascnn.utils.spelling import did_you_mean

LOSS_ABBREVIATIONS = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
# Keras's functions whose names are not their classes' in snake case.
FUNCTION_NAMES = {"kldivergence": "kl_divergence"}
CATEGORICAL_LOSSES = (
    losses.CategoricalCrossentropy,
    losses.CategoricalFocalCrossentropy,
    losses.CategoricalGeneralizedCrossEntropy,
    losses.CategoricalHinge,
    losses.SparseCategoricalCrossentropy,
)
BINARY_LOSSES = (losses.BinaryCrossentropy, losses.BinaryFocalCrossentropy)


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

    def accuracy(self, *, sparse: bool) -> keras.Metric:
        """Return Keras's accuracy for these outputs, named "accuracy"."""
        if self.count == 1:
            threshold = 0.0 if self.from_logits else 0.5
            return metrics.BinaryAccuracy("accuracy", threshold=threshold)
        if sparse:
            return metrics.SparseCategoricalAccuracy("accuracy")
        return metrics.CategoricalAccuracy("accuracy")

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
    activation = _last_activation(model)
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


def _last_activation(model: keras.Model) -> str:
    """Return the name of the activation that makes the model's output ("linear" if none)."""
    layer = producer_of(model.outputs[0]) if model.outputs else model.layers[-1]
    if isinstance(layer, keras.Model):
        return _last_activation(layer)
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    return getattr(getattr(layer, "activation", layer), "__name__", "linear")


def loss_classes() -> dict[str, type[losses.Loss]]:
    """Return Keras's loss classes by their names in snake case."""
    found = {
        _snake_case(name): item
        for name, item in vars(losses).items()
        if inspect.isclass(item) and issubclass(item, losses.Loss) and item is not losses.Loss
    }
    return found | {short: found[name] for short, name in LOSS_ABBREVIATIONS.items()}


def loss_class(name: str) -> type[losses.Loss]:
    """Return the Keras loss class called `name`, such as "mse" or "CategoricalHinge".

    Raises:
        ValueError: if there is none, with the closest name there is.
    """
    known = loss_classes()
    snake = _snake_case(name)
    if snake not in known:
        raise ValueError(f"loss={name!r} is not a Keras loss: {did_you_mean(snake, known)}")
    return known[snake]


def make_loss(loss: Any, arguments: dict[str, Any], outputs: Outputs) -> Callable[..., Any]:
    """Return the loss to train with.

    Args:
        loss: a name, class or instance of a Keras loss, a function, or None for
            cross-entropy: sparse categorical, or binary for one output. A function of Keras's
            becomes the loss of its class.
        arguments: further arguments of the loss's class.
        outputs: what the network's outputs mean.

    Raises:
        ValueError: if the loss does not fit the outputs.
    """
    if loss is None:
        loss = "binary_crossentropy" if outputs.count == 1 else "sparse_categorical_crossentropy"
    loss = loss_class(loss) if isinstance(loss, str) else _class_of_function(loss)
    if inspect.isclass(loss):
        arguments = {name: plain_number(value) for name, value in arguments.items()}
        if "from_logits" in inspect.signature(loss).parameters:
            arguments = {"from_logits": outputs.from_logits, **arguments}
        loss = loss(**arguments)
    elif arguments:
        raise ValueError(f"loss={loss!r} is an instance, and takes no loss__ arguments")
    _check_loss(loss, outputs)
    return loss


def is_sparse(loss: Callable[..., Any]) -> bool:
    """Return whether a loss takes class numbers rather than one-hot rows.

    Keras's sparse categorical cross-entropy does, in all its forms, and a loss of a user's own
    that has a true attribute `sparse`.
    """
    while isinstance(loss, functools.partial):
        loss = loss.func
    own = getattr(loss, "sparse", None)
    if own is not None:
        return bool(own)
    is_sparse_class = isinstance(loss, losses.SparseCategoricalCrossentropy)
    return is_sparse_class or loss is losses.sparse_categorical_crossentropy


def _class_of_function(loss: Any) -> Any:
    """Return the class of a loss function of Keras's, any other loss as it is."""
    for name, kind in loss_classes().items():
        if loss is getattr(losses, FUNCTION_NAMES.get(name, name), None):
            return kind
    return loss


def _check_loss(loss: Callable[..., Any], outputs: Outputs) -> None:
    """Raise if a made loss does not fit the outputs; one of a user's own kind is taken to fit."""
    name = getattr(loss, "name", getattr(loss, "__name__", repr(loss)))
    if isinstance(loss, CATEGORICAL_LOSSES) and outputs.count == 1:
        raise ValueError(f"loss {name} needs an output per class, but the model has 1 output")
    if isinstance(loss, BINARY_LOSSES) and outputs.count > 1:
        raise ValueError(f"loss {name} needs 1 output, but the model has {outputs.count}")
    from_logits = getattr(loss, "from_logits", None)
    if from_logits is not None and from_logits != outputs.from_logits:
        given = "logits" if outputs.from_logits else "probabilities"
        raise ValueError(
            f"the model puts out {given}, but the loss has from_logits={from_logits}: give the "
            f"loss from_logits={outputs.from_logits}, or name it and leave that out"
        )
    is_kerass = type(loss) in loss_classes().values()
    if is_kerass and from_logits is None and outputs.count == 1 and outputs.from_logits:
        raise ValueError(f"loss {name} on one output needs a sigmoid at the model's end")


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
