"""The optimizers that can be fused: Keras's formulas with the lane as first axis.

Each rule states its slots with their initial values and one update, written as in Keras 3
(keras/src/optimizers), for all weights joined into one tensor (lane, parameters). All lanes have
their own step count, rate, weight decay and clipping; momentum, the betas and the like are the
stack's. Nothing reduces over lanes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import optimizers

from kerascnn.fusion.graph import NotFusable

Slots = tuple[tf.Tensor, ...]
Update = Callable[[Any, tf.Tensor, tf.Tensor, Slots, "Moment"], tuple[tf.Tensor, Slots]]

# In the order in which Keras looks for them: only the first is applied.
CLIPPINGS = ("clipnorm", "global_clipnorm", "clipvalue")
_PER_LANE = (*CLIPPINGS, "learning_rate", "weight_decay", "name")
_REFUSED = ("use_ema", "loss_scale_factor", "gradient_accumulation_steps")


class Moment(NamedTuple):
    """Where the lanes stand.

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
        slots: the initial values of the slots shaped like the weights, given the optimizer.
        update: takes the optimizer, gradient, weights, slots and `Moment`; returns the new
            weights and slots.
    """

    slots: Callable[[Any], tuple[float, ...]]
    update: Update


def _sgd(o: Any, g: tf.Tensor, w: tf.Tensor, slots: Slots, at: Moment) -> tuple[tf.Tensor, Slots]:
    if not slots:
        return w - g * at.rate, ()
    m = slots[0] * o.momentum - g * at.rate
    return w + (m * o.momentum - g * at.rate if o.nesterov else m), (m,)


def _adam(o: Any, g: tf.Tensor, w: tf.Tensor, slots: Slots, at: Moment) -> tuple[tf.Tensor, Slots]:
    m = slots[0] + (g - slots[0]) * (1 - o.beta_1)
    v = slots[1] + (tf.square(g) - slots[1]) * (1 - o.beta_2)
    largest = (tf.maximum(slots[2], v),) if o.amsgrad else ()
    alpha = at.rate * tf.sqrt(1 - o.beta_2**at.step) / (1 - o.beta_1**at.step)
    w -= m * alpha / (tf.sqrt(largest[0] if largest else v) + o.epsilon)
    return w, (m, v, *largest)


def _rmsprop(
    o: Any, g: tf.Tensor, w: tf.Tensor, slots: Slots, at: Moment
) -> tuple[tf.Tensor, Slots]:
    rest = list(slots)
    v = o.rho * rest.pop(0) + (1 - o.rho) * tf.square(g)
    new = [v]
    if o.centered:
        mean = o.rho * rest.pop() + (1 - o.rho) * g
        v -= tf.square(mean)
        new.append(mean)
    increment = at.rate * g / tf.sqrt(v + o.epsilon)
    if o.momentum > 0:
        increment += o.momentum * rest.pop()
        new.insert(1, increment)
    return w - increment, tuple(new)


def _adagrad(
    o: Any, g: tf.Tensor, w: tf.Tensor, slots: Slots, at: Moment
) -> tuple[tf.Tensor, Slots]:
    total = slots[0] + tf.square(g)
    return w - at.rate * g / tf.sqrt(total + o.epsilon), (total,)


def _nadam(o: Any, g: tf.Tensor, w: tf.Tensor, slots: Slots, at: Moment) -> tuple[tf.Tensor, Slots]:
    now = o.beta_1 * (1 - 0.5 * 0.96**at.step)
    following = o.beta_1 * (1 - 0.5 * 0.96 ** (at.step + 1))
    product = slots[2] * now
    m = slots[0] + (g - slots[0]) * (1 - o.beta_1)
    v = slots[1] + (tf.square(g) - slots[1]) * (1 - o.beta_2)
    m_hat = following * m / (1 - product * following) + (1 - now) * g / (1 - product)
    v_hat = v / (1 - o.beta_2**at.step)
    return w - m_hat * at.rate / (tf.sqrt(v_hat) + o.epsilon), (m, v, product)


def _adamax(
    o: Any, g: tf.Tensor, w: tf.Tensor, slots: Slots, at: Moment
) -> tuple[tf.Tensor, Slots]:
    m = slots[0] + (g - slots[0]) * (1 - o.beta_1)
    u = tf.maximum(o.beta_2 * slots[1], tf.abs(g))
    return w - at.rate * m / ((1 - o.beta_1**at.step) * (u + o.epsilon)), (m, u)


_ADAM = OptimizerRule(lambda o: (0.0,) * (2 + o.amsgrad), _adam)

OPTIMIZERS: dict[type, OptimizerRule] = {
    optimizers.SGD: OptimizerRule(lambda o: (0.0,) * (o.momentum != 0), _sgd),
    optimizers.Adam: _ADAM,
    optimizers.AdamW: _ADAM,
    optimizers.RMSprop: OptimizerRule(
        lambda o: (0.0,) * (1 + (o.momentum > 0) + o.centered), _rmsprop
    ),
    optimizers.Adagrad: OptimizerRule(lambda o: (o.initial_accumulator_value,), _adagrad),
    optimizers.Nadam: OptimizerRule(lambda o: (0.0, 0.0, 1.0), _nadam),
    optimizers.Adamax: OptimizerRule(lambda o: (0.0, 0.0), _adamax),
}


def optimizer_rule(model: keras.Model) -> OptimizerRule:
    """Return the rule for a compiled model's optimizer.

    Raises:
        NotFusable: if there is none, or it is set up in a way that has none.
    """
    optimizer = model.optimizer
    kind = type(optimizer).__name__
    if type(optimizer) not in OPTIMIZERS:
        raise NotFusable(f"optimizer {kind} has no rule for stacking")
    for name in _REFUSED:
        if getattr(optimizer, name):
            raise NotFusable(f"optimizer {kind} has {name}={getattr(optimizer, name)!r}")
    if hasattr(optimizer, "_exclude_from_weight_decay"):
        raise NotFusable(f"optimizer {kind} excludes variables from weight decay")
    return OPTIMIZERS[type(optimizer)]


def optimizer_key(optimizer: Any) -> tuple[Any, ...]:
    """Return what two lanes' optimizers must have in common."""
    common = {k: v for k, v in optimizer.get_config().items() if k not in _PER_LANE}
    decays = optimizer.weight_decay is not None
    return (type(optimizer).__name__, repr(sorted(common.items())), decays, clipping(optimizer))


