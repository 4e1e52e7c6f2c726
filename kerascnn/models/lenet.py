"""LeNet-5: the network that read handwritten digits in 1998, as it is taught today."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.checks import check_choice
from kerascnn.models.registry import register

POOLINGS = {"average": layers.AveragePooling2D, "max": layers.MaxPooling2D}


@register(smallest=12, image=(28, 28, 1))
def lenet5(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0, pooling: str = "average"
) -> keras.Model:
    """Build LeNet-5; 61,706 parameters for 28×28×1 images and 10 classes.

    ::

        28×28×1 ─ zero padding 2 ─ 32×32×1
                ─ conv 6@5×5, relu  ─ 28×28×6  ─ pool 2 ─ 14×14×6       156 parameters
                ─ conv 16@5×5, relu ─ 10×10×16 ─ pool 2 ─ 5×5×16      2,416
                ─ flatten ─ 400 ─ dense 120, relu                    48,120
                                ─ dense 84, relu                     10,164
                                ─ dense 10, softmax                     850

    Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to
    document recognition, Proc. IEEE 86 (1998), with relu and softmax in place of its tanh and
    radial basis functions, and every filter of the second convolution seeing all six maps.

    Args:
        input_shape: (height, width, channels), at least 12×12 pixels. An image of less than
            32×32 pixels gets a border of 2 zeros, as in the paper; others are taken as they are.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on the five kernels: the loss gains l2 · Σ w².
        pooling: "average" as in the paper, or "max".

    Raises:
        ValueError: if the image is smaller than 12×12 pixels or `pooling` is neither.
    """
    check_choice("pooling", pooling, list(POOLINGS))
    pool = POOLINGS[pooling]
    border = 2 if min(input_shape[:2]) < 32 else 0
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.ZeroPadding2D(border),
            layers.Conv2D(6, 5, activation="relu", kernel_regularizer=L2(l2)),
            pool(2),
            layers.Conv2D(16, 5, activation="relu", kernel_regularizer=L2(l2)),
            pool(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu", kernel_regularizer=L2(l2)),
            layers.Dense(84, activation="relu", kernel_regularizer=L2(l2)),
            layers.Dense(n_classes, activation="softmax", kernel_regularizer=L2(l2)),
        ],
        name="lenet5",
    )
