"""Keras's steps in compiled loops: an epoch over batches of rows, and predictions.

Rows of the data are picked inside the graph. uint8 images are scaled by a factor that is an
argument of the graph, because TensorFlow's optimizer would merge a constant one with the
network's own constants.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from kerascnn.training.batches import PIXEL_SCALE
from kerascnn.training.step_logs import StepLogs

_ROWS = tf.TensorSpec((None,), tf.int32)
_NUMBER = tf.TensorSpec((), tf.int32)
_SCALE = tf.TensorSpec((), tf.float32)


class Data(NamedTuple):
    """All samples of a search, as the graph takes them.

    Attributes:
        X: images, (n, ...) uint8 or float32.
        y: targets as the loss wants them, (n,) or (n, outputs).
        sample_weight: (n,) float32; None trains without weights.
    """

    X: tf.Tensor
    y: tf.Tensor
    sample_weight: tf.Tensor | None = None


class CompiledLoops:
    """A model's own steps, traced once for data of any number of samples.

    Args:
        model: built and compiled.
        data: gives dtypes and shapes, apart from the number of samples.

    Attributes:
        epoch: the concrete function (X, y, [sample_weight,] training rows, test rows, batch
            size, scale) → logs of training and of testing.
        prediction: the concrete function (images, batch size, scale) → outputs.
    """

    def __init__(self, model: keras.Model, data: Data) -> None:
        self._model = model
        self._takes_weights = data.sample_weight is not None
        self._train_logs = StepLogs(model)
        self._test_logs = StepLogs(model)
        self.epoch = self._traced_epoch(data)
        self.prediction = _concrete(self._predict, samples_spec(data.X), _NUMBER, _SCALE)

    def _traced_epoch(self, data: Data) -> Any:
        """Return the compiled epoch; traced twice if a step logs more than metrics."""
        arguments = (*map(samples_spec, given(data)), _ROWS, _ROWS, _NUMBER, _SCALE)
        traced = _concrete(self._run_epoch, *arguments)
        if self._train_logs.are_metrics and self._test_logs.are_metrics:
            return traced
        return _concrete(self._run_epoch, *arguments)

    def _run_epoch(self, *arguments: tf.Tensor) -> tuple[Mapping, Mapping]:
        *samples, train_rows, test_rows, batch_size, scale = arguments
        if not self._takes_weights:
            samples.append(None)
        data = Data(*samples)
        trained = self._run_steps(
            self._model.train_step, self._train_logs, data, train_rows, batch_size, scale
        )
        data = Data(data.X, data.y)
        tested = self._run_steps(
            self._model.test_step, self._test_logs, data, test_rows, batch_size, scale
        )
        return trained, tested

    def _run_steps(
        self,
        step: Callable[..., Any],
        logs: StepLogs,
        data: Data,
        rows: tf.Tensor,
        batch_size: tf.Tensor,
        scale: tf.Tensor,
    ) -> Mapping[str, tf.Tensor]:
        """Run a step over batches of rows; return the logs after the last."""
        self._model.reset_metrics()
        step = _as_keras_compiles(step, self._model)
        n_rows = tf.shape(rows)[0]

        def body(begin: tf.Tensor, last: Any) -> tuple[tf.Tensor, Any]:
            end = tf.minimum(begin + batch_size, n_rows)
            picked = rows[begin:end]
            batch = [tf.gather(array, picked) for array in given(data)]
            batch[0] = scaled(batch[0], scale)
            return end, logs.carried(step(tuple(batch)))

        _, last = tf.while_loop(
            lambda begin, _: begin < n_rows, body, (0, logs.empty()), parallel_iterations=1
        )
        return logs.after(last)

    def _predict(self, images: tf.Tensor, batch_size: tf.Tensor, scale: tf.Tensor) -> tf.Tensor:
        step = _as_keras_compiles(self._model.predict_step, self._model)
        n_images = tf.shape(images)[0]

        def body(begin: tf.Tensor, outputs: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
            batch = images[begin : tf.minimum(begin + batch_size, n_images)]
            written = outputs.write(begin // batch_size, step((scaled(batch, scale),)))
            return begin + batch_size, written

        shape = tf.TensorShape((None, *self._model.output_shape[1:]))
        # As many as the loop comes to write.
        outputs = tf.TensorArray(
            self._model.outputs[0].dtype,
            0,
            dynamic_size=True,
            infer_shape=False,
            element_shape=shape,
        )
        _, outputs = tf.while_loop(
            lambda begin, _: begin < n_images, body, (0, outputs), parallel_iterations=1
        )
        return outputs.concat()


def _concrete(function: Callable[..., Any], *specs: tf.TensorSpec) -> Any:
    # The Python code of steps needs no conversion, and Keras converts none; calling what is
    # concrete spares checking the arguments against the signature each time.
    traced = tf.function(function, input_signature=specs, autograph=False)
    return traced.get_concrete_function()


def _as_keras_compiles(step: Callable[..., Any], model: keras.Model) -> Callable[..., Any]:
    """Return a step compiled by XLA if the model's are."""
    if not model.jit_compile:
        return step
    return tf.function(step, jit_compile=True, reduce_retracing=True, autograph=False)


def given(data: Data) -> list[tf.Tensor]:
    """Return the tensors that there are."""
    return [array for array in data if array is not None]


def samples_spec(array: tf.Tensor) -> tf.TensorSpec:
    """Return the type of any number of samples like these."""
    return tf.TensorSpec((None, *array.shape[1:]), array.dtype)


def scaled(images: tf.Tensor, scale: tf.Tensor) -> tf.Tensor:
    """Return the network's input for images, see `kerascnn.training.batches.network_input`."""
    if images.dtype == tf.uint8:
        return tf.cast(images, tf.float32) * scale
    return tf.cast(images, tf.float32)


def scale_of(images: Any) -> np.float32:
    """Return the input scaling of images."""
    return PIXEL_SCALE if images.dtype == np.uint8 else np.float32(1)
