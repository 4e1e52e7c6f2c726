"""Optimizers of two learning rates: one for the head of a network, another for all below it."""

import keras


def two_rates(
    head: keras.optimizers.Optimizer, backbone: keras.optimizers.Optimizer, head_pattern: str
) -> keras.optimizers.MultiOptimizer:
    """Return an optimizer of two, each of which trains its own variables as if alone.

    A `global_clipnorm` is the norm of one part's gradients. Keras's callbacks that change the
    learning rate do so for each of the two.

    Args:
        head: trains the variables whose path `head_pattern` matches as a whole.
        backbone: trains all others.
        head_pattern: a regular expression.
    """
    choice = keras.optimizers.OptimizerMap(backbone, {head_pattern: head})
    return keras.optimizers.MultiOptimizer(choice, loss_scale_factor=head.loss_scale_factor)


def simple_optimizers(optimizer: keras.optimizers.Optimizer) -> list[keras.optimizers.Optimizer]:
    """Return the optimizers that have a learning rate each: those within one, or itself.

    Those of `two_rates` are the head's, then the backbone's.
    """
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return simple_optimizers(optimizer.inner_optimizer)
    if isinstance(optimizer, keras.optimizers.MultiOptimizer):
        return list(optimizer.optimizers)
    return [optimizer]
