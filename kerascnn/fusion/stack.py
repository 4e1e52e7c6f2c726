"""The stacked model: one epoch and one evaluation of many lanes, compiled once.

The compiled epoch is a pure function of its arguments: weights and optimizer slots come in and
go out as tensors with the lane as first axis. So one trace serves all threads, chunks, folds,
batch sizes, hyperparameters and numbers of lanes.
"""

import keras
import numpy as np
import tensorflow as tf

from kerascnn.fusion.network import StackedNetwork
from kerascnn.fusion.state import Data, Evaluation, Settings, State


class StackedModel:
    """Compiled training and evaluation of many models of one topology.

    Args:
        model: any model of the topology. Only its structure is used.
        X: all samples, (n, ...) uint8 or float32.
        y: all targets as the loss wants them, (n,) or (n, outputs).

    Attributes:
        network: what is compiled.
        data: the samples, as the compiled functions use them.
    """

    def __init__(self, model: keras.Model, X: np.ndarray, y: np.ndarray) -> None:
        self.network = StackedNetwork(model, len(X))
        # As Keras's losses convert targets.
        targets = tf.cast(tf.constant(y), tf.float32)
        self.data = Data(self.network.entry.prepare(tf.constant(X)), targets)
        # The Python loops over layers need no conversion; tf.while_loop is explicit. Calling what
        # is concrete spares checking the arguments against the signature each time.
        self._epoch = tf.function(
            self._run_epoch, input_signature=self._signature(model), autograph=False
        ).get_concrete_function()

    def run_epoch(
        self,
        state: State,
        settings: Settings,
        rows: np.ndarray,
        sample_weight: np.ndarray,
        test_rows: np.ndarray,
        batch_size: int,
    ) -> tuple[State, tf.Tensor, tf.Tensor, Evaluation]:
        """Train one epoch, then validate.

        Args:
            state: before the epoch.
            settings: of the lanes.
            rows: (lane, n_train) int32, the training samples in the epoch's order.
            sample_weight: (lane, n_train) float32, in the same order.
            test_rows: (lane, n_test) int32.
            batch_size: samples per step.

        Returns:
            The state after the epoch, each lane's loss and accuracy over the epoch, (lane,), NaN
            if it had no steps, and the evaluation of the test rows.
        """
        size = np.array(batch_size, np.int32)
        tables = map(tf.constant, (rows, sample_weight, test_rows, size))
        result: tuple[State, tf.Tensor, tf.Tensor, Evaluation]
        result = self._epoch(state, settings, self.data, *tables)
        return result

    def evaluate(
        self, state: State, settings: Settings, rows: np.ndarray, batch_size: int
    ) -> Evaluation:
        """Predict and score rows, (lane, n) int32: an epoch of no steps, traced already."""
        no_weights = np.zeros((len(rows), 0), np.float32)
        *_, evaluation = self.run_epoch(state, settings, rows[:, :0], no_weights, rows, batch_size)
        return evaluation

    def _signature(self, model: keras.Model) -> tuple:
        untrained = self.network.initial_state(model.get_weights())
        state = tf.nest.map_structure(
            lambda array: tf.TensorSpec((None, *array.shape), array.dtype), untrained
        )
        penalties = tf.TensorSpec((None, self.network.n_regularized), tf.float32)
        settings = Settings(tf.TensorSpec((None,), tf.float32), penalties, penalties)
        data = tf.nest.map_structure(
            lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype), self.data
        )
        rows, table = (tf.TensorSpec((None, None), kind) for kind in (tf.int32, tf.float32))
        return state, settings, data, rows, table, rows, tf.TensorSpec((), tf.int32)

    # What is traced

    def _run_epoch(
        self,
        state: State,
        settings: Settings,
        data: Data,
        rows: tf.Tensor,
        sample_weight: tf.Tensor,
        test_rows: tf.Tensor,
        batch_size: tf.Tensor,
    ) -> tuple[State, tf.Tensor, tf.Tensor, Evaluation]:
        """Train one epoch, then validate; see `run_epoch`."""
        n_train = tf.shape(rows)[1]

        def step(start: tf.Tensor, state: State, loss: tf.Tensor, right: tf.Tensor) -> tuple:
            part = slice(start, tf.minimum(start + batch_size, n_train))
            state, batch_loss, batch_right = self.network.step(
                state, settings, _picked(data, rows[:, part]), sample_weight[:, part]
            )
            size = tf.cast(part.stop - start, tf.float32)
            return part.stop, state, loss + batch_loss * size, right + batch_right

        zeros = tf.zeros_like(settings.rate)
        _, state, loss, right = tf.while_loop(
            lambda start, *_: start < n_train, step, (0, state, zeros, zeros)
        )
        count = tf.cast(n_train, tf.float32)
        evaluation = self._evaluate(state.weights, settings, data, test_rows, batch_size)
        return state, loss / count, right / count, evaluation

    def _evaluate(
        self,
        vectors: tf.Tensor,
        settings: Settings,
        data: Data,
        rows: tf.Tensor,
        batch_size: tf.Tensor,
    ) -> Evaluation:
        """Predict and score rows, (lane, n) int32, so many samples of each lane at a time."""
        n = tf.shape(rows)[1]

        def predict(start: tf.Tensor, number: tf.Tensor, arrays: list[tf.TensorArray]) -> tuple:
            stop = tf.minimum(start + batch_size, n)
            results = self.network.predict(vectors, _picked(data, rows[:, start:stop]))
            written = [
                array.write(number, _samples_first(result))
                for array, result in zip(arrays, results, strict=True)
            ]
            return stop, number + 1, written

        arrays = [
            tf.TensorArray(tf.float32, 0, dynamic_size=True, infer_shape=False, element_shape=shape)
            for shape in ((None, None, self.network.n_outputs), (None, None), (None, None))
        ]
        _, _, arrays = tf.while_loop(lambda start, *_: start < n, predict, (0, 0, arrays))
        outputs, losses, right = (array.concat() for array in arrays)
        return Evaluation(outputs, losses, right, self.network.penalties(vectors, settings))


def _picked(data: Data, rows: tf.Tensor) -> Data:
    """Return each lane's own samples, (lane, batch, ...) each, by rows (lane, batch)."""
    picked: Data = tf.nest.map_structure(lambda array: tf.gather(array, rows), data)
    return picked


def _samples_first(value: tf.Tensor) -> tf.Tensor:
    """Return (lane, batch, ...) as (batch, lane, ...)."""
    return tf.transpose(value, (1, 0, *range(2, value.shape.rank)))
