"""Settings of the whole process that decide a fit's numbers."""

from typing import Any

import keras
import tensorflow as tf


def global_settings() -> dict[str, Any]:
    """Return Keras's and TensorFlow's global settings that decide a fit's numbers.

    The number of threads is not among them, as it belongs to an engine, nor is determinism of
    operations, which TensorFlow tells nobody.
    """
    return {
        "floatx": keras.config.floatx(),
        "epsilon": keras.config.epsilon(),
        "dtype_policy": keras.config.dtype_policy().name,
        "image_data_format": keras.config.image_data_format(),
        "flash_attention": keras.config.is_flash_attention_enabled(),
        "tensor_float_32": tf.config.experimental.tensor_float_32_execution_enabled(),
        "functions_run_eagerly": tf.config.functions_run_eagerly(),
        "optimizer_jit": tf.config.optimizer.get_jit(),
        "optimizer_options": tf.config.optimizer.get_experimental_options(),
    }
