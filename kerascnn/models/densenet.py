"""DenseNet-121: every layer sees the outputs of all layers before it in its block."""

import keras
from keras import layers

from kerascnn.models.applications import SMALLEST, Replacements, adapt
from kerascnn.models.registry import register


@register(smallest=SMALLEST, image=(224, 224, 3), n_classes=1000)
def densenet121(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0
) -> keras.Model:
    """Build DenseNet-121; 8,062,504 parameters for 224×224×3 images and 1,000 classes.

    7,978,856 of them are trained, the others are moving statistics of the batch
    normalisations. A dense layer is batch norm, relu, conv 128@1×1, batch norm, relu, conv
    32@3×3 same, and appends its 32 maps to its input. A transition is batch norm, relu, a 1×1
    convolution that halves the maps, and average-pool 2.

    ::

        224×224×3 ─ conv 64@7×7 stride 2, batch norm, relu ─ 112×112×64
                  ─ max-pool 3 stride 2 ─ 56×56×64
                  ─ 6 dense layers  ─ 56×56×256   ─ transition ─ 28×28×128
                  ─ 12 dense layers ─ 28×28×512   ─ transition ─ 14×14×256
                  ─ 24 dense layers ─ 14×14×1,024 ─ transition ─ 7×7×512
                  ─ 16 dense layers ─ 7×7×1,024   ─ batch norm, relu
                  ─ global average ─ 1,024 ─ dense 1,000, softmax

    Source: G. Huang, Z. Liu, L. van der Maaten and K. Weinberger, arXiv:1608.06993;
    `keras.applications.DenseNet121`.

    Args:
        input_shape: (height, width, channels), at least 32×32 pixels.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on every kernel: the loss gains l2 · Σ w².

    Raises:
        ValueError: if the image is smaller than 32×32 pixels.
    """
    return adapt(keras.applications.DenseNet121, input_shape, n_classes, l2=l2, name="densenet121")


@register(smallest=SMALLEST)
def densenet121_32(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0
) -> keras.Model:
    """Build DenseNet-121 for small images; 7,040,074 parameters for 32×32×3 and 10 classes.

    6,956,426 of them are trained. A 3×3 convolution with stride 1 replaces the first one and
    its pooling; for a dense layer and a transition see `densenet121`.

    ::

        32×32×3 ─ conv 64@3×3 same, batch norm, relu ─ 32×32×64
                ─ 6 dense layers  ─ 32×32×256 ─ transition ─ 16×16×128
                ─ 12 dense layers ─ 16×16×512 ─ transition ─ 8×8×256
                ─ 24 dense layers ─ 8×8×1,024 ─ transition ─ 4×4×512
                ─ 16 dense layers ─ 4×4×1,024 ─ batch norm, relu
                ─ global average ─ 1,024 ─ dense 10, softmax

    Source: see `densenet121`; the first layer as in the paper's networks for CIFAR. For
    arguments and errors see there.
    """
    return adapt(
        keras.applications.DenseNet121,
        input_shape,
        n_classes,
        l2=l2,
        name="densenet121_32",
        replace=_small_stem,
    )


def _small_stem(template: keras.Model) -> Replacements:
    """Exchange padding, 7×7 convolution, padding and pooling at the network's start."""
    # The paddings' names are numbered through the session, so they are found by their place.
    padding, convolution, _, _, pool_padding, pool = (layer.name for layer in template.layers[1:7])
    return {
        padding: layers.Identity(),
        convolution: layers.Conv2D(64, 3, padding="same", use_bias=False, name=convolution),
        pool_padding: layers.Identity(),
        pool: layers.Identity(name=pool),
    }
