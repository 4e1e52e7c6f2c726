"""The operations of a layer, by its shapes and its weights."""

import math
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import keras


def multiply_adds(layer: "keras.layers.Layer") -> int:
    """Return the multiply-adds of one layer's forward pass for one sample.

    A convolution does as many per output position as its kernel has values, a transposed one
    per input position; a separable one is the sum of its two kernels. Layers without kernels
    count as none.
    """
    kernels = [v for v in layer.trainable_weights if len(v.shape) > 1]
    shape = value_shape(layer, "input" if "Transpose" in type(layer).__name__ else "output")
    return math.prod(shape[:-1]) * sum(math.prod(v.shape) for v in kernels)


def value_shape(layer: "keras.layers.Layer", side: Literal["input", "output"]) -> tuple[int, ...]:
    """Return the shape of one sample as it enters or leaves a layer; () if it is not known."""
    try:
        shape = getattr(layer, side).shape[1:]
    except (AttributeError, ValueError):  # never called, or several values
        return ()
    return tuple(size or 1 for size in shape)