def clipping(optimizer: Any) -> str | None:
    """Return the name of the clipping the optimizer does, if any."""
    return next((name for name in CLIPPINGS if (getattr(optimizer, name) or 0) > 0), None)


def rates(model: keras.Model, learning_rate: float | None, n_steps: int) -> np.ndarray:
    """Return the learning rate of each step, (n_steps,) float32.

    Args:
        model: gives the optimizer.
        learning_rate: instead of the optimizer's own, if not None.
        n_steps: how many steps there are.
    """
    schedule = model.optimizer._learning_rate
    if learning_rate is not None or not isinstance(
        schedule, optimizers.schedules.LearningRateSchedule
    ):
        own = float(model.optimizer.learning_rate) if learning_rate is None else learning_rate
        return np.full(n_steps, own, np.float32)
    scheduled = tf.function(
        lambda steps: tf.map_fn(
            lambda step: tf.cast(schedule(step), tf.float32), steps, fn_output_signature=tf.float32
        ),
        autograph=False,
    )
    return scheduled(tf.range(n_steps, dtype=tf.int64)).numpy()


def clip(
    kind: str | None, gradients: Sequence[tf.Tensor], strength: tf.Tensor
) -> Sequence[tf.Tensor]:
    """Clip each lane's gradients as Keras clips those of its separate fit.

    Args:
        kind: one of `CLIPPINGS`, or None for none.
        gradients: (lane, ...) each.
        strength: (lane,).
    """
    if kind is None:
        return gradients
    if kind == "clipvalue":
        bounds = [along(strength, g) for g in gradients]
        return [tf.clip_by_value(g, -b, b) for g, b in zip(gradients, bounds, strict=True)]
    squares = [tf.reduce_sum(tf.square(g), range(1, g.shape.rank)) for g in gradients]
    if kind == "global_clipnorm":
        norm = tf.sqrt(tf.add_n(squares))
        scale = strength * tf.minimum(1 / norm, 1 / strength) + (norm - norm)
        return [g * along(scale, g) for g in gradients]
    norms = [tf.sqrt(square) for square in squares]
    return [
        g * along(strength, g) / along(tf.maximum(norm, strength), g)
        for g, norm in zip(gradients, norms, strict=True)
    ]


def along(vector: tf.Tensor, variable: tf.Tensor) -> tf.Tensor:
    """Return a vector (lane,) shaped to broadcast over a variable (lane, ...)."""
    return tf.reshape(vector, (-1,) + (1,) * (variable.shape.rank - 1))
