"""Restoring images and signals: a network that takes the noise out."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.checks import check_at_least
from kerascnn.models.dimensions import CONVOLUTION
from kerascnn.models.registry import register


@register(output_shape=(28, 28, 1), image=(28, 28, 1), signal=(1_000, 1), shape=(28, 28, 1))
def denoiser(
    input_shape: tuple[int, ...],
    output_shape: tuple[int, ...],
    *,
    l2: float = 0.0,
    n_filters: int = 32,
    depth: int = 5,
) -> keras.Model:
    """Build the denoiser; 28,353 parameters for 28×28×1 images.

    ::

        28×28×1 ─ conv 32@3×3 same, relu     ─ 28×28×32    320 parameters
                ─ conv 32@3×3 same, relu     ─ 28×28×32  9,248
                ─ conv 32@3×3 same, relu     ─ 28×28×32  9,248
                ─ conv 32@3×3 same, relu     ─ 28×28×32  9,248
                ─ conv 1@3×3 same, the noise ─ 28×28×1     289
                ─ input minus noise          ─ 28×28×1

    Each pixel is restored from those at most `depth` rows and columns away. The output is not
    bounded.

    Source: K. Zhang, W. Zuo, Y. Chen, D. Meng and L. Zhang, Beyond a Gaussian denoiser, IEEE
    Transactions on Image Processing 26, 3142 (2017), where depth is 17 to 20. Their batch
    normalization is left out: at this depth it slows down the first epochs.

    Args:
        input_shape: (height, width, channels) or (samples, channels), of any size.
        output_shape: the same.
        l2: strength of the L2 penalty on all kernels: the loss gains l2 · Σ w².
        n_filters: filters of each convolution but the last, at least 1.
        depth: the number of convolutions, at least 2.

    Raises:
        ValueError: if the shapes differ, or an argument is out of range.
    """
    if output_shape != input_shape:
        raise ValueError(
            f"output_shape={output_shape}: model 'denoiser' puts out what it takes, "
            f"input_shape={input_shape}"
        )
    check_at_least("n_filters", n_filters, 1)
    check_at_least("depth", depth, 2)
    convolution = CONVOLUTION[len(input_shape)]
    x = noisy = keras.Input(input_shape)
    for _ in range(depth - 1):
        x = convolution(n_filters, 3, padding="same", activation="relu", kernel_regularizer=L2(l2))(
            x
        )
    noise = convolution(input_shape[-1], 3, padding="same", kernel_regularizer=L2(l2))(x)
    return keras.Model(noisy, layers.Subtract()([noisy, noise]), name="denoiser")
