"""EfficientNet-B0: depthwise convolutions and squeeze-and-excitation, few multiply-adds."""

import keras
from keras import layers
from keras.layers import Layer

from kerascnn.models.applications import SMALLEST, adapt
from kerascnn.models.registry import register


@register(smallest=SMALLEST, image=(224, 224, 3), n_classes=1000)
def efficientnet_b0(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0
) -> keras.Model:
    """Build EfficientNet-B0; 5,330,564 parameters for 224×224×3 images and 1,000 classes.

    5,288,548 of them are trained, the others are moving statistics of the batch
    normalisations. `keras.applications` counts 7 more: there the network itself scales pixels
    of 0 to 255, which are from 0 to 1 already when they come here. An MBConv n@k×k is a 1×1
    convolution that widens the maps (times 6, but for the first), a depthwise k×k convolution,
    squeeze-and-excitation and a 1×1 convolution to n maps, with swish, batch norm and, where
    the shapes agree, the input added.

    ::

        224×224×3 ─ conv 32@3×3 stride 2, batch norm, swish ─ 112×112×32
                  ─ 1 × MBConv 16@3×3           ─ 112×112×16
                  ─ 2 × MBConv 24@3×3 stride 2  ─ 56×56×24
                  ─ 2 × MBConv 40@5×5 stride 2  ─ 28×28×40
                  ─ 3 × MBConv 80@3×3 stride 2  ─ 14×14×80
                  ─ 3 × MBConv 112@5×5          ─ 14×14×112
                  ─ 4 × MBConv 192@5×5 stride 2 ─ 7×7×192
                  ─ 1 × MBConv 320@3×3          ─ 7×7×320
                  ─ conv 1,280@1×1, batch norm, swish ─ 7×7×1,280
                  ─ global average ─ 1,280 ─ dropout 0.2 ─ dense 1,000, softmax

    Source: M. Tan and Q. Le, arXiv:1905.11946; `keras.applications.EfficientNetB0`.

    Args:
        input_shape: (height, width, channels), at least 32×32 pixels.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on every kernel: the loss gains l2 · Σ w².

    Raises:
        ValueError: if the image is smaller than 32×32 pixels.
    """
    return adapt(
        keras.applications.EfficientNetB0,
        input_shape,
        n_classes,
        l2=l2,
        name="efficientnet_b0",
        replace=_without_scaling,
    )


@register(smallest=SMALLEST)
def efficientnet_b0_32(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0
) -> keras.Model:
    """Build EfficientNet-B0 for small images; 4,062,374 parameters for 32×32×3, 10 classes.

    4,020,358 of them are trained. The first convolution keeps the image's size; for MBConv see
    `efficientnet_b0`.

    ::

        32×32×3 ─ conv 32@3×3 stride 1, batch norm, swish ─ 32×32×32
                ─ 1 × MBConv 16@3×3           ─ 32×32×16
                ─ 2 × MBConv 24@3×3 stride 2  ─ 16×16×24
                ─ 2 × MBConv 40@5×5 stride 2  ─ 8×8×40
                ─ 3 × MBConv 80@3×3 stride 2  ─ 4×4×80
                ─ 3 × MBConv 112@5×5          ─ 4×4×112
                ─ 4 × MBConv 192@5×5 stride 2 ─ 2×2×192
                ─ 1 × MBConv 320@3×3          ─ 2×2×320
                ─ conv 1,280@1×1, batch norm, swish ─ 2×2×1,280
                ─ global average ─ 1,280 ─ dropout 0.2 ─ dense 10, softmax

    Source: see `efficientnet_b0`; the change for small images is our own. For arguments and
    errors see there.
    """
    return adapt(
        keras.applications.EfficientNetB0,
        input_shape,
        n_classes,
        l2=l2,
        name="efficientnet_b0_32",
        replace=lambda template: _without_scaling(template) | _small_stem(template),
    )


def _without_scaling(template: keras.Model) -> dict[str, Layer]:
    """Take out the layers that scale pixels from 0 to 255."""
    scaling = (layers.Rescaling, layers.Normalization)
    return {each.name: layers.Identity() for each in template.layers if isinstance(each, scaling)}


def _small_stem(template: keras.Model) -> dict[str, Layer]:
    """Have the first convolution move by one pixel instead of two."""
    convolution = template.get_layer("stem_conv").get_config() | {"strides": 1, "padding": "same"}
    return {
        "stem_conv_pad": layers.Identity(name="stem_conv_pad"),
        "stem_conv": layers.Conv2D.from_config(convolution),
    }
