"""ResNet-18 to ResNet-152: blocks that learn what to add to their input.

ResNet-50, -101 and -152 come from `keras.applications`. ResNet-18 and -34, which it lacks, are
written here, as in the paper: no bias before a batch normalisation.
"""

from collections.abc import Callable

import keras
from keras import layers

from kerascnn.models.applications import SMALLEST, Replacements, adapt
from kerascnn.models.registry import register
from kerascnn.models.resnet_blocks import basic_resnet, large_stem, small_stem


@register(smallest=SMALLEST, image=(224, 224, 3), n_classes=1000)
def resnet18(input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0) -> keras.Model:
    """Build ResNet-18; 11,699,112 parameters for 224×224×3 images and 1,000 classes.

    11,689,512 of them are trained, the others are moving statistics of the batch
    normalisations. A block is conv n@3×3 same, batch norm, relu, conv n@3×3 same, batch norm,
    plus its input (through a 1×1 convolution and batch norm where the shape changes), relu.

    ::

        224×224×3 ─ conv 64@7×7 stride 2, batch norm, relu ─ 112×112×64
                  ─ max-pool 3 stride 2  ─ 56×56×64
                  ─ 2 blocks 64          ─ 56×56×64
                  ─ 2 blocks 128 stride 2 ─ 28×28×128
                  ─ 2 blocks 256 stride 2 ─ 14×14×256
                  ─ 2 blocks 512 stride 2 ─ 7×7×512
                  ─ global average ─ 512 ─ dense 1,000, softmax

    Source: K. He, X. Zhang, S. Ren and J. Sun, arXiv:1512.03385, table 1, with projections
    (option B).

    Args:
        input_shape: (height, width, channels), at least 32×32 pixels.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on every kernel: the loss gains l2 · Σ w².

    Raises:
        ValueError: if the image is smaller than 32×32 pixels.
    """
    return basic_resnet("resnet18", (2, 2, 2, 2), large_stem, input_shape, n_classes, l2)


@register(smallest=SMALLEST, image=(224, 224, 3), n_classes=1000)
def resnet34(input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0) -> keras.Model:
    """Build ResNet-34; 21,814,696 parameters for 224×224×3 images and 1,000 classes.

    21,797,672 of them are trained; for a block see `resnet18`.

    ::

        224×224×3 ─ conv 64@7×7 stride 2, batch norm, relu ─ 112×112×64
                  ─ max-pool 3 stride 2  ─ 56×56×64
                  ─ 3 blocks 64          ─ 56×56×64
                  ─ 4 blocks 128 stride 2 ─ 28×28×128
                  ─ 6 blocks 256 stride 2 ─ 14×14×256
                  ─ 3 blocks 512 stride 2 ─ 7×7×512
                  ─ global average ─ 512 ─ dense 1,000, softmax

    For source, arguments and errors see `resnet18`.
    """
    return basic_resnet("resnet34", (3, 4, 6, 3), large_stem, input_shape, n_classes, l2)


@register(smallest=SMALLEST, image=(224, 224, 3), n_classes=1000)
def resnet50(input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0) -> keras.Model:
    """Build ResNet-50; 25,636,712 parameters for 224×224×3 images and 1,000 classes.

    25,583,592 of them are trained. A bottleneck n is conv n@1×1, conv n@3×3 same and conv
    4n@1×1, each with a bias and batch norm and with relu between them, plus its input (through
    a 1×1 convolution and batch norm where the shape changes), relu.

    ::

        224×224×3 ─ conv 64@7×7 stride 2, batch norm, relu ─ 112×112×64
                  ─ max-pool 3 stride 2       ─ 56×56×64
                  ─ 3 bottlenecks 64          ─ 56×56×256
                  ─ 4 bottlenecks 128 stride 2 ─ 28×28×512
                  ─ 6 bottlenecks 256 stride 2 ─ 14×14×1,024
                  ─ 3 bottlenecks 512 stride 2 ─ 7×7×2,048
                  ─ global average ─ 2,048 ─ dense 1,000, softmax

    Source: K. He, X. Zhang, S. Ren and J. Sun, arXiv:1512.03385, table 1;
    `keras.applications.ResNet50`. For arguments and errors see `resnet18`.
    """
    return adapt(keras.applications.ResNet50, input_shape, n_classes, l2=l2, name="resnet50")


