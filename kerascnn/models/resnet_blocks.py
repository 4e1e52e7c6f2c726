"""Residual networks of two-layer blocks, as ResNet-18 and ResNet-34 are."""

from collections.abc import Callable

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.applications import BATCH_NORM_MOMENTUM

FILTERS = (64, 128, 256, 512)


def basic_resnet(
    name: str,
    blocks: tuple[int, ...],
    stem: Callable[[keras.KerasTensor, float], keras.KerasTensor],
    input_shape: tuple[int, int, int],
    n_classes: int,
    l2: float,
) -> keras.Model:
    """Return a ResNet of two-layer blocks, `blocks[i]` of them with `FILTERS[i]` filters."""
    inputs = keras.Input(input_shape)
    x = stem(inputs, l2)
    for stage, (repeats, n_filters) in enumerate(zip(blocks, FILTERS, strict=True)):
        for index in range(repeats):
            stride = 2 if stage > 0 and index == 0 else 1
            x = _basic_block(x, n_filters, stride, l2, f"conv{stage + 2}_block{index + 1}")
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    outputs = layers.Dense(
        n_classes, activation="softmax", kernel_regularizer=L2(l2), name="predictions"
    )(x)
    return keras.Model(inputs, outputs, name=name)


def large_stem(x: keras.KerasTensor, l2: float) -> keras.KerasTensor:
    """Convolve and pool an image of 224×224, to 56×56."""
    x = layers.ReLU(name="conv1_relu")(_normalised(x, 64, 7, 2, l2, "conv1"))
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    return layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)


def small_stem(x: keras.KerasTensor, l2: float) -> keras.KerasTensor:
    """Convolve an image of 32×32, and keep its size."""
    return layers.ReLU(name="conv1_relu")(_normalised(x, 64, 3, 1, l2, "conv1"))


def _basic_block(
    x: keras.KerasTensor, n_filters: int, stride: int, l2: float, name: str
) -> keras.KerasTensor:
    shortcut = x
    if stride > 1 or x.shape[-1] != n_filters:
        shortcut = _normalised(x, n_filters, 1, stride, l2, f"{name}_0")
    x = _normalised(x, n_filters, 3, stride, l2, f"{name}_1")
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    x = _normalised(x, n_filters, 3, 1, l2, f"{name}_2")
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    return layers.ReLU(name=f"{name}_out")(x)


def _normalised(
    x: keras.KerasTensor, n_filters: int, kernel: int, stride: int, l2: float, name: str
) -> keras.KerasTensor:
    """Convolve with He-normal weights, as many zeros on either side, and normalise."""
    if kernel > 1:
        x = layers.ZeroPadding2D(kernel // 2, name=f"{name}_pad")(x)
    x = layers.Conv2D(
        n_filters,
        kernel,
        strides=stride,
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=L2(l2),
        name=f"{name}_conv",
    )(x)
    return layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, epsilon=1e-5, name=f"{name}_bn")(
        x
    )
