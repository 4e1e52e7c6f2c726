"""An optimizer with one learning rate for the head of a network, and another for all below it."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("kerascnn")
class TwoRates(keras.optimizers.MultiOptimizer):
    """Two optimizers of one kind: the first trains the head, the second everything else.

    Each computes from the gradients and slots of its own variables alone, as if there were no
    other: a `global_clipnorm` is the norm of one part's gradients.
    """

    @property
    def learning_rate(self) -> Any:
        """The head's learning rate. Setting it changes that of the backbone in proportion."""
        return self.optimizers[0].learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        head, backbone = self.optimizers
        before = float(head.learning_rate)
        head.learning_rate = value
        if before:
            backbone.learning_rate = float(backbone.learning_rate) * (float(value) / before)


def two_rates(
    head: keras.optimizers.Optimizer, backbone: keras.optimizers.Optimizer, head_pattern: str
) -> TwoRates:
    """Return an optimizer of two.

    Args:
        head: trains the variables whose path `head_pattern` matches as a whole.
        backbone: trains all others.
        head_pattern: a regular expression.
    """
    return TwoRates(keras.optimizers.OptimizerMap(backbone, {head_pattern: head}))


def simple_optimizers(optimizer: keras.optimizers.Optimizer) -> list[keras.optimizers.Optimizer]:
    """Return the optimizers that have a learning rate each: those within one, or itself."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return simple_optimizers(optimizer.inner_optimizer)
    if isinstance(optimizer, keras.optimizers.MultiOptimizer):
        return list(optimizer.optimizers)
    return [optimizer]
