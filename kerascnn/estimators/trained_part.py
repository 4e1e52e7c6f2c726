"""The part of a network that a training steps through: all, or what follows a frozen front."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np

from kerascnn.identity import NetworkIdentity, identify_network
from kerascnn.training.frozen import FrozenFront, frozen_front
from kerascnn.training.variables import state_variables


@dataclass(frozen=True)
class TrainedPart:
    """What a training steps through.

    Attributes:
        model: compiled, with the optimizer of the whole network.
        frozen: the front that its inputs come from; None if it is the whole network.
    """

    model: keras.Model
    frozen: FrozenFront | None = None

    def inputs(self, images: np.ndarray) -> np.ndarray:
        """Return what the model takes in place of images, (n, …)."""
        return images if self.frozen is None else self.frozen.features(images)

    @cached_property
    def front_identity(self) -> NetworkIdentity | None:
        """What settles the features; None if the model takes images."""
        return None if self.frozen is None else identify_network(self.frozen.front)

    def whole_state(self, network: keras.Model, state: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the state of a network of which this is a part.

        Args:
            network: in its initial state.
            state: of the part, in the order of `state_variables`.
        """
        known = {id(v): value for v, value in zip(state_variables(self.model), state, strict=True)}
        return [known.get(id(v), v.numpy()) for v in state_variables(network)]

    def is_of(self, network: keras.Model) -> bool:
        """Return whether this is a part of a network as it is compiled, and frozen, now."""
        trained = [list(map(id, each.trainable_variables)) for each in (self.model, network)]
        return self.model.optimizer is network.optimizer and trained[0] == trained[1]


def trained_part(network: keras.Model, arguments: Mapping[str, Any], n_images: int) -> TrainedPart:
    """Return the part of a compiled network that is to be trained on so many images.

    Args:
        network: compiled; the part shares its layers and its optimizer.
        arguments: those of `compile` that it was compiled with.
        n_images: how many images' features would be kept.
    """
    frozen = frozen_front(network)
    if frozen is None or not frozen.fits(n_images):
        return TrainedPart(network)
    frozen.rest.compile(**{**arguments, "optimizer": network.optimizer})
    return TrainedPart(frozen.rest, frozen)
