"""The MNIST CNN with dropout."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.registry import register


@register(smallest=4, image=(28, 28, 1))
def mnist_cnn(
    input_shape: tuple[int, int, int],
    n_classes: int,
    *,
    l2: float = 0.0,
    dropout: float = 0.5,
    n_hidden: int = 1024,
    mean: float = 0.1307,
    variance: float = 0.3081**2,
) -> keras.Model:
    """Build the MNIST CNN; 3,241,354 parameters for 28×28×1 images and 10 classes.

    ::

        28×28×1 ─ (pixel − mean) / √variance
                ─ conv 32@3×3 same, relu ─ 28×28×32 ─ max-pool 2 ─ 14×14×32        320 parameters
                ─ conv 64@3×3 same, relu ─ 14×14×64 ─ max-pool 2 ─ 7×7×64       18,496
                ─ flatten ─ 3,136 ─ dense 1,024, relu ─ dropout 0.5          3,212,288
                                  ─ dense 10, softmax                           10,250

    Source: M. Hjorth-Jensen, lecture notes on machine learning, University of Oslo, week 45,
    where it is given in PyTorch.

    Args:
        input_shape: (height, width, channels), at least 4×4 pixels.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on the four kernels: the loss gains l2 · Σ w².
        dropout: the share of hidden units dropped in training, 0 to 1 exclusive.
        n_hidden: units of the hidden dense layer.
        mean: subtracted from every pixel; by default the mean of MNIST's, on a scale of 0 to 1.
        variance: pixels are divided by its square root; by default that of MNIST's.

    Raises:
        ValueError: if the image is smaller than 4×4 pixels.
    """
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Normalization(axis=None, mean=mean, variance=variance),
            layers.Conv2D(32, 3, padding="same", activation="relu", kernel_regularizer=L2(l2)),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, padding="same", activation="relu", kernel_regularizer=L2(l2)),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(n_hidden, activation="relu", kernel_regularizer=L2(l2)),
            layers.Dropout(dropout),
            layers.Dense(n_classes, activation="softmax", kernel_regularizer=L2(l2)),
        ],
        name="mnist_cnn",
    )
