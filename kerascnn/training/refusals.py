"""Reasons, known before tracing, why a network needs Keras's own training loop."""

import keras
import tensorflow as tf

# Keras's own loops, of which a compiled epoch takes the place.
LOOPS = (
    "evaluate",
    "fit",
    "make_predict_function",
    "make_test_function",
    "make_train_function",
    "predict",
)


def network_refusal(model: keras.Model) -> str | None:
    """Return why a compiled model needs Keras's own `fit`, in one sentence; None if it does not."""
    for name in LOOPS:
        if name in vars(model) or getattr(type(model), name) is not getattr(keras.Model, name):
            return f"model class {type(model).__name__} overrides {name}"
    if model.run_eagerly or tf.config.functions_run_eagerly():
        return "the model runs eagerly"
    if tf.distribute.has_strategy():
        return "a distribution strategy is in scope"
    if not isinstance(model.optimizer, keras.optimizers.Optimizer):
        return f"optimizer {type(model.optimizer).__name__} is not Keras's"
    return None
