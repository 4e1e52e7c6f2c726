"""AlexNet: the network that won ImageNet in 2012."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.registry import register


@register(smallest=63, image=(224, 224, 3), n_classes=1000)
def alexnet(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0, dropout: float = 0.5
) -> keras.Model:
    """Build AlexNet; 62,378,344 parameters for 224×224×3 images and 1,000 classes.

    ::

        224×224×3 ─ zero padding 2 ─ conv 96@11×11 stride 4, relu ─ 55×55×96
                  ─ max-pool 3 stride 2 ─ 27×27×96  ─ conv 256@5×5 same, relu ─ 27×27×256
                  ─ max-pool 3 stride 2 ─ 13×13×256 ─ conv 384@3×3 same, relu ─ 13×13×384
                  ─ conv 384@3×3 same, relu ─ 13×13×384 ─ conv 256@3×3 same, relu ─ 13×13×256
                  ─ max-pool 3 stride 2 ─ 6×6×256 ─ flatten ─ 9,216
                  ─ 2 × (dropout 0.5 ─ dense 4,096, relu) ─ dense 1,000, softmax

    Source: A. Krizhevsky, I. Sutskever and G. Hinton, ImageNet classification with deep
    convolutional neural networks, NIPS 2012, on one processor: every filter sees all maps (the
    paper splits three of the layers over two processors, which leaves 60,965,224 parameters),
    and there is no local response normalisation. The padding gives the 55×55 outputs that the
    paper states for 224×224 pixels.

    Args:
        input_shape: (height, width, channels), at least 63×63 pixels.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on every kernel: the loss gains l2 · Σ w².
        dropout: the share of units dropped before each hidden dense layer, 0 to 1 exclusive.

    Raises:
        ValueError: if the image is smaller than 63×63 pixels.
    """
    stem = [
        layers.ZeroPadding2D(2),
        layers.Conv2D(96, 11, strides=4, activation="relu", kernel_regularizer=L2(l2)),
    ]
    return _alexnet("alexnet", stem, 4096, input_shape, n_classes, l2, dropout)


@register(smallest=15)
def alexnet_32(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0, dropout: float = 0.5
) -> keras.Model:
    """Build AlexNet for small images; 7,139,722 parameters for 32×32×3 and 10 classes.

    The first convolution keeps the image's size, and the hidden layers have 1,024 units.

    ::

        32×32×3 ─ conv 96@5×5 same, relu ─ 32×32×96
                ─ max-pool 3 stride 2 ─ 15×15×96 ─ conv 256@5×5 same, relu ─ 15×15×256
                ─ max-pool 3 stride 2 ─ 7×7×256  ─ conv 384@3×3 same, relu ─ 7×7×384
                ─ conv 384@3×3 same, relu ─ 7×7×384 ─ conv 256@3×3 same, relu ─ 7×7×256
                ─ max-pool 3 stride 2 ─ 3×3×256 ─ flatten ─ 2,304
                ─ 2 × (dropout 0.5 ─ dense 1,024, relu) ─ dense 10, softmax

    Source: see `alexnet`; the changes for small images are our own. For arguments see there.

    Raises:
        ValueError: if the image is smaller than 15×15 pixels.
    """
    stem = [layers.Conv2D(96, 5, padding="same", activation="relu", kernel_regularizer=L2(l2))]
    return _alexnet("alexnet_32", stem, 1024, input_shape, n_classes, l2, dropout)


def _alexnet(
    name: str,
    stem: list[keras.layers.Layer],
    n_hidden: int,
    input_shape: tuple[int, int, int],
    n_classes: int,
    l2: float,
    dropout: float,
) -> keras.Model:
    """Return the layers of `stem` and, after them, what both forms have in common."""

    def convolution(n_filters: int, size: int) -> keras.layers.Layer:
        return layers.Conv2D(
            n_filters, size, padding="same", activation="relu", kernel_regularizer=L2(l2)
        )

    return keras.Sequential(
        [
            keras.Input(input_shape),
            *stem,
            layers.MaxPooling2D(3, strides=2),
            convolution(256, 5),
            layers.MaxPooling2D(3, strides=2),
            convolution(384, 3),
            convolution(384, 3),
            convolution(256, 3),
            layers.MaxPooling2D(3, strides=2),
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(n_hidden, activation="relu", kernel_regularizer=L2(l2)),
            layers.Dropout(dropout),
            layers.Dense(n_hidden, activation="relu", kernel_regularizer=L2(l2)),
            layers.Dense(n_classes, activation="softmax", kernel_regularizer=L2(l2)),
        ],
        name=name,
    )
