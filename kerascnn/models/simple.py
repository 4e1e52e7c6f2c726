"""SimpleCNN: two convolutions and a wide hidden layer, the first CNN for colour images."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.registry import register


@register(smallest=4)
def simple_cnn(
    input_shape: tuple[int, int, int],
    n_classes: int,
    *,
    l2: float = 0.0,
    dropout: float = 0.5,
    n_hidden: int = 512,
) -> keras.Model:
    """Build SimpleCNN; 2,122,186 parameters for 32×32×3 images and 10 classes.

    ::

        32×32×3 ─ conv 32@3×3 same, relu ─ 32×32×32 ─ max-pool 2 ─ 16×16×32        896 parameters
                ─ conv 64@3×3 same, relu ─ 16×16×64 ─ max-pool 2 ─ 8×8×64       18,496
                ─ flatten ─ 4,096 ─ dense 512, relu ─ dropout 0.5            2,097,664
                                  ─ dense 10, softmax                            5,130

    Source: M. La Quatra, Deep learning for speech and vision, module 2, Kore University of Enna,
    where it is given in PyTorch.

    Args:
        input_shape: (height, width, channels), at least 4×4 pixels.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on the four kernels: the loss gains l2 · Σ w².
        dropout: the share of hidden units dropped in training, 0 to 1 exclusive.
        n_hidden: units of the hidden dense layer.

    Raises:
        ValueError: if the image is smaller than 4×4 pixels.
    """
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(32, 3, padding="same", activation="relu", kernel_regularizer=L2(l2)),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, padding="same", activation="relu", kernel_regularizer=L2(l2)),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(n_hidden, activation="relu", kernel_regularizer=L2(l2)),
            layers.Dropout(dropout),
            layers.Dense(n_classes, activation="softmax", kernel_regularizer=L2(l2)),
        ],
        name="simple_cnn",
    )
