"""The CIFAR-10 convolution stack of the Keras and TensorFlow tutorials."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.registry import register


@register(smallest=18)
def cifar_cnn(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0, n_hidden: int = 64
) -> keras.Model:
    """Build the CIFAR-10 stack; 122,570 parameters for 32×32×3 images and 10 classes.

    ::

        32×32×3 ─ conv 32@3×3, relu ─ 30×30×32 ─ max-pool 2 ─ 15×15×32      896 parameters
                ─ conv 64@3×3, relu ─ 13×13×64 ─ max-pool 2 ─ 6×6×64     18,496
                ─ conv 64@3×3, relu ─ 4×4×64                             36,928
                ─ flatten ─ 1,024 ─ dense 64, relu                       65,600
                                  ─ dense 10 (logits)                       650

    Source: TensorFlow tutorial "Convolutional neural network (CNN)", as used in M.
    Hjorth-Jensen, lecture notes on machine learning, University of Oslo, week 45.

    Args:
        input_shape: (height, width, channels), at least 18×18 pixels.
        n_classes: the number of outputs, which are logits: no softmax is applied.
        l2: strength of the L2 penalty on the five kernels: the loss gains l2 · Σ w².
        n_hidden: units of the hidden dense layer.

    Raises:
        ValueError: if the image is smaller than 18×18 pixels.
    """
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(32, 3, activation="relu", kernel_regularizer=L2(l2)),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu", kernel_regularizer=L2(l2)),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu", kernel_regularizer=L2(l2)),
            layers.Flatten(),
            layers.Dense(n_hidden, activation="relu", kernel_regularizer=L2(l2)),
            layers.Dense(n_classes, kernel_regularizer=L2(l2)),
        ],
        name="cifar_cnn",
    )
