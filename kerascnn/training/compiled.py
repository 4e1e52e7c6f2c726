"""Keras's own training step, compiled into whole epochs.

A `CompiledNetwork` owns one compiled Keras model. Trainings of networks that differ in nothing
but initial values, learning rate and penalty strengths run in it one after another: all its
variables are assigned, then each epoch is one call of one compiled loop over batches, whose body
is the model's own `train_step`; validation is a second loop, over its `test_step`.

Nothing is computed in another way than by Keras's `fit`, so weights and learning curves equal
those of `fit` to the last bit, given as many threads per operation. Rows of the data are picked
inside the graph; uint8 images are scaled by a factor that is an argument of the graph, because
TensorFlow's optimizer would merge a constant one with the network's own constants.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from kerascnn.identity import identify_network, own_code_in
from kerascnn.training.batches import PIXEL_SCALE, PREDICTION_BLOCK
from kerascnn.training.graph_checks import (
    NotCompilable,
    check_graph,
    check_undrawn,
    draws_of_global_state,
)
from kerascnn.training.seeding import seeded
from kerascnn.training.step_logs import StepLogs, plain
from kerascnn.training.strengths import Strengths, penalty_variables
from kerascnn.training.variables import build_like_fit, state_variables

Logs = dict[str, float]


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


@dataclass(frozen=True)
class Start:
    """Where the training of a network begins.

    Attributes:
        values: of all variables, in the order of `state_variables`.
        learning_rate: None where a schedule, or the optimizer's own variable, settles it.
        strengths: of the penalties that are variables, see `kerascnn.training.strengths`.
    """

    values: Sequence[np.ndarray]
    learning_rate: float | None = None
    strengths: Strengths = ()


class CompiledNetwork:
    """A compiled Keras model that trains epoch by epoch, a call each.

    Args:
        model: built and compiled; it belongs to this object from now on.
        data: gives dtypes and shapes, apart from the number of samples.
        seed: of global random state while the graph is traced, as `fit` would have it.

    Attributes:
        model: the Keras model, in the state of the training that runs in it.

    Raises:
        NotCompilable: if the step does what a graph that is traced once cannot repeat.
    """

    def __init__(self, model: keras.Model, data: Data, seed: int) -> None:
        self.model = model
        self._takes_weights = data.sample_weight is not None
        with seeded(seed):
            X, *others = (array[:1] for array in _given(data))
            build_like_fit(model, (_scaled(X, tf.constant(1.0)), *others))
            undrawn, structure = draws_of_global_state(), identify_network(model).structure
            # Users' code may read a strength as a number, and is traced for each anew.
            self._penalties = [] if own_code_in(model) else penalty_variables(model)
            self._variables = [*state_variables(model), *model.metrics_variables]
            self._metric_values = [v.numpy() for v in model.metrics_variables]
            self._train_logs = StepLogs(model)
            self._test_logs = StepLogs(model)
            self._epoch = self._traced(self._run_epoch, data)
            self._predict = _concrete(self._run_prediction, _samples_spec(data.X), _NUMBER, _SCALE)
            check_undrawn(undrawn, "the step")
            # In this scope, whose variables are gone behind it.
            check_graph([self._epoch, self._predict], [*self._variables, *self._penalties])
        if identify_network(model).structure != structure:
            raise NotCompilable("the step changes the network's Python state while it is traced")

    def begin(self, start: Start) -> None:
        """Bring the network to where a training begins, or had come."""
        self.restore([*start.values, *self._metric_values])
        if start.learning_rate is not None:
            self.model.optimizer.learning_rate = start.learning_rate
        if self._penalties:
            for variable, strength in zip(self._penalties, start.strengths, strict=True):
                variable.assign(strength)
        self.model.stop_training = False

    def snapshot(self) -> list[np.ndarray]:
        """Return the values of all variables: `state`, and the metrics' sums and counts."""
        return [variable.numpy() for variable in self._variables]

    def restore(self, values: Sequence[np.ndarray]) -> None:
        """Set all variables as `snapshot` found them."""
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value)

    def state(self) -> list[np.ndarray]:
        """Return what training has changed, in the order of `state_variables`."""
        return self.snapshot()[: len(self._variables) - len(self._metric_values)]

    def metrics_are_fresh(self) -> bool:
        """Return whether no metric has seen a batch since it was reset."""
        now = [variable.numpy() for variable in self.model.metrics_variables]
        return all(map(np.array_equal, now, self._metric_values))

    def run_epoch(
        self, data: Data, train_rows: np.ndarray, test_rows: np.ndarray, batch_size: int
    ) -> Logs:
        """Train on `train_rows` in their order, then evaluate `test_rows`.

        Args:
            data: all samples.
            train_rows: (n_train,) int32.
            test_rows: (n_test,) int32; none leaves the evaluation out.
            batch_size: samples per step, at least 1.

        Returns:
            What `fit` logs at the end of an epoch: loss, accuracy, …, val_loss, ….
        """
        arguments = [tf.constant(train_rows), tf.constant(test_rows), tf.constant(batch_size)]
        trained, tested = self._epoch(*_given(data), *arguments, tf.constant(_scale(data.X)))
        logs = dict(trained)
        if len(test_rows):
            logs |= {f"val_{name}": value for name, value in tested.items()}
        return {name: plain(logs[name].numpy()) for name in sorted(logs)}

    def finish(self) -> None:
        """Do what `fit` does after its last epoch: averaged weights take the weights' place."""
        optimizer = self.model.optimizer
        if isinstance(optimizer, keras.optimizers.Optimizer):
            optimizer.finalize_variable_values(self.model.trainable_weights)

    def predict(self, images: np.ndarray, batch_size: int) -> np.ndarray:
        """Return what the model's `predict` gives for images, (n, outputs).

        Args:
            images: (n, ...), of the data's dtype.
            batch_size: samples per batch, rounded up to whole blocks of 16 as
                `kerascnn.training.batches.prediction_batches` does.
        """
        size, scale = batch_size + -batch_size % PREDICTION_BLOCK, tf.constant(_scale(images))
        at_once = size * max(1, PREDICTED_AT_ONCE // size)
        outputs = []
        for begin in range(0, len(images), at_once):
            part = images[begin : begin + at_once]
            filling = np.zeros((-len(part) % PREDICTION_BLOCK, *images.shape[1:]), images.dtype)
            filled = tf.constant(np.concatenate([part, filling]))
            outputs.append(self._predict(filled, tf.constant(size), scale).numpy()[: len(part)])
        return np.concatenate(outputs)

    @property
    def n_bytes(self) -> int:
        """How many bytes the variables take."""
        return sum(math.prod(v.shape) * v.value.dtype.size for v in self._variables)

    # What is traced

    def _traced(self, function: Callable[..., Any], data: Data) -> Any:
        """Return the compiled epoch; traced twice if a step logs more than metrics."""
        rows = tf.TensorSpec((None,), tf.int32)
        arguments = (*map(_samples_spec, _given(data)), rows, rows, _NUMBER, _SCALE)
        traced = _concrete(function, *arguments)
        if self._train_logs.are_metrics and self._test_logs.are_metrics:
            return traced
        return _concrete(function, *arguments)

    def _run_epoch(self, *arguments: tf.Tensor) -> tuple[Mapping, Mapping]:
        *samples, train_rows, test_rows, batch_size, scale = arguments
        if not self._takes_weights:
            samples.append(None)
        data = Data(*samples)
        trained = self._run_steps(
            self.model.train_step, self._train_logs, data, train_rows, batch_size, scale
        )
        data = Data(data.X, data.y)
        tested = self._run_steps(
            self.model.test_step, self._test_logs, data, test_rows, batch_size, scale
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
        self.model.reset_metrics()
        step = _as_keras_compiles(step, self.model)
        n_rows = tf.shape(rows)[0]

        def body(begin: tf.Tensor, last: Any) -> tuple[tf.Tensor, Any]:
            end = tf.minimum(begin + batch_size, n_rows)
            picked = rows[begin:end]
            batch = [tf.gather(array, picked) for array in _given(data)]
            batch[0] = _scaled(batch[0], scale)
            return end, logs.carried(step(tuple(batch)))

        _, last = tf.while_loop(
            lambda begin, _: begin < n_rows, body, (0, logs.empty()), parallel_iterations=1
        )
        return logs.after(last)

    def _run_prediction(
        self, images: tf.Tensor, batch_size: tf.Tensor, scale: tf.Tensor
    ) -> tf.Tensor:
        step = _as_keras_compiles(self.model.predict_step, self.model)
        n_images = tf.shape(images)[0]

        def body(begin: tf.Tensor, outputs: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
            batch = images[begin : tf.minimum(begin + batch_size, n_images)]
            written = outputs.write(begin // batch_size, step((_scaled(batch, scale),)))
            return begin + batch_size, written

        shape = tf.TensorShape((None, *self.model.output_shape[1:]))
        # As many as the loop comes to write.
        outputs = tf.TensorArray(
            self.model.outputs[0].dtype,
            0,
            dynamic_size=True,
            infer_shape=False,
            element_shape=shape,
        )
        _, outputs = tf.while_loop(
            lambda begin, _: begin < n_images, body, (0, outputs), parallel_iterations=1
        )
        return outputs.concat()


_NUMBER = tf.TensorSpec((), tf.int32)
_SCALE = tf.TensorSpec((), tf.float32)
# Images that are handed over in one call: more would need their memory twice.
PREDICTED_AT_ONCE = 4096


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


def _given(data: Data) -> list[tf.Tensor]:
    return [array for array in data if array is not None]


def _samples_spec(array: tf.Tensor) -> tf.TensorSpec:
    return tf.TensorSpec((None, *array.shape[1:]), array.dtype)


def _scaled(images: tf.Tensor, scale: tf.Tensor) -> tf.Tensor:
    """Return images as the network is fed them, see `kerascnn.training.batches.network_input`."""
    if images.dtype == tf.uint8:
        return tf.cast(images, tf.float32) * scale
    return tf.cast(images, tf.float32)


def _scale(images: Any) -> np.float32:
    return PIXEL_SCALE if images.dtype == np.uint8 else np.float32(1)
