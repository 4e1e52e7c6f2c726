"""Training by Keras's own loop, in the order that every engine shares, until it diverges."""

import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import keras

from kerascnn.batches import evaluation_batches, training_batches
from kerascnn.estimator_inputs import Samples
from kerascnn.seeding import seeded

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
        if logs and not math.isfinite(logs["loss"]):
            self.model.stop_training = True


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
        seed: see `kerascnn.batches.epoch_order`.
        shuffle: False visits the samples in their own order.
        callbacks: Keras callbacks, called before divergence is looked for.
        **options: further arguments of Keras's `fit`.

    Returns:
        loss, accuracy, … and val_loss, val_accuracy, …: a float for each epoch trained. If the
        last loss is not finite, training has diverged there.
    """
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
    with seeded(seed), batches as training_data, evaluation as validation_data:
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
    return {name: [float(value) for value in values] for name, values in record.history.items()}
