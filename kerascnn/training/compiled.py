"""Keras's own training step, compiled into whole epochs.

A `CompiledNetwork` owns one compiled Keras model. Trainings of networks that differ in nothing
but initial values, learning rate and penalty strengths run in it one after another: all its
variables are assigned, then each epoch is one call of one compiled loop over batches, whose body
is the model's own `train_step`; validation is a second loop, over its `test_step`.

Nothing is computed in another way than by Keras's `fit`, so weights and learning curves equal
those of `fit` to the last bit, given as many threads per operation.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from kerascnn.identity import identify_network, own_code_in
from kerascnn.training.batches import PREDICTION_BLOCK
from kerascnn.training.graph_checks import (
    NotCompilable,
    check_graph,
    check_undrawn,
    draws_of_global_state,
)
from kerascnn.training.loops import CompiledLoops, Data, given, scale_of, scaled
from kerascnn.training.seeding import seeded
from kerascnn.training.step_logs import plain
from kerascnn.training.strengths import Strengths, penalty_variables
from kerascnn.training.two_rates import simple_optimizers
from kerascnn.training.variables import build_like_fit, state_variables

Logs = dict[str, float]
# Images that are handed over in one call: more would need their memory twice.
PREDICTED_AT_ONCE = 4096


@dataclass(frozen=True)
class Start:
    """Where the training of a network begins.

    Attributes:
        values: of all variables, in the order of `state_variables`.
        learning_rates: one for each of `simple_optimizers`; none where schedules, or the
            optimizers' own variables, settle them.
        strengths: of the penalties that are variables, see `kerascnn.training.strengths`.
    """

    values: Sequence[np.ndarray]
    learning_rates: Sequence[float] = ()
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
        with seeded(seed):
            X, *others = (array[:1] for array in given(data))
            build_like_fit(model, (scaled(X, tf.constant(1.0)), *others))
            undrawn, structure = draws_of_global_state(), identify_network(model).structure
            # Users' code may read a strength as a number, and is traced for each anew.
            self._penalties = [] if own_code_in(model) else penalty_variables(model)
            self._variables = [*state_variables(model), *model.metrics_variables]
            self._metric_values = [v.numpy() for v in model.metrics_variables]
            self._loops = CompiledLoops(model, data)
            check_undrawn(undrawn, "the step")
            # While the variables of this scope are there to be named.
            known = [*self._variables, *self._penalties]
            check_graph([self._loops.epoch, self._loops.prediction], known)
        if identify_network(model).structure != structure:
            raise NotCompilable("the step changes the network's Python state while it is traced")

    def begin(self, start: Start) -> None:
        """Bring the network to where a training begins, or had come."""
        self.restore([*start.values, *self._metric_values])
        if start.learning_rates:
            optimizers = simple_optimizers(self.model.optimizer)
            for optimizer, rate in zip(optimizers, start.learning_rates, strict=True):
                optimizer.learning_rate = rate
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
        trained, tested = self._loops.epoch(*given(data), *arguments, tf.constant(scale_of(data.X)))
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
        size, scale = batch_size + -batch_size % PREDICTION_BLOCK, tf.constant(scale_of(images))
        at_once = size * max(1, PREDICTED_AT_ONCE // size)
        outputs = []
        for begin in range(0, len(images), at_once):
            part = images[begin : begin + at_once]
            filling = np.zeros((-len(part) % PREDICTION_BLOCK, *images.shape[1:]), images.dtype)
            filled = tf.constant(np.concatenate([part, filling]))
            predicted = self._loops.prediction(filled, tf.constant(size), scale)
            outputs.append(predicted.numpy()[: len(part)])
        return np.concatenate(outputs)

    @property
    def n_bytes(self) -> int:
        """How many bytes the variables take."""
        return sum(math.prod(v.shape) * v.value.dtype.size for v in self._variables)
