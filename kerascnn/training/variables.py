"""A network's variables, created as Keras's `fit` creates them."""

import keras
import tensorflow as tf

from kerascnn.internals.keras import build_for_training


def state_variables(model: keras.Model) -> list[keras.Variable]:
    """Return all that training changes: weights, random seeds, the optimizer's slots."""
    if not model.optimizer.built:
        _build_optimizer_like_fit(model)
    return [*model.variables, *model.optimizer.variables]


def build_like_fit(model: keras.Model, batch: tuple[tf.Tensor, ...]) -> None:
    """Create the variables that `fit` creates in its first step.

    Args:
        model: compiled.
        batch: images as the network takes them, targets, and perhaps weights, of one sample.
    """
    state_variables(model)
    build_for_training(model, batch)


def _build_optimizer_like_fit(model: keras.Model) -> None:
    """Create the optimizer's variables inside a graph that is never run, as `fit` does.

    What an optimizer assigns while it is built has no effect there: `ScheduleFreeAdamW` starts
    its slots from the weights only where it is built outside of a graph.
    """

    def build() -> None:
        if not model.optimizer.built:  # TensorFlow traces what creates variables a second time
            model.optimizer.build(model.trainable_variables)

    tf.function(build, autograph=False).get_concrete_function()
