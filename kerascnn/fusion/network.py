"""The computations of a stack of one topology: one update, predictions, penalties.

Tensors have the lane as first axis. `kerascnn.fusion.stack` makes epochs of it.
"""

from collections.abc import Sequence
from itertools import islice

import keras
import numpy as np
import tensorflow as tf

from kerascnn.fusion import losses, optimizers
from kerascnn.fusion.chain import layer_chain
from kerascnn.fusion.entry import Entry
from kerascnn.fusion.optimizers import StepContext
from kerascnn.fusion.parameters import Parameters
from kerascnn.fusion.rules import RULES
from kerascnn.fusion.state import Data, Settings, State
from kerascnn.fusion.topology import has_l1, strengths


class StackedNetwork:
    """Many networks of one topology side by side.

    Args:
        model: any model of the topology. Only its structure is used.
        n_samples: how many samples there are in all.

    Attributes:
        entry: how samples enter.
        n_outputs: units of the last layer.
        n_regularized: how many weights have a penalty.
    """

    def __init__(self, model: keras.Model, n_samples: int) -> None:
        self.entry = Entry(layer_chain(model), model.inputs[0].shape[1:], n_samples)
        self.n_outputs = model.outputs[0].shape[-1]
        self._parameters = Parameters(model.weights)
        self._penalized = [(number, has_l1(v)) for number, v in _regularized(model)]
        self.n_regularized = len(self._penalized)
        self._optimizer = model.optimizer
        self._rule = optimizers.optimizer_rule(model)
        self._n_slots = self._rule.n_slots(model.optimizer)
        self._loss = losses.loss_of(model)
        self._threshold = losses.accuracy_threshold(model)

    # One lane's state, without the lane axis

    def initial_state(self, weights: Sequence[np.ndarray]) -> State:
        """Return the state of a model that was not trained.

        Args:
            weights: of the model, as `get_weights` gives them.
        """
        slots = (np.zeros(len(self._parameters), np.float32),) * self._n_slots
        return State(self._parameters.vector(weights), slots, np.int64(0))

    def resumed_state(self, arrays: Sequence[np.ndarray]) -> State:
        """Return the state with these values of the model's and the optimizer's variables."""
        n_weights = self._parameters.n_weights
        steps, _, *slots = arrays[n_weights:]
        by_kind = optimizers.from_keras_order(slots, self._n_slots)
        return State(
            self._parameters.vector(arrays[:n_weights]),
            tuple(self._parameters.vector(slot) for slot in by_kind),
            np.int64(steps),
        )

    def weights_of(self, state: State) -> list[np.ndarray]:
        """Return the values of the model's variables."""
        return self._parameters.arrays(state.weights)

    def optimizer_values(self, state: State, rate: np.float32) -> list[np.ndarray]:
        """Return the values of the optimizer's variables, in their order."""
        slots = [self._parameters.arrays(slot) for slot in state.slots]
        return [np.array(state.steps), np.array(rate), *optimizers.keras_order(slots)]

    # All lanes

    def step(
        self, state: State, settings: Settings, batch: Data, sample_weight: tf.Tensor
    ) -> tuple[State, tf.Tensor, tf.Tensor]:
        """Make one update of all lanes.

        Args:
            state: before the update.
            settings: of the lanes.
            batch: (lane, batch, ...) each.
            sample_weight: (lane, batch) float32.

        Returns:
            The state after the update; each lane's loss and right predictions before it, (lane,).
        """
        with tf.GradientTape() as tape:
            tape.watch(state.weights)
            weights = self._parameters.weights(state.weights)
            outputs = self._outputs(batch.X, weights)
            y = losses.shaped_like(outputs, batch.y)
            loss = tf.reduce_mean(self._loss(y, outputs) * sample_weight, 1)
            loss += self._penalties(weights, settings)
            # A lane's weights enter its own loss alone, so the sum's gradient is each lane's own.
            total = tf.reduce_sum(loss)
        gradient = tape.gradient(total, state.weights)
        right = tf.reduce_sum(losses.matches(y, outputs, self._threshold), 1)
        return self._updated(state, gradient, settings.rate), loss, right

    def predict(self, vectors: tf.Tensor, batch: Data) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return outputs (lane, batch, outputs), losses and right predictions (lane, batch)."""
        outputs = self._outputs(batch.X, self._parameters.weights(vectors))
        y = losses.shaped_like(outputs, batch.y)
        return outputs, self._loss(y, outputs), losses.matches(y, outputs, self._threshold)

    def penalties(self, vectors: tf.Tensor, settings: Settings) -> tf.Tensor:
        """Return each lane's sum of L1 and L2 penalties, (lane,)."""
        return self._penalties(self._parameters.weights(vectors), settings)

    def _penalties(self, weights: Sequence[tf.Tensor], settings: Settings) -> tf.Tensor:
        total = tf.zeros_like(settings.rate)
        for column, (number, with_l1) in enumerate(self._penalized):
            weight = weights[number]
            axes = range(1, weight.shape.rank)
            total += settings.l2[:, column] * tf.reduce_sum(tf.square(weight), axes)
            if with_l1:
                total += settings.l1[:, column] * tf.reduce_sum(tf.abs(weight), axes)
        return total

    def _outputs(self, batch: Sequence[tf.Tensor], weights: Sequence[tf.Tensor]) -> tf.Tensor:
        """Return the networks' outputs, (lane, batch, outputs)."""
        left = iter(weights)
        value = self.entry.enter(batch, list(islice(left, self.entry.n_weights)))
        for layer in self.entry.rest:
            value = RULES[type(layer)](layer, value, list(islice(left, len(layer.weights))))
        return value

    def _updated(self, state: State, gradient: tf.Tensor, rate: tf.Tensor) -> State:
        """Return the state after one update by the optimizer."""
        steps = state.steps + 1
        context = StepContext(rate[:, tf.newaxis], tf.cast(steps, tf.float32)[:, tf.newaxis])
        weights, slots = self._rule.update(
            self._optimizer, gradient, state.weights, state.slots, context
        )
        return State(weights, slots, steps)


def lane_settings(model: keras.Model, learning_rate: float | None) -> Settings:
    """Return what a lane's model sets for it alone, without the lane axis.

    Args:
        model: the lane's.
        learning_rate: instead of the model's own, if not None.
    """
    penalties = [strengths(variable.regularizer) for _, variable in _regularized(model)]
    rate = model.optimizer.learning_rate if learning_rate is None else learning_rate
    return Settings(
        rate=np.float32(rate),
        l1=np.array([l1 for l1, _ in penalties], np.float32),
        l2=np.array([l2 for _, l2 in penalties], np.float32),
    )


def _regularized(model: keras.Model) -> list[tuple[int, keras.Variable]]:
    """Return the weights with a regularizer, and their places among the model's weights."""
    return [(n, variable) for n, variable in enumerate(model.weights) if variable.regularizer]
