"""Autoencoders: networks that learn to describe an image, or a signal, by a few numbers."""

import math

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.checks import check_at_least, check_choice
from kerascnn.models.dimensions import CONVOLUTION, CROPPING, UPSAMPLING
from kerascnn.models.registry import register

OUTPUT_ACTIVATIONS = ("sigmoid", "tanh", "linear")
LARGE = 16  # pixels: 16 codes say more of smaller images, such as digits, if they are halved once


@register(n_codes=32, image=(28, 28, 1), signal=(1_000, 1), shape=(28, 28, 1))
def conv_autoencoder(
    input_shape: tuple[int, ...],
    n_codes: int,
    *,
    l2: float = 0.0,
    n_filters: int = 16,
    depth: int | None = None,
    output_activation: str = "linear",
) -> keras.Model:
    """Build the convolutional autoencoder; 111,521 parameters for 28×28×1 images and 32 codes.

    ::

        28×28×1 ─ conv 16@3×3 same stride 2, relu ─ 14×14×16                160 parameters
                ─ conv 32@3×3 same stride 2, relu ─ 7×7×32                4,640
                ─ flatten ─ 1,568 ─ dense 32, the codes                  50,208
                ─ dense 1,568, relu ─ 7×7×32                             51,744
                ─ nearest upsampling 2 ─ 14×14×32
                ─ conv 16@3×3 same, relu ─ 14×14×16                       4,624
                ─ nearest upsampling 2 ─ 28×28×16
                ─ conv 1@3×3 same         ─ 28×28×1                        145

    The decoder is computed from the codes alone. It mirrors the encoder; where the encoder has
    halved an odd size, the last row or column is cropped. Halving ends at a single pixel.
    Upsampling before a convolution reconstructs better than a transposed convolution, whose
    windows overlap unevenly and leave a checkerboard (A. Odena, V. Dumoulin and C. Olah, Distill,
    2016).

    Source: G. Hinton and R. Salakhutdinov, Science 313, 504 (2006), for the idea; J. Masci,
    U. Meier, D. Cireşan and J. Schmidhuber, ICANN 2011, for convolutions. Here all layers are
    trained at once, with strides in place of poolings.

    Args:
        input_shape: (height, width, channels) or (samples, channels), of any size; signals are
            convolved, halved and upsampled along their samples.
        n_codes: the number of codes, at least 1: the outputs of the layer named "codes", which are
            not bounded.
        l2: strength of the L2 penalty on all kernels: the loss gains l2 · Σ w².
        n_filters: filters of the first convolution, at least 1; each further one has twice as many.
        depth: the number of halvings at most, at least 1; by default 2, or 1 where less than 16
            pixels or samples leave too little to halve again.
        output_activation: the last activation: "linear" for any values, "sigmoid" for values from 0
            to 1 only, "tanh" for values from -1 to 1 only.

    Raises:
        ValueError: if an argument is out of range.
    """
    check_at_least("n_filters", n_filters, 1)
    if depth is None:
        depth = 1 if max(input_shape[:-1]) < LARGE else 2
    check_at_least("depth", depth, 1)
    check_choice("output_activation", output_activation, OUTPUT_ACTIVATIONS)
    sizes = _sizes(input_shape[:-1], depth)
    filters = [n_filters * 2**level for level in range(len(sizes) - 1)]
    x = inputs = keras.Input(input_shape)
    for n in filters:
        x = _convolved(x, n, "relu", l2, strides=2)
    coarsest = x.shape[1:]
    x = layers.Flatten()(x)
    x = layers.Dense(n_codes, kernel_regularizer=L2(l2), name="codes")(x)
    x = layers.Dense(math.prod(coarsest), activation="relu", kernel_regularizer=L2(l2))(x)
    x = layers.Reshape(coarsest)(x)
    for n, size in zip(reversed(filters[:-1]), reversed(sizes[1:-1]), strict=True):
        x = _convolved(_doubled(x, size), n, "relu", l2)
    outputs = _convolved(_doubled(x, sizes[0]), input_shape[-1], output_activation, l2)
    return keras.Model(inputs, outputs, name="conv_autoencoder")


def _sizes(size: tuple[int, ...], depth: int) -> list[tuple[int, ...]]:
    """Return the sizes before and after each halving: one at least, none of a single pixel."""
    sizes = [size]
    while len(sizes) <= depth and (len(sizes) == 1 or max(sizes[-1]) > 1):
        sizes.append(tuple(math.ceil(length / 2) for length in sizes[-1]))
    return sizes


def _convolved(
    x: keras.KerasTensor, n_filters: int, activation: str, l2: float, strides: int = 1
) -> keras.KerasTensor:
    convolution = CONVOLUTION[len(x.shape) - 1]
    return convolution(
        n_filters, 3, strides, "same", activation=activation, kernel_regularizer=L2(l2)
    )(x)


def _doubled(x: keras.KerasTensor, size: tuple[int, ...]) -> keras.KerasTensor:
    """Return maps of twice the size, cropped at their ends to `size`."""
    n_axes = len(x.shape) - 1
    x = UPSAMPLING[n_axes](2)(x)
    surplus = [(0, large - small) for large, small in zip(x.shape[1:-1], size, strict=True)]
    if all(end == 0 for _, end in surplus):
        return x
    return CROPPING[n_axes](surplus if n_axes == 3 else surplus[0])(x)
