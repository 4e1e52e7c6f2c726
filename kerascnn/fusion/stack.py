"""The stacked model: one epoch and one evaluation of many lanes, each compiled once.

Both are pure functions of their arguments: weights and optimizer slots come in and go out as
tensors with the lane as first axis. So one trace serves all threads, chunks, folds, batch sizes
and hyperparameters; and any number of lanes, unless a layer's rule unrolls over them.
"""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from kerascnn.fusion.front import Patches, Samples
from kerascnn.fusion.graph import LayerCall
from kerascnn.fusion.network import StackedNetwork
from kerascnn.fusion.rules import unrolls
from kerascnn.fusion.state import Data, Evaluation, Settings, State


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
        self.network = StackedNetwork(model, lanes, front)
        state, settings = self._state_signature(model), self._settings_signature()
        X, y = tf.nest.map_structure(lambda a: tf.TensorSpec((None, *a.shape[1:]), a.dtype), data)
        rows = tf.TensorSpec((lanes, None), tf.int32)
        table = tf.TensorSpec((lanes, None), tf.float32)
        size = tf.TensorSpec((), tf.int32)
        # The Python loops over layers and lanes need no conversion; tf.while_loop is explicit.
        # Calling what is concrete spares checking the arguments against the signature each time.
        self.run_epoch = tf.function(
            self._run_epoch,
            input_signature=(state, settings, Data(X, y), rows, table, table, rows, size),
            autograph=False,
        ).get_concrete_function()

    def _state_signature(self, model: keras.Model) -> State:
        state: State = tf.nest.map_structure(
            lambda array: tf.TensorSpec((self.lanes, *array.shape), array.dtype),
            self.network.initial_state(model.get_weights()),
        )
        return state

    def _settings_signature(self) -> Settings:
        vector = tf.TensorSpec((self.lanes,), tf.float32)
        strengths = (vector,) * len(self.network.regularized)
        rates = (tf.TensorSpec((self.lanes,), tf.float64),) * len(self.network.dropouts)
        seeds = (tf.TensorSpec((self.lanes, 2), tf.int64),) * len(self.network.dropouts)
        return Settings(strengths, strengths, rates, seeds, vector, vector)

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
            state, batch_loss, batch_right = self.network.step(
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
        n = tf.shape(rows)[1]

        def predict(start: tf.Tensor, number: tf.Tensor, arrays: list[tf.TensorArray]) -> tuple:
            stop = tf.minimum(start + batch_size, n)
            batch = tf.nest.map_structure(lambda a: tf.gather(a, rows[:, start:stop]), data)
            results = self.network.predict(weights, batch)
            written = [
                array.write(number, _samples_first(result))
                for array, result in zip(arrays, results, strict=True)
            ]
            return stop, number + 1, written

        values = (None, self.lanes)
        arrays = [
            tf.TensorArray(tf.float32, 0, dynamic_size=True, infer_shape=False, element_shape=shape)
            for shape in ((*values, self.network.n_outputs), values, values)
        ]
        _, _, arrays = tf.while_loop(lambda start, *_: start < n, predict, (0, 0, arrays))
        outputs, losses, right = (array.concat() for array in arrays)
        return Evaluation(outputs, losses, right, self.network.penalties(weights, settings))


def takes_any_number(calls: Sequence[LayerCall], front: Samples | Patches) -> bool:
    """Whether one trace can serve any number of lanes.

    Args:
        calls: the model's.
        front: how samples enter.
    """
    return not any(unrolls(call.layer) for call in calls[front.n_calls :])


def _samples_first(value: tf.Tensor) -> tf.Tensor:
    """Return (lane, batch, ...) as (batch, lane, ...)."""
    return tf.transpose(value, (1, 0, *range(2, value.shape.rank)))
