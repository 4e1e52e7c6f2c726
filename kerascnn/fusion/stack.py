"""The stacked model: one epoch and one evaluation of many lanes, each compiled once.

Both are pure functions of their arguments: weights and optimizer slots come in and go out as
tensors with the lane as first axis. So one trace serves all threads, chunks, folds, batch sizes
and hyperparameters; and any number of lanes, unless a layer's rule unrolls over them.
"""

import math
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from kerascnn.fusion import losses, optimizers
from kerascnn.fusion.forward import Dropout, Forward, Value, together
from kerascnn.fusion.front import Patches, Samples
from kerascnn.fusion.graph import LayerCall, layer_calls
from kerascnn.fusion.optimizers import Moment, along
from kerascnn.fusion.rules import rule_of, unrolls
from kerascnn.fusion.state import (
    Data,
    Evaluation,
    Settings,
    State,
    dropout_layers,
    regularized_weights,
    trained_weights,
)
from kerascnn.fusion.topology import has_l1

_INT32_MAX = 2**31 - 1


class StackedModel:
    """Compiled training and evaluation of many models of one topology.

    Args:
        model: any model of the topology. Only its structure is used.
        lanes: how many models are stacked; None, where `takes_any_number`, leaves it open.
        data: its dtypes and shapes, apart from the number of samples, are the compiled ones.
        front: how samples enter.
    """

    def __init__(
        self, model: keras.Model, lanes: int | None, data: Data, front: Samples | Patches
    ) -> None:
        self.lanes = lanes
        self.calls = layer_calls(model)
        self.front = front
        self.variables = model.weights
        self.trained = trained_weights(model)
        self.regularized = regularized_weights(model)
        self.dropouts = dropout_layers(model)
        self.optimizer = model.optimizer
        self.rule = optimizers.optimizer_rule(model)
        self.loss = losses.loss_of(model)
        self.n_outputs = model.outputs[0].shape[-1]
        self._compile(data)

    def _compile(self, data: Data) -> None:
        state, settings = self._state_signature(), self._settings_signature()
        X, y = tf.nest.map_structure(lambda a: tf.TensorSpec((None, *a.shape[1:]), a.dtype), data)
        rows = tf.TensorSpec((self.lanes, None), tf.int32)
        table = tf.TensorSpec((self.lanes, None), tf.float32)
        size = tf.TensorSpec((), tf.int32)
        # The Python loops over layers and lanes need no conversion; tf.while_loop is explicit.
        # Calling what is concrete spares checking the arguments against the signature each time.
        self.run_epoch = tf.function(
            self._run_epoch,
            input_signature=(state, settings, Data(X, y), rows, table, table, rows, size),
            autograph=False,
        ).get_concrete_function()

    def _state_signature(self) -> State:
        def specs(variables: Sequence[keras.Variable]) -> tuple[tf.TensorSpec, ...]:
            return tuple(tf.TensorSpec((self.lanes, *v.shape), tf.float32) for v in variables)

        n_parameters = sum(map(_size, self.trained))
        slot = tf.TensorSpec((self.lanes, n_parameters), tf.float32)
        slots = (slot,) * len(self._initial_slots())
        return State(specs(self.variables), slots, tf.TensorSpec((self.lanes,), tf.int64))

    def _settings_signature(self) -> Settings:
        vector = tf.TensorSpec((self.lanes,), tf.float32)
        strengths = (vector,) * len(self.regularized)
        rates = (tf.TensorSpec((self.lanes,), tf.float64),) * len(self.dropouts)
        seeds = (tf.TensorSpec((self.lanes, 2), tf.int64),) * len(self.dropouts)
        return Settings(strengths, strengths, rates, seeds, vector, vector)

    def initial_state(self, weights: Sequence[np.ndarray]) -> State:
        """Return the state of one model that has not been trained, without the lane axis."""
        n_parameters = sum(map(_size, self.trained))
        slots = (np.full(n_parameters, value, np.float32) for value in self._initial_slots())
        return State(tuple(weights), tuple(slots), np.int64(0))

    def _initial_slots(self) -> tuple[float, ...]:
        return self.rule.slots(self.optimizer)

    def evaluate(
        self, state: State, settings: Settings, data: Data, rows: np.ndarray, batch_size: np.ndarray
    ) -> Evaluation:
        """Predict and score rows, (lane, n) int32: an epoch of no steps, traced already."""
        no_rows, no_values = rows[:, :0], np.zeros((len(rows), 0), np.float32)
        *_, evaluation = self.run_epoch(
            state,
            settings,
            data,
            *map(tf.constant, (no_rows, no_values, no_values, rows, batch_size)),
        )
        return evaluation

    def _run_epoch(
        self,
        state: State,
        settings: Settings,
        data: Data,
        rows: tf.Tensor,
        sample_weight: tf.Tensor,
        rates: tf.Tensor,
        test_rows: tf.Tensor,
        batch_size: tf.Tensor,
    ) -> tuple[State, tf.Tensor, tf.Tensor, Evaluation]:
        """Train one epoch, then validate.

        Args:
            state: before the epoch.
            settings: of the lanes.
            data: all samples.
            rows: (lane, n_train) int32, the training samples in the epoch's order.
            sample_weight: (lane, n_train) float32, in the same order.
            rates: (lane, steps) float32, the learning rate of each step.
            test_rows: (lane, n_test) int32.
            batch_size: scalar int32.

        Returns:
            The state after the epoch, each lane's loss and accuracy over the epoch, (lane,), NaN
            if it had no steps, and the evaluation of the test rows.
        """
        n_train = tf.shape(rows)[1]

        def step(start: tf.Tensor, state: State, loss: tf.Tensor, right: tf.Tensor) -> tuple:
            part = slice(start, tf.minimum(start + batch_size, n_train))
            batch = tf.nest.map_structure(lambda a: tf.gather(a, rows[:, part]), data)
            rate = rates[:, start // batch_size]
            state, batch_loss, batch_right = self._step(
                state, settings, batch, sample_weight[:, part], rate
            )
            size = tf.cast(part.stop - start, tf.float32)
            return part.stop, state, loss + batch_loss * size, right + batch_right

        zeros = tf.zeros_like(settings.clip)
        _, state, loss, right = tf.while_loop(
            lambda start, *_: start < n_train, step, (0, state, zeros, zeros)
        )
        count = tf.cast(n_train, tf.float32)
        evaluation = self._evaluate(state.weights, settings, data, test_rows, batch_size)
        return state, loss / count, right / count, evaluation

    def _step(
        self,
        state: State,
        settings: Settings,
        batch: Data,
        sample_weight: tf.Tensor,
        rate: tf.Tensor,
    ) -> tuple[State, tf.Tensor, tf.Tensor]:
        """Make one update of all lanes; return the state, loss and right predictions (lane,)."""
        weights = {id(v): w for v, w in zip(self.variables, state.weights, strict=True)}
        trained = [weights[id(v)] for v in self.trained]
        lanes = self._lanes(rate)
        forward = Forward(lanes, True, weights, self._dropout_states(settings, state.steps))
        with tf.GradientTape() as tape:
            tape.watch(trained)
            outputs = self._outputs(batch, forward)
            y = losses.shaped_like(outputs, batch.y)
            loss = tf.reduce_mean(self.loss(y, outputs) * sample_weight, 1)
            # A lane's weights enter its own loss alone, so the sum's gradient is each lane's own.
            total = tf.reduce_sum(loss)
        gradients = tape.gradient(total, trained)
        loss += self._penalties(weights, settings)
        gradients = self._penalized(gradients, weights, settings)
        updates, slots = self._updates(trained, gradients, state, settings, rate)
        weights |= forward.updates | {id(v): w for v, w in zip(self.trained, updates, strict=True)}
        new = State(tuple(weights[id(v)] for v in self.variables), slots, state.steps + 1)
        return new, loss, tf.reduce_sum(losses.matches(y, outputs), 1)

    def _lanes(self, vector: tf.Tensor) -> tf.Tensor | int:
        """Return how many lanes there are, given anything (lane, ...)."""
        return self.lanes or tf.shape(vector)[0]

    def _outputs(self, batch: Data, forward: Forward) -> tf.Tensor:
        """Return the networks' outputs, (lane, batch, outputs)."""
        done = self.front.n_calls
        values: dict[int, Value] = {done: self.front.enter(batch.X, forward)}
        for number, call in enumerate(self.calls[done:], done + 1):
            inputs = [values[source] for source in call.sources]
            values[number] = rule_of(call.layer)(call.layer, inputs, forward)
        return together(values[len(self.calls)])

    def _penalties(self, weights: dict[int, tf.Tensor], settings: Settings) -> tf.Tensor:
        """Return each lane's sum of L1 and L2 penalties, (lane,)."""
        total = tf.zeros_like(settings.clip)
        for variable, l1, l2 in zip(self.regularized, settings.l1, settings.l2, strict=True):
            weight = weights[id(variable)]
            axes = range(1, weight.shape.rank)
            total += l2 * tf.reduce_sum(tf.square(weight), axes)
            if has_l1(variable):
                total += l1 * tf.reduce_sum(tf.abs(weight), axes)
        return total

    def _penalized(
        self, gradients: Sequence[tf.Tensor], weights: dict[int, tf.Tensor], settings: Settings
    ) -> list[tf.Tensor]:
        """Add the penalties' gradients, 2 · l2 · w + l1 · sign(w), to those of the weights."""
        total = {id(v): g for v, g in zip(self.trained, gradients, strict=True)}
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
        kind = optimizers.clipping(self.optimizer)
        gradient = _joined(optimizers.clip(kind, gradients, settings.clip))
        weight = _joined(trained)
        rate, step = rate[:, tf.newaxis], tf.cast(state.steps + 1, tf.float32)[:, tf.newaxis]
        if self.optimizer.weight_decay is not None:
            weight -= weight * settings.weight_decay[:, tf.newaxis] * rate
        weight, slots = self.rule.update(
            self.optimizer, gradient, weight, state.slots, Moment(rate, step)
        )
        parts = tf.split(weight, [_size(v) for v in self.trained], axis=1)
        updated = [
            tf.reshape(part, (-1, *v.shape)) for part, v in zip(parts, self.trained, strict=True)
        ]
        return updated, slots

    def _evaluate(
        self,
        weights: tuple[tf.Tensor, ...],
        settings: Settings,
        data: Data,
        rows: tf.Tensor,
        batch_size: tf.Tensor,
    ) -> Evaluation:
        """Predict and score rows.

        Args:
            weights: of the lanes.
            settings: of the lanes.
            data: all samples.
            rows: (lane, n) int32.
            batch_size: scalar int32, how many samples are computed at a time.
        """
        by_variable = {id(v): w for v, w in zip(self.variables, weights, strict=True)}
        forward = Forward(self._lanes(rows), False, by_variable)
        n = tf.shape(rows)[1]

        def predict(start: tf.Tensor, number: tf.Tensor, arrays: list[tf.TensorArray]) -> tuple:
            stop = tf.minimum(start + batch_size, n)
            batch = tf.nest.map_structure(lambda a: tf.gather(a, rows[:, start:stop]), data)
            outputs = self._outputs(batch, forward)
            y = losses.shaped_like(outputs, batch.y)
            results = (outputs, self.loss(y, outputs), losses.matches(y, outputs))
            written = [
                array.write(number, _samples_first(result))
                for array, result in zip(arrays, results, strict=True)
            ]
            return stop, number + 1, written

        shapes = ((None, self.lanes, self.n_outputs), (None, self.lanes), (None, self.lanes))
        arrays = [
            tf.TensorArray(tf.float32, 0, dynamic_size=True, infer_shape=False, element_shape=shape)
            for shape in shapes
        ]
        _, _, arrays = tf.while_loop(lambda start, *_: start < n, predict, (0, 0, arrays))
        outputs, values, right = (array.concat() for array in arrays)
        return Evaluation(outputs, values, right, self._penalties(by_variable, settings))


def takes_any_number(calls: Sequence[LayerCall], front: Samples | Patches) -> bool:
    """Whether one trace can serve any number of lanes.

    Args:
        calls: the model's.
        front: how samples enter.
    """
    return not any(unrolls(call.layer) for call in calls[front.n_calls :])


def _size(variable: keras.Variable) -> int:
    return math.prod(variable.shape)


def _joined(values: Sequence[tf.Tensor]) -> tf.Tensor:
    """Return tensors (lane, ...) as one, (lane, values)."""
    return tf.concat([tf.reshape(v, (-1, math.prod(v.shape[1:]))) for v in values], axis=1)


def _samples_first(value: tf.Tensor) -> tf.Tensor:
    """Return (lane, batch, ...) as (batch, lane, ...)."""
    return tf.transpose(value, (1, 0, *range(2, value.shape.rank)))
