"""The digits CNN: one convolution and one hidden layer, for images of about 8×8 pixels."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.registry import register


@register(smallest=2, image=(8, 8, 1))
def digits_cnn(
    input_shape: tuple[int, int, int],
    n_classes: int,
    *,
    l2: float = 0.0,
    n_filters: int = 10,
    kernel_size: int = 3,
    n_hidden: int = 50,
) -> keras.Model:
    """Build the digits CNN; 8,660 parameters for 8×8×1 images and 10 classes.

    ::

        8×8×1 ─ conv 10@3×3 same, relu ─ 8×8×10 ─ max-pool 2 ─ 4×4×10 ─ flatten ─ 160
              ─ dense 50, relu ─ dense 10, softmax

    Source: M. Hjorth-Jensen, lecture notes on machine learning, University of Oslo, week 45.

    Args:
        input_shape: (height, width, channels), at least 2×2 pixels.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on the three kernels: the loss gains l2 · Σ w².
        n_filters: filters of the convolution.
        kernel_size: its height and width, in pixels.
        n_hidden: units of the hidden dense layer.

    Raises:
        ValueError: if the image is smaller than the 2×2 pooling window.
    """
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(
                n_filters, kernel_size, padding="same", activation="relu", kernel_regularizer=L2(l2)
            ),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(n_hidden, activation="relu", kernel_regularizer=L2(l2)),
            layers.Dense(n_classes, activation="softmax", kernel_regularizer=L2(l2)),
        ],
        name="digits_cnn",
    )
