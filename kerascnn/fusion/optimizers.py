"""The optimizers that can be stacked: Keras's formulas with the lane as first axis.

Each rule states how many slots it keeps and one update, written as in Keras 3
(keras/src/optimizers), for all weights joined into one tensor (lane, parameters). All lanes have
their own step count and learning rate; momentum, the betas and the like are the stack's. Nothing
reduces over lanes.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import optimizers

from kerascnn.fusion.chain import NotFusable

Slots = tuple[tf.Tensor, ...]
Update = Callable[
    [Any, tf.Tensor, tf.Tensor, Slots, "StepContext"], tuple[tf.Tensor, tuple[tf.Tensor, ...]]
]

_REFUSED = (
    "weight_decay",
    "clipnorm",
    "global_clipnorm",
    "clipvalue",
    "use_ema",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)
_PER_LANE = ("learning_rate", "name")


class StepContext(NamedTuple):
    """Where the lanes stand in their trainings.

    Attributes:
        rate: (lane, 1) float32, the learning rate.
        step: (lane, 1) float32, the number of this update, from 1.
    """

    rate: tf.Tensor
    step: tf.Tensor


@dataclass(frozen=True)
class OptimizerRule:
    """How one kind of optimizer updates the weights of all lanes.

    Attributes:
        n_slots: how many values, at first 0, the optimizer keeps per weight.
        update: takes the optimizer, gradient, weights, slots and `StepContext`; returns the new
            weights and slots.
    """

    n_slots: Callable[[Any], int]
    update: Update


def _sgd(
    o: Any, g: tf.Tensor, w: tf.Tensor, slots: Slots, at: StepContext
) -> tuple[tf.Tensor, Slots]:
    if not slots:
        return w - g * at.rate, ()
    m = slots[0] * o.momentum - g * at.rate
    return w + (m * o.momentum - g * at.rate if o.nesterov else m), (m,)


def _adam(
    o: Any, g: tf.Tensor, w: tf.Tensor, slots: Slots, at: StepContext
) -> tuple[tf.Tensor, Slots]:
    m = slots[0] + (g - slots[0]) * (1 - o.beta_1)
    v = slots[1] + (tf.square(g) - slots[1]) * (1 - o.beta_2)
    largest = (tf.maximum(slots[2], v),) if o.amsgrad else ()
    alpha = at.rate * tf.sqrt(1 - o.beta_2**at.step) / (1 - o.beta_1**at.step)
    w -= m * alpha / (tf.sqrt(largest[0] if largest else v) + o.epsilon)
    return w, (m, v, *largest)


OPTIMIZERS: dict[type, OptimizerRule] = {
    optimizers.SGD: OptimizerRule(lambda o: int(o.momentum != 0), _sgd),
    optimizers.Adam: OptimizerRule(lambda o: 2 + int(o.amsgrad), _adam),
}


def optimizer_rule(model: keras.Model) -> OptimizerRule:
    """Return the rule for a compiled model's optimizer.

    Raises:
        NotFusable: if there is none, or it is set up in a way that has none.
    """
    optimizer = model.optimizer
    kind = type(optimizer).__name__
    if type(optimizer) not in OPTIMIZERS or "update_step" in vars(optimizer):
        raise NotFusable(f"optimizer {kind} has no rule for stacking")
    for name in _REFUSED:
        if getattr(optimizer, name):
            raise NotFusable(f"optimizer {kind} has {name}={getattr(optimizer, name)!r}")
    if not isinstance(optimizer.get_config()["learning_rate"], float):
        raise NotFusable(f"optimizer {kind} has a learning rate that is not a number")
    if int(optimizer.iterations):
        raise NotFusable(f"optimizer {kind} has already taken steps")
    return OPTIMIZERS[type(optimizer)]


def optimizer_key(optimizer: Any) -> Hashable:
    """Return what two lanes' optimizers must have in common."""
    common = {k: v for k, v in optimizer.get_config().items() if k not in _PER_LANE}
    return type(optimizer).__name__, repr(sorted(common.items()))


def keras_order(slots: Sequence[Sequence[np.ndarray]]) -> list[np.ndarray]:
    """Return slots in the order in which a Keras optimizer keeps them.

    A weight's first two slots stand together, then those of the next weight; third ones follow
    after all of these.

    Args:
        slots: the first slot of each weight, the second of each, ….
    """
    pairs = zip(*slots[:2], strict=True)
    return [*chain.from_iterable(pairs), *chain.from_iterable(slots[2:])]


def from_keras_order(arrays: Sequence[np.ndarray], n_slots: int) -> list[list[np.ndarray]]:
    """Return slots as `keras_order` takes them."""
    if n_slots == 0:
        return []
    n_weights, n_paired = len(arrays) // n_slots, min(n_slots, 2)
    pairs, others = arrays[: n_weights * n_paired], arrays[n_weights * n_paired :]
    return [
        *(list(pairs[number::n_paired]) for number in range(n_paired)),
        *(list(others[i : i + n_weights]) for i in range(0, len(others), n_weights)),
    ]
