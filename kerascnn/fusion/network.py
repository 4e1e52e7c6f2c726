"""What a stack of networks of one topology computes: one update, predictions, penalties.

Tensors have the lane as first axis. `kerascnn.fusion.stack` makes epochs of it.
"""

import math
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from kerascnn.fusion import losses, optimizers
from kerascnn.fusion.forward import Dropout, Forward, Value, together
from kerascnn.fusion.front import Patches, Samples
from kerascnn.fusion.graph import layer_calls
from kerascnn.fusion.optimizers import Moment, along
from kerascnn.fusion.rules import rule_of
from kerascnn.fusion.state import (
    Data,
    Settings,
    State,
    dropout_layers,
    regularized_weights,
    trained_weights,
)
from kerascnn.fusion.topology import has_l1

_INT32_MAX = 2**31 - 1


class StackedNetwork:
    """Many networks of one topology side by side.

    Args:
        model: any model of the topology. Only its structure is used.
        lanes: how many are stacked; None leaves it open, see `kerascnn.fusion.stack`.
        front: how samples enter.
    """

    def __init__(self, model: keras.Model, lanes: int | None, front: Samples | Patches) -> None:
        self.variables = model.weights
        self.regularized = regularized_weights(model)
        self.dropouts = dropout_layers(model)
        self.n_outputs = model.outputs[0].shape[-1]
        self._lanes = lanes
        self._calls = layer_calls(model)
        self._front = front
        self._trained = trained_weights(model)
        self._optimizer = model.optimizer
        self._rule = optimizers.optimizer_rule(model)
        self._loss = losses.loss_of(model)

    def initial_state(self, weights: Sequence[np.ndarray]) -> State:
        """Return the state of one model that has not been trained, without the lane axis."""
        n_parameters = sum(map(_size, self._trained))
        initial = self._rule.slots(self._optimizer)
        slots = tuple(np.full(n_parameters, value, np.float32) for value in initial)
        return State(tuple(weights), slots, np.int64(0))

    def step(
        self,
        state: State,
        settings: Settings,
        batch: Data,
        sample_weight: tf.Tensor,
        rate: tf.Tensor,
    ) -> tuple[State, tf.Tensor, tf.Tensor]:
        """Make one update of all lanes; return the state, loss and right predictions (lane,)."""
        weights = self._by_variable(state.weights)
        trained = [weights[id(v)] for v in self._trained]
        lanes = self._n_lanes(rate)
        forward = Forward(lanes, True, weights, self._dropout_states(settings, state.steps))
        with tf.GradientTape() as tape:
            tape.watch(trained)
            outputs = self._outputs(batch, forward)
            y = losses.shaped_like(outputs, batch.y)
            loss = tf.reduce_mean(self._loss(y, outputs) * sample_weight, 1)
            # A lane's weights enter its own loss alone, so the sum's gradient is each lane's own.
            total = tf.reduce_sum(loss)
        gradients = tape.gradient(total, trained)
        loss += self.penalties(state.weights, settings)
        gradients = self._penalized(gradients, weights, settings)
        updates, slots = self._updates(trained, gradients, state, settings, rate)
        weights |= forward.updates | {id(v): w for v, w in zip(self._trained, updates, strict=True)}
        new = State(tuple(weights[id(v)] for v in self.variables), slots, state.steps + 1)
        return new, loss, tf.reduce_sum(losses.matches(y, outputs), 1)

    def predict(
        self, weights: Sequence[tf.Tensor], batch: Data
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return outputs (lane, batch, outputs), losses and right predictions (lane, batch)."""
        forward = Forward(self._n_lanes(batch.y), False, self._by_variable(weights))
        outputs = self._outputs(batch, forward)
        y = losses.shaped_like(outputs, batch.y)
        return outputs, self._loss(y, outputs), losses.matches(y, outputs)

    def penalties(self, weights: Sequence[tf.Tensor], settings: Settings) -> tf.Tensor:
        """Return each lane's sum of L1 and L2 penalties, (lane,)."""
        by_variable, total = self._by_variable(weights), tf.zeros_like(settings.clip)
        for variable, l1, l2 in zip(self.regularized, settings.l1, settings.l2, strict=True):
            weight = by_variable[id(variable)]
            axes = range(1, weight.shape.rank)
            total += l2 * tf.reduce_sum(tf.square(weight), axes)
            if has_l1(variable):
                total += l1 * tf.reduce_sum(tf.abs(weight), axes)
        return total

    def _by_variable(self, weights: Sequence[tf.Tensor]) -> dict[int, tf.Tensor]:
        return {id(v): w for v, w in zip(self.variables, weights, strict=True)}

    def _n_lanes(self, vector: tf.Tensor) -> tf.Tensor | int:
        """Return how many lanes there are, given anything (lane, ...)."""
        return self._lanes or tf.shape(vector)[0]

    def _outputs(self, batch: Data, forward: Forward) -> tf.Tensor:
        """Return the networks' outputs, (lane, batch, outputs)."""
        done = self._front.n_calls
        values: dict[int, Value] = {done: self._front.enter(batch.X, forward)}
        for number, call in enumerate(self._calls[done:], done + 1):
            inputs = [values[source] for source in call.sources]
            values[number] = rule_of(call.layer)(call.layer, inputs, forward)
        return together(values[len(self._calls)])

    def _penalized(
        self, gradients: Sequence[tf.Tensor], weights: dict[int, tf.Tensor], settings: Settings
    ) -> list[tf.Tensor]:
        """Add the penalties' gradients, 2 · l2 · w + l1 · sign(w), to those of the weights."""
        total = {id(v): g for v, g in zip(self._trained, gradients, strict=True)}
        for variable, l1, l2 in zip(self.regularized, settings.l1, settings.l2, strict=True):
            weight = weights[id(variable)]
            total[id(variable)] += along(2 * l2, weight) * weight
            if has_l1(variable):
                total[id(variable)] += along(l1, weight) * tf.sign(weight)
        return list(total.values())

    def _dropout_states(self, settings: Settings, steps: tf.Tensor) -> dict[int, Dropout]:
        """Return the dropout layers' states as Keras's seed generators have them at these steps.

        Source: keras.random.SeedGenerator.next and keras/src/backend/tensorflow/random.py.
        """
        states = {}
        count = tf.stack([tf.zeros_like(steps), steps], 1)
        for layer, rate, initial in zip(
            self.dropouts, settings.dropout_rates, settings.dropout_seeds, strict=True
        ):
            seed = tf.cast(tf.math.floormod(initial + count, _INT32_MAX - 1), tf.int32)
            states[id(layer)] = Dropout(
                tf.cast(rate, tf.float32), tf.cast(1 / (1 - rate), tf.float32), seed
            )
        return states

    def _updates(
        self,
        trained: Sequence[tf.Tensor],
        gradients: Sequence[tf.Tensor],
        state: State,
        settings: Settings,
        rate: tf.Tensor,
    ) -> tuple[list[tf.Tensor], tuple[tf.Tensor, ...]]:
        """Return the trained weights and the slots after one update by the optimizer.

        All weights are updated as one: many small operations would cost more than copying.
        """
        kind = optimizers.clipping(self._optimizer)
        gradient = _joined(optimizers.clip(kind, gradients, settings.clip))
        weight = _joined(trained)
        rate, step = rate[:, tf.newaxis], tf.cast(state.steps + 1, tf.float32)[:, tf.newaxis]
        if self._optimizer.weight_decay is not None:
            weight -= weight * settings.weight_decay[:, tf.newaxis] * rate
        weight, slots = self._rule.update(
            self._optimizer, gradient, weight, state.slots, Moment(rate, step)
        )
        parts = tf.split(weight, [_size(v) for v in self._trained], axis=1)
        updated = [
            tf.reshape(part, (-1, *v.shape)) for part, v in zip(parts, self._trained, strict=True)
        ]
        return updated, slots


def _size(variable: keras.Variable) -> int:
    return math.prod(variable.shape)


def _joined(values: Sequence[tf.Tensor]) -> tf.Tensor:
    """Return tensors (lane, ...) as one, (lane, values)."""
    return tf.concat([tf.reshape(v, (-1, math.prod(v.shape[1:]))) for v in values], axis=1)