@register(smallest=SMALLEST, image=(224, 224, 3), n_classes=1000)
def resnet101(input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0) -> keras.Model:
    """Build ResNet-101; 44,707,176 parameters for 224×224×3 images and 1,000 classes.

    44,601,832 of them are trained; for a bottleneck see `resnet50`.

    ::

        224×224×3 ─ conv 64@7×7 stride 2, batch norm, relu ─ 112×112×64
                  ─ max-pool 3 stride 2        ─ 56×56×64
                  ─ 3 bottlenecks 64           ─ 56×56×256
                  ─ 4 bottlenecks 128 stride 2  ─ 28×28×512
                  ─ 23 bottlenecks 256 stride 2 ─ 14×14×1,024
                  ─ 3 bottlenecks 512 stride 2  ─ 7×7×2,048
                  ─ global average ─ 2,048 ─ dense 1,000, softmax

    Source: see `resnet50`; `keras.applications.ResNet101`. For arguments and errors see
    `resnet18`.
    """
    return adapt(keras.applications.ResNet101, input_shape, n_classes, l2=l2, name="resnet101")


@register(smallest=SMALLEST, image=(224, 224, 3), n_classes=1000)
def resnet152(input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0) -> keras.Model:
    """Build ResNet-152; 60,419,944 parameters for 224×224×3 images and 1,000 classes.

    60,268,520 of them are trained; for a bottleneck see `resnet50`.

    ::

        224×224×3 ─ conv 64@7×7 stride 2, batch norm, relu ─ 112×112×64
                  ─ max-pool 3 stride 2        ─ 56×56×64
                  ─ 3 bottlenecks 64           ─ 56×56×256
                  ─ 8 bottlenecks 128 stride 2  ─ 28×28×512
                  ─ 36 bottlenecks 256 stride 2 ─ 14×14×1,024
                  ─ 3 bottlenecks 512 stride 2  ─ 7×7×2,048
                  ─ global average ─ 2,048 ─ dense 1,000, softmax

    Source: see `resnet50`; `keras.applications.ResNet152`. For arguments and errors see
    `resnet18`.
    """
    return adapt(keras.applications.ResNet152, input_shape, n_classes, l2=l2, name="resnet152")


@register(smallest=8)
def resnet18_32(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0
) -> keras.Model:
    """Build ResNet-18 for small images; 11,183,562 parameters for 32×32×3 and 10 classes.

    11,173,962 of them are trained. A 3×3 convolution with stride 1 replaces the first one and
    its pooling; for a block see `resnet18`.

    ::

        32×32×3 ─ conv 64@3×3 same, batch norm, relu ─ 32×32×64
                ─ 2 blocks 64           ─ 32×32×64
                ─ 2 blocks 128 stride 2 ─ 16×16×128
                ─ 2 blocks 256 stride 2 ─ 8×8×256
                ─ 2 blocks 512 stride 2 ─ 4×4×512
                ─ global average ─ 512 ─ dense 10, softmax

    Source: the paper's network with the first layer that is usual for CIFAR-10 (K. Liu,
    pytorch-cifar). For arguments see `resnet18`.

    Raises:
        ValueError: if the image is smaller than 8×8 pixels.
    """
    return basic_resnet("resnet18_32", (2, 2, 2, 2), small_stem, input_shape, n_classes, l2)


@register(smallest=8)
def resnet34_32(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0
) -> keras.Model:
    """Build ResNet-34 for small images; 21,299,146 parameters for 32×32×3 and 10 classes.

    21,282,122 of them are trained; for a block see `resnet18`.

    ::

        32×32×3 ─ conv 64@3×3 same, batch norm, relu ─ 32×32×64
                ─ 3 blocks 64           ─ 32×32×64
                ─ 4 blocks 128 stride 2 ─ 16×16×128
                ─ 6 blocks 256 stride 2 ─ 8×8×256
                ─ 3 blocks 512 stride 2 ─ 4×4×512
                ─ global average ─ 512 ─ dense 10, softmax

    For source and errors see `resnet18_32`, for arguments `resnet18`.
    """
    return basic_resnet("resnet34_32", (3, 4, 6, 3), small_stem, input_shape, n_classes, l2)


