"""TensorFlow's tensors, variables and compiled functions."""

from typing import Any

import tensorflow as tf

from kerascnn.identity.node import Node, unidentifiable
from kerascnn.identity.walk import Walk


def describe(value: Any, walk: Walk) -> Node | None:
    """Describe TensorFlow's values by their content, a `tf.function` by its function.

    Raises:
        Unidentifiable: if a tensor is symbolic.
    """
    if isinstance(value, tf.Variable):
        about = [tuple(value.shape), value.dtype.name, value.trainable]
        return Node("tf.Variable", [*about, _value(value)], shared=True)
    if isinstance(value, tf.Tensor):
        return Node("tf.Tensor", [tuple(value.shape), value.dtype.name, _value(value)])
    if isinstance(value, tf.types.experimental.PolymorphicFunction):
        return Node("tf.function", [value.python_function, *_compilation(value)], shared=True)
    if isinstance(value, tf.TensorShape):
        return Node("tf.TensorShape", [None if value.rank is None else value.as_list()])
    if isinstance(value, tf.DType):
        return Node("tf.DType", [value.name])
    return None


def _value(value: Any) -> Any:
    try:
        return value.numpy()
    except (AttributeError, NotImplementedError) as error:
        raise unidentifiable(value, "a symbolic tensor has no value") from error


def _compilation(function: Any) -> list[Any]:
    return [function.input_signature, function._jit_compile, function._reduce_retracing]
