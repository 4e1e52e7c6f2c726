"""The strided CNN: no pooling, each convolution halves the image itself."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.registry import register


@register(image=(32, 32, 1), n_classes=3)
def strided_cnn(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0
) -> keras.Model:
    """Build the strided CNN; 3,027 parameters for 32×32×1 images and 3 classes.

    ::

        32×32×1 ─ zero padding 1 ─ conv 6@3×3 stride 2, relu  ─ 16×16×6       60 parameters
                ─ zero padding 1 ─ conv 12@3×3 stride 2, relu ─ 8×8×12       660
                ─ flatten ─ 768 ─ dense 3, softmax                         2,307

    Source: L. Mingari, course notes on convolutional networks (section 3.1), where it is given in
    PyTorch. The padding is written out because Keras's "same"
    pads an even image with stride 2 on one side only, PyTorch's `padding=1` on both.

    Args:
        input_shape: (height, width, channels), of any size.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on the three kernels: the loss gains l2 · Σ w².
    """
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.ZeroPadding2D(1),
            layers.Conv2D(6, 3, strides=2, activation="relu", kernel_regularizer=L2(l2)),
            layers.ZeroPadding2D(1),
            layers.Conv2D(12, 3, strides=2, activation="relu", kernel_regularizer=L2(l2)),
            layers.Flatten(),
            layers.Dense(n_classes, activation="softmax", kernel_regularizer=L2(l2)),
        ],
        name="strided_cnn",
    )
