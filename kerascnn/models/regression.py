"""The regression CNN: numbers, images or signals from images or signals of any size."""

import math

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.checks import check_at_least
from kerascnn.models.dimensions import CONVOLUTION, MAX_POOLING
from kerascnn.models.registry import register


@register(output_shape=(1,), image=(28, 28, 1), signal=(1_000, 1), shape=(28, 28, 1))
def regression_cnn(
    input_shape: tuple[int, ...],
    output_shape: tuple[int, ...],
    *,
    l2: float = 0.0,
    n_filters: int = 16,
    n_hidden: int = 64,
) -> keras.Model:
    """Build the regression CNN; 406,337 parameters for 28×28×1 images and one number.

    ::

        28×28×1 ─ conv 16@3×3 same, relu ─ 28×28×16 ─ max-pool 2 ─ 14×14×16      160 parameters
                ─ conv 32@3×3 same, relu ─ 14×14×32                            4,640
                ─ flatten ─ 6,272 ─ dense 64, relu                           401,472
                                  ─ dense 1                                       65

    Its output is not bounded. Images and signals are put out by the last dense layer too, value by
    value. An axis of less than 4 pixels or samples is not pooled, so that nothing is lost of the
    smallest images: (height, width, channels) may be a table's row of features, (1, 10, 1).

    Source: the convolutions and poolings of `digits_cnn` and `simple_cnn`, in front of a linear
    output.

    Args:
        input_shape: (height, width, channels) or (samples, channels), of any size.
        output_shape: (k,) for k numbers, (height, width, channels) for an image or
            (samples, channels) for a signal.
        l2: strength of the L2 penalty on the four kernels: the loss gains l2 · Σ w².
        n_filters: filters of the first convolution, at least 1; the second has twice as many.
        n_hidden: units of the hidden dense layer, at least 1.

    Raises:
        ValueError: if an argument is out of range.
    """
    check_at_least("n_filters", n_filters, 1)
    check_at_least("n_hidden", n_hidden, 1)
    convolution, pooling = CONVOLUTION[len(input_shape)], MAX_POOLING[len(input_shape)]
    kernels = {"kernel_regularizer": L2(l2)}
    window = tuple(2 if size >= 4 else 1 for size in input_shape[:-1])
    reshape = [layers.Reshape(output_shape)] if len(output_shape) > 1 else []
    return keras.Sequential(
        [
            keras.Input(input_shape),
            convolution(n_filters, 3, padding="same", activation="relu", **kernels),
            pooling(window),
            convolution(2 * n_filters, 3, padding="same", activation="relu", **kernels),
            layers.Flatten(),
            layers.Dense(n_hidden, activation="relu", **kernels),
            layers.Dense(math.prod(output_shape), **kernels),
            *reshape,
        ],
        name="regression_cnn",
    )
