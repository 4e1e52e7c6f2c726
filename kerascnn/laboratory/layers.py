"""Keras layers whose weights are set by hand.

Keras is imported with the first layer: an experiment's file is read before TensorFlow is started.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras


def convolution_layer(image: np.ndarray, kernels: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Return what a Keras `Conv2D` with the given weights makes of one image.

    Args:
        image: (height, width, channels).
        kernels: (kernel height, kernel width, channels, filters).
        bias: (filters,).

    Returns:
        float32, (height − kernel height + 1, width − kernel width + 1, filters).
    """
    from keras.layers import Conv2D

    layer = Conv2D(kernels.shape[-1], kernels.shape[:2])
    layer.build((None, *image.shape))
    layer.set_weights([kernels, bias])
    return _output(layer, image)


def max_pooling_layer(image: np.ndarray, size: int) -> np.ndarray:
    """Return what a Keras `MaxPooling2D` makes of one image, (height, width, channels)."""
    from keras.layers import MaxPooling2D

    return _output(MaxPooling2D(size), image)


def upsampling_layer(image: np.ndarray, factor: int) -> np.ndarray:
    """Return what a Keras `UpSampling2D` makes of one image, (height, width, channels)."""
    from keras.layers import UpSampling2D

    return _output(UpSampling2D(factor), image)


def convolution_counts(
    filters: int, kernel_size: int, input_shape: tuple[int, int, int]
) -> tuple[int, tuple[int, ...]]:
    """Return the weights of a Keras `Conv2D` for images of a shape, and its output's shape."""
    from keras.layers import Conv2D

    layer = Conv2D(filters, kernel_size)
    layer.build((None, *input_shape))
    return int(layer.count_params()), tuple(layer.compute_output_shape((None, *input_shape))[1:])


def _output(layer: "keras.Layer", image: np.ndarray) -> np.ndarray:
    return np.asarray(layer(image[None].astype(np.float32)))[0]
