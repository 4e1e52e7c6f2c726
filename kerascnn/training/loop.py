"""Training by Keras's own loop, in the order that every engine shares, until it diverges."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import keras
import numpy as np

from kerascnn.identity import own_code_in
from kerascnn.internals.keras import layers_within
from kerascnn.training.batches import Samples, evaluation_batches, training_batches
from kerascnn.training.seeding import seeded
from kerascnn.training.variables import state_variables

History = dict[str, list[float]]


class DivergenceError(ArithmeticError):
    """Training stopped because the loss of an epoch was not finite.

    Attributes:
        epoch: the epoch, counted from 1.
        learning_rate: the estimator's learning rate.
        l2: its L2 strength.
        history: what was recorded until then, that epoch included.
    """

    def __init__(
        self, epoch: int, learning_rate: Any = None, l2: Any = None, history: History | None = None
    ) -> None:
        super().__init__(epoch, learning_rate, l2, history)
        self.epoch = epoch
        self.learning_rate = learning_rate
        self.l2 = l2
        self.history = history

    def __str__(self) -> str:
        return (
            f"training diverged: the loss of epoch {self.epoch} is not finite, with "
            f"learning_rate={self.learning_rate!r} and l2={self.l2!r}: lower learning_rate"
        )


class StopOnDivergence(keras.callbacks.Callback):
    """Stops training after an epoch whose loss is not finite."""

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Look at the epoch's loss; called by Keras."""
        if has_diverged({"loss": [(logs or {}).get("loss", 0.0)]}):
            self.model.stop_training = True


def has_diverged(history: Mapping[str, Sequence[Any]]) -> bool:
    """Return whether the last loss is not finite; a network that tells none is not known to."""
    return "loss" in history and not math.isfinite(history["loss"][-1])


def as_history(values: Mapping[str, Sequence[Any]]) -> History:
    """Return figures of epochs as plain floats; a figure per class becomes a list of them."""
    return {name: np.asarray(values[name], dtype=np.float64).tolist() for name in values}


def train(
    model: keras.Model,
    training: Samples,
    validation: Samples | None,
    *,
    epochs: range,
    batch_size: int,
    seed: int,
    shuffle: bool,
    callbacks: Sequence[keras.callbacks.Callback],
    **options: Any,
) -> History:
    """Train a compiled model in place.

    Args:
        model: the model.
        training: images, encoded targets and weights to train on.
        validation: the same to evaluate after each epoch, or None.
        epochs: the numbers of the epochs, from 0; they settle the batch order with `seed`.
        batch_size: samples per step, in training and evaluation.
        seed: see `kerascnn.training.batches.epoch_order`.
        shuffle: False visits the samples in their own order.
        callbacks: Keras callbacks, called before divergence is looked for.
        **options: further arguments of Keras's `fit`.

    Returns:
        loss, accuracy, … and val_loss, val_accuracy, …: a float for each epoch trained. If the
        last loss is not finite, training has diverged there.
    """
    _build(model, training[1][:1], callbacks)
    # Keras would draw the next epoch's batches for the last of several steps at once.
    epoch_by_epoch = model.steps_per_execution > 1
    batches = training_batches(
        *training,
        batch_size=batch_size,
        epochs=epochs,
        seed=seed,
        shuffle=shuffle,
        epoch_by_epoch=epoch_by_epoch,
    )
    evaluation = evaluation_batches(*validation, batch_size) if validation else nullcontext()
    with (
        seeded(seed),
        _letting_go(callbacks),
        batches as training_data,
        evaluation as validation_data,
    ):
        record = model.fit(
            training_data,
            validation_data=validation_data,
            initial_epoch=epochs.start,
            epochs=epochs.stop,
            steps_per_epoch=None if epoch_by_epoch else math.ceil(len(training[0]) / batch_size),
            shuffle=False,  # the batches are in their order already
            callbacks=[*callbacks, StopOnDivergence()],
            **options,
        )
    return as_history(record.history)


def _build(
    model: keras.Model, target: np.ndarray, callbacks: Sequence[keras.callbacks.Callback]
) -> None:
    """Create the variables that Keras would create in its first step.

    TensorFlow traces a step twice that creates variables. Where users' code could see the
    difference, or not all variables are known yet, it is left to Keras, but for the metrics of a
    network with a train step of its own: Keras asks for their results after each epoch, and fails
    if such a step has never used them.

    Args:
        model: a compiled network.
        target: the target of one sample, as the loss wants it.
        callbacks: of the training.
    """
    if own_code_in(model) or not read_logs_only(callbacks):
        if type(model).train_step is not keras.Model.train_step:
            _build_metrics(model, target)
    elif all(layer.built for layer in layers_within(model)):
        state_variables(model)
        if isinstance(model.output_shape, tuple) and None not in model.output_shape[1:]:
            _build_metrics(model, target)


def read_logs_only(callbacks: Iterable[keras.callbacks.Callback]) -> bool:
    """Return whether callbacks see nothing of a network but the logs; they say so themselves."""
    return all(getattr(each, "reads_logs_only", False) for each in callbacks)


def _build_metrics(model: keras.Model, target: np.ndarray) -> None:
    """Have the compiled metrics create their variables."""
    outputs = np.zeros((1, *model.output_shape[1:]), np.float32)
    model.compute_metrics(None, target, outputs)
    model.reset_metrics()


@contextmanager
def _letting_go(callbacks: Sequence[keras.callbacks.Callback]) -> Iterator[None]:
    """Have callbacks forget the network afterwards: who copies them would copy it as well."""
    try:
        yield
    finally:
        for callback in keras.tree.flatten(list(callbacks)):
            callback._model = None