@register(smallest=SMALLEST)
def resnet50_32(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0
) -> keras.Model:
    """Build ResNet-50 for small images; 23,600,522 parameters for 32×32×3 and 10 classes.

    23,547,402 of them are trained. A 3×3 convolution with stride 1 replaces the first one and
    its pooling; for a bottleneck see `resnet50`.

    ::

        32×32×3 ─ conv 64@3×3 same, batch norm, relu ─ 32×32×64
                ─ 3 bottlenecks 64           ─ 32×32×256
                ─ 4 bottlenecks 128 stride 2 ─ 16×16×512
                ─ 6 bottlenecks 256 stride 2 ─ 8×8×1,024
                ─ 3 bottlenecks 512 stride 2 ─ 4×4×2,048
                ─ global average ─ 2,048 ─ dense 10, softmax

    For source see `resnet50` and `resnet18_32`, for arguments and errors `resnet18`.
    """
    return _small_application(
        keras.applications.ResNet50, "resnet50_32", input_shape, n_classes, l2
    )


@register(smallest=SMALLEST)
def resnet101_32(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0
) -> keras.Model:
    """Build ResNet-101 for small images; 42,670,986 parameters for 32×32×3 and 10 classes.

    42,565,642 of them are trained; for a bottleneck see `resnet50`.

    ::

        32×32×3 ─ conv 64@3×3 same, batch norm, relu ─ 32×32×64
                ─ 3 bottlenecks 64            ─ 32×32×256
                ─ 4 bottlenecks 128 stride 2  ─ 16×16×512
                ─ 23 bottlenecks 256 stride 2 ─ 8×8×1,024
                ─ 3 bottlenecks 512 stride 2  ─ 4×4×2,048
                ─ global average ─ 2,048 ─ dense 10, softmax

    For source see `resnet50` and `resnet18_32`, for arguments and errors `resnet18`.
    """
    return _small_application(
        keras.applications.ResNet101, "resnet101_32", input_shape, n_classes, l2
    )


@register(smallest=SMALLEST)
def resnet152_32(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0
) -> keras.Model:
    """Build ResNet-152 for small images; 58,383,754 parameters for 32×32×3 and 10 classes.

    58,232,330 of them are trained; for a bottleneck see `resnet50`.

    ::

        32×32×3 ─ conv 64@3×3 same, batch norm, relu ─ 32×32×64
                ─ 3 bottlenecks 64            ─ 32×32×256
                ─ 8 bottlenecks 128 stride 2  ─ 16×16×512
                ─ 36 bottlenecks 256 stride 2 ─ 8×8×1,024
                ─ 3 bottlenecks 512 stride 2  ─ 4×4×2,048
                ─ global average ─ 2,048 ─ dense 10, softmax

    For source see `resnet50` and `resnet18_32`, for arguments and errors `resnet18`.
    """
    return _small_application(
        keras.applications.ResNet152, "resnet152_32", input_shape, n_classes, l2
    )


def _small_application(
    application: Callable[..., keras.Model],
    name: str,
    input_shape: tuple[int, int, int],
    n_classes: int,
    l2: float,
) -> keras.Model:
    return adapt(application, input_shape, n_classes, l2=l2, name=name, replace=_small_replacements)


def _small_replacements(template: keras.Model) -> Replacements:
    """Exchange padding, 7×7 convolution, padding and pooling at the network's start."""
    identities = ("conv1_pad", "pool1_pad", "pool1_pool")
    convolution = layers.Conv2D(64, 3, padding="same", name="conv1_conv")
    return {name: layers.Identity(name=name) for name in identities} | {"conv1_conv": convolution}
