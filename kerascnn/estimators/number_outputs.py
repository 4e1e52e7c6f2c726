"""The meaning of the outputs of a network of numbers or images: losses and targets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from kerascnn.estimators.losses import BINARY_LOSSES, CATEGORICAL_LOSSES, loss_name
from kerascnn.estimators.outputs import last_activation


@dataclass(frozen=True)
class NumberOutputs:
    """The outputs of a network that are compared with numbers or pixels.

    Attributes:
        shape: of one output: (k,), (samples, channels) or (height, width, channels).
        activation: that makes them, "linear" if none does.
    """

    shape: tuple[int, ...]
    activation: str

    @property
    def default_loss(self) -> str:
        """The mean squared error."""
        return "mean_squared_error"

    @property
    def from_logits(self) -> bool:
        """False: the outputs are compared with the targets as they are."""
        return False

    def metrics(self, loss: Callable[..., Any]) -> list[keras.Metric]:
        """Return what is always measured beside a loss: nothing."""
        return []

    def check_loss(self, loss: Callable[..., Any]) -> None:
        """Raise ValueError if a loss does not fit; one of a user's own kind is taken to fit."""
        if isinstance(loss, CATEGORICAL_LOSSES):
            raise ValueError(
                f"loss {loss_name(loss)} tells classes apart, but the model puts out numbers: use "
                "mean_squared_error, mean_absolute_error or huber, for example"
            )
        if not isinstance(loss, BINARY_LOSSES):
            return
        if loss.from_logits and self.activation == "linear":
            return
        if self.activation != "sigmoid":
            raise ValueError(
                f"loss {loss_name(loss)} takes outputs from 0 to 1, but the model ends in "
                f"{self.activation}: end it in sigmoid, or in nothing with loss__from_logits=True"
            )
        if loss.from_logits:
            raise ValueError(
                "the model ends in sigmoid, but the loss has from_logits=True: leave that out"
            )

    def check_targets(self, targets: np.ndarray) -> None:
        """Raise ValueError if the network can put out numbers from 0 to 1 only, and gets others."""
        if self.activation != "sigmoid" or not targets.size:
            return
        low, high = float(targets.min()), float(targets.max())
        if low < 0 or high > 1:
            raise ValueError(
                f"the model ends in sigmoid, so that its outputs lie between 0 and 1, but the "
                f"targets go from {low:g} to {high:g}: scale them, or end the model in another "
                "activation"
            )


def number_outputs(model: keras.Model, shape: tuple[int, ...]) -> NumberOutputs:
    """Return what the outputs of a built network mean.

    Args:
        model: the network.
        shape: that one output must have.

    Raises:
        ValueError: if it has another.
    """
    if len(model.outputs) != 1:
        raise ValueError(f"the model has {len(model.outputs)} outputs: it must have 1")
    found = tuple(model.outputs[0].shape[1:])
    if found != tuple(shape):
        raise ValueError(
            f"the model's outputs have the shape {found}, but the targets {tuple(shape)}: they "
            "must be equal"
        )
    return NumberOutputs(found, last_activation(model))
