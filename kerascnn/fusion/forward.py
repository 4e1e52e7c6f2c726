"""One forward pass of all lanes, as the layer rules see it.

A value on its way through the network has one of two forms: *together*, one tensor whose first
axis is the lane, (lane, batch, ...), or *apart*, a list with one tensor (batch, ...) per lane.
A rule takes whichever it finds and converts only where its work wants the other form, because a
conversion copies.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

import keras
import tensorflow as tf

Value: TypeAlias = tf.Tensor | list[tf.Tensor]


def together(value: Value) -> tf.Tensor:
    """Return the value as one tensor, (lane, batch, ...)."""
    return tf.stack(value) if isinstance(value, list) else value


def apart(value: Value) -> list[tf.Tensor]:
    """Return the value as one tensor (batch, ...) per lane."""
    return value if isinstance(value, list) else tf.unstack(value)


@dataclass
class Dropout:
    """The state of one dropout layer in this step.

    Attributes:
        rate: (lane,) float32, the share of values that is dropped.
        scale: (lane,) float32, what the others are multiplied by.
        seed: (lane, 2) int32, what this step's draw depends on.
    """

    rate: tf.Tensor
    scale: tf.Tensor
    seed: tf.Tensor


@dataclass
class Forward:
    """What the rules read and write during one pass.

    Attributes:
        lanes: how many there are, a scalar int32, or an int where a rule may unroll over them.
        training: whether this is a training step.
        weights: by `id` of the Keras variable, (lane, ...) each.
        dropouts: by `id` of the layer; empty if not training.
        updates: new values of non-trainable weights, by `id` of the variable.
    """

    lanes: tf.Tensor | int
    training: bool
    weights: dict[int, tf.Tensor]
    dropouts: dict[int, Dropout] = field(default_factory=dict)
    updates: dict[int, tf.Tensor] = field(default_factory=dict)

    def weight(self, variable: keras.Variable) -> tf.Tensor:
        """Return a layer's variable as all lanes have it, (lane, ...)."""
        return self.weights[id(variable)]
