"""A network's variables, created as Keras's `fit` creates them."""

import keras
import tensorflow as tf

from kerascnn.internals.keras import build_for_training

# Optimizers that only create variables while they are built, so that it may be done anywhere.
PLAIN_OPTIMIZERS = frozenset(
    {
        keras.optimizers.Adadelta,
        keras.optimizers.Adafactor,
        keras.optimizers.Adagrad,
        keras.optimizers.Adam,
        keras.optimizers.Adamax,
        keras.optimizers.AdamW,
        keras.optimizers.Ftrl,
        keras.optimizers.Lamb,
        keras.optimizers.Lion,
        keras.optimizers.Muon,
        keras.optimizers.Nadam,
        keras.optimizers.RMSprop,
        keras.optimizers.SGD,
    }
)


def state_variables(model: keras.Model) -> list[keras.Variable]:
    """Return all that training changes: weights, random seeds, the optimizer's slots."""
    if not model.optimizer.built:
        _build_optimizer(model)
    return [*model.variables, *model.optimizer.variables]


def build_like_fit(model: keras.Model, batch: tuple[tf.Tensor, ...]) -> None:
    """Create the variables that `fit` creates in its first step.

    Args:
        model: compiled.
        batch: images as the network takes them, targets, and perhaps weights, of one sample.
    """
    state_variables(model)
    build_for_training(model, batch)


def _build_optimizer(model: keras.Model) -> None:
    """Create the optimizer's variables with the values that they have after `fit` creates them.

    `fit` does so inside a graph, where what an optimizer assigns while it is built has no effect:
    `ScheduleFreeAdamW` starts its slots from the weights only where it is built outside of one.
    """
    optimizer = model.optimizer
    if type(optimizer) in PLAIN_OPTIMIZERS:
        optimizer.build(model.trainable_variables)
        return

    def build() -> None:
        if not optimizer.built:  # TensorFlow traces what creates variables a second time
            optimizer.build(model.trainable_variables)

    tf.function(build, autograph=False).get_concrete_function()
