"""Losses: Keras's by name, class or instance, functions, and whether they suit a network."""

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any, Protocol

from keras import losses

from kerascnn.estimators.routes import plain_number
from kerascnn.utils.spelling import did_you_mean

# What else Keras calls its losses, but for upper and lower case.
LOSS_ABBREVIATIONS = {
    "bce": "binary_crossentropy",
    "kl_divergence": "kldivergence",
    "kld": "kldivergence",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}
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


class TrainedOutputs(Protocol):
    """What a loss has to suit."""

    @property
    def default_loss(self) -> str:
        """The name of the loss where none is given."""

    @property
    def from_logits(self) -> bool:
        """Whether a loss that takes either is given logits."""

    def check_loss(self, loss: Callable[..., Any]) -> None:
        """Raise ValueError if a loss that has been made does not fit the outputs."""


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


def make_loss(loss: Any, arguments: dict[str, Any], outputs: TrainedOutputs) -> Callable[..., Any]:
    """Return the loss to train with.

    Args:
        loss: a name, class or instance of a Keras loss, a function, or None for the outputs'
            default. A function of Keras's becomes the loss of its class.
        arguments: further arguments of the loss's class.
        outputs: what the network's outputs mean.

    Raises:
        ValueError: if the loss does not fit the outputs.
    """
    loss = outputs.default_loss if loss is None else loss
    loss = loss_class(loss) if isinstance(loss, str) else _class_of_function(loss)
    if inspect.isclass(loss):
        arguments = {name: plain_number(value) for name, value in arguments.items()}
        if "from_logits" in inspect.signature(loss).parameters:
            arguments = {"from_logits": outputs.from_logits, **arguments}
        loss = loss(**arguments)
    elif arguments:
        raise ValueError(f"loss={loss!r} is an instance, and takes no loss__ arguments")
    outputs.check_loss(loss)
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


def loss_name(loss: Callable[..., Any]) -> str:
    """Return what to call a loss in messages."""
    return str(getattr(loss, "name", getattr(loss, "__name__", repr(loss))))


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
