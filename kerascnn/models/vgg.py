"""VGG-16 and VGG-19: many 3×3 convolutions, the number of filters doubled after each pooling."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.applications import BATCH_NORM_MOMENTUM, SMALLEST, adapt
from kerascnn.models.registry import register

FILTERS = (64, 128, 256, 512, 512)


@register(smallest=SMALLEST, image=(224, 224, 3), n_classes=1000)
def vgg16(input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0) -> keras.Model:
    """Build VGG-16; 138,357,544 parameters for 224×224×3 images and 1,000 classes.

    ::

        224×224×3 ─ 2 × conv 64@3×3 same, relu  ─ 224×224×64 ─ max-pool 2 ─ 112×112×64
                  ─ 2 × conv 128@3×3 same, relu ─ 112×112×128 ─ max-pool 2 ─ 56×56×128
                  ─ 3 × conv 256@3×3 same, relu ─ 56×56×256 ─ max-pool 2 ─ 28×28×256
                  ─ 3 × conv 512@3×3 same, relu ─ 28×28×512 ─ max-pool 2 ─ 14×14×512
                  ─ 3 × conv 512@3×3 same, relu ─ 14×14×512 ─ max-pool 2 ─ 7×7×512
                  ─ flatten ─ 25,088 ─ 2 × dense 4,096, relu ─ dense 1,000, softmax

    Source: K. Simonyan and A. Zisserman, arXiv:1409.1556, column D; `keras.applications.VGG16`.

    Args:
        input_shape: (height, width, channels), at least 32×32 pixels.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on every kernel: the loss gains l2 · Σ w².

    Raises:
        ValueError: if the image is smaller than 32×32 pixels.
    """
    return adapt(keras.applications.VGG16, input_shape, n_classes, l2=l2, name="vgg16")


@register(smallest=SMALLEST, image=(224, 224, 3), n_classes=1000)
def vgg19(input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0) -> keras.Model:
    """Build VGG-19; 143,667,240 parameters for 224×224×3 images and 1,000 classes.

    ::

        224×224×3 ─ 2 × conv 64@3×3 same, relu  ─ 224×224×64 ─ max-pool 2 ─ 112×112×64
                  ─ 2 × conv 128@3×3 same, relu ─ 112×112×128 ─ max-pool 2 ─ 56×56×128
                  ─ 4 × conv 256@3×3 same, relu ─ 56×56×256 ─ max-pool 2 ─ 28×28×256
                  ─ 4 × conv 512@3×3 same, relu ─ 28×28×512 ─ max-pool 2 ─ 14×14×512
                  ─ 4 × conv 512@3×3 same, relu ─ 14×14×512 ─ max-pool 2 ─ 7×7×512
                  ─ flatten ─ 25,088 ─ 2 × dense 4,096, relu ─ dense 1,000, softmax

    Source: K. Simonyan and A. Zisserman, arXiv:1409.1556, column E; `keras.applications.VGG19`.

    For arguments and errors see `vgg16`.
    """
    return adapt(keras.applications.VGG19, input_shape, n_classes, l2=l2, name="vgg19")


@register(smallest=SMALLEST)
def vgg16_32(input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0) -> keras.Model:
    """Build VGG-16 for small images; 14,736,714 parameters for 32×32×3 and 10 classes.

    Each convolution is followed by batch normalisation, without which so deep a stack hardly
    learns from its initial weights, and one dense layer replaces the three. 14,728,266 of the
    parameters are trained, the others are moving statistics.

    ::

        32×32×3 ─ 2 × (conv 64@3×3 same, batch norm, relu)  ─ 32×32×64 ─ max-pool 2 ─ 16×16×64
                ─ 2 × (conv 128@3×3 same, batch norm, relu) ─ 16×16×128 ─ max-pool 2 ─ 8×8×128
                ─ 3 × (conv 256@3×3 same, batch norm, relu) ─ 8×8×256 ─ max-pool 2 ─ 4×4×256
                ─ 3 × (conv 512@3×3 same, batch norm, relu) ─ 4×4×512 ─ max-pool 2 ─ 2×2×512
                ─ 3 × (conv 512@3×3 same, batch norm, relu) ─ 2×2×512 ─ max-pool 2 ─ 1×1×512
                ─ flatten ─ 512 ─ dense 10, softmax

    Source: the paper's convolutions with the head that is usual for CIFAR-10 (K. Liu,
    pytorch-cifar).

    For arguments and errors see `vgg16`.
    """
    return _small_vgg((2, 2, 3, 3, 3), input_shape, n_classes, l2, "vgg16_32")


@register(smallest=SMALLEST)
def vgg19_32(input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0) -> keras.Model:
    """Build VGG-19 for small images; 20,051,530 parameters for 32×32×3 and 10 classes.

    20,040,522 of them are trained, the others are moving statistics.

    ::

        32×32×3 ─ 2 × (conv 64@3×3 same, batch norm, relu)  ─ 32×32×64 ─ max-pool 2 ─ 16×16×64
                ─ 2 × (conv 128@3×3 same, batch norm, relu) ─ 16×16×128 ─ max-pool 2 ─ 8×8×128
                ─ 4 × (conv 256@3×3 same, batch norm, relu) ─ 8×8×256 ─ max-pool 2 ─ 4×4×256
                ─ 4 × (conv 512@3×3 same, batch norm, relu) ─ 4×4×512 ─ max-pool 2 ─ 2×2×512
                ─ 4 × (conv 512@3×3 same, batch norm, relu) ─ 2×2×512 ─ max-pool 2 ─ 1×1×512
                ─ flatten ─ 512 ─ dense 10, softmax

    Source: see `vgg16_32`; for arguments and errors see `vgg16`.
    """
    return _small_vgg((2, 2, 4, 4, 4), input_shape, n_classes, l2, "vgg19_32")


def _small_vgg(
    convolutions: tuple[int, ...],
    input_shape: tuple[int, int, int],
    n_classes: int,
    l2: float,
    name: str,
) -> keras.Model:
    """Return a VGG with `convolutions[i]` normalised convolutions of `FILTERS[i]` filters."""
    model = keras.Sequential([keras.Input(input_shape)], name=name)
    for repeats, n_filters in zip(convolutions, FILTERS, strict=True):
        for _ in range(repeats):
            model.add(layers.Conv2D(n_filters, 3, padding="same", kernel_regularizer=L2(l2)))
            model.add(layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM))
            model.add(layers.Activation("relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(n_classes, activation="softmax", kernel_regularizer=L2(l2)))
    return model
