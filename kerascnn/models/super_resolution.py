"""Super-resolution: finer images from coarse ones, also around the globe."""

from typing import Any

import keras
from keras import layers, ops
from keras.regularizers import L2

from kerascnn.models.checks import check_at_least, check_choice
from kerascnn.models.registry import register

UPSAMPLINGS = ("subpixel", "nearest", "bilinear")
PADDINGS = ("zero", "periodic")


@keras.saving.register_keras_serializable("kerascnn")
class PixelShuffle(layers.Layer):
    """Lays out the channels of each pixel as a block of factor×factor pixels.

    (n, height, width, factor² · channels) → (n, height · factor, width · factor, channels). The
    first `channels` values are the block's upper left pixel, the next ones its right neighbour.

    Source: W. Shi et al., arXiv:1609.05158, equation 4, with channels ordered as in TensorFlow's
    depth-to-space.

    Args:
        factor: height and width of a block, at least 2.
    """

    def __init__(self, factor: int, **options: Any) -> None:
        super().__init__(**options)
        self.factor = factor

    def call(self, maps: Any) -> Any:
        """Lay out a batch of maps."""
        return ops.depth_to_space(maps, self.factor, data_format="channels_last")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the images."""
        n, height, width, channels = input_shape
        height, width = (size and size * self.factor for size in (height, width))
        return n, height, width, channels and channels // self.factor**2

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves of the layer."""
        return {**super().get_config(), "factor": self.factor}


@keras.saving.register_keras_serializable("kerascnn")
class WrapColumns(layers.Layer):
    """Repeats the last columns of images before the first, and the first after the last.

    (n, height, width, channels) → (n, height, width + 2 · columns, channels), for images that go
    around, such as maps of the whole globe.

    Args:
        columns: the number of columns on each side, from 1 to the images' width.
    """

    def __init__(self, columns: int, **options: Any) -> None:
        super().__init__(**options)
        self.columns = columns

    def call(self, images: Any) -> Any:
        """Widen a batch of images."""
        last, first = images[:, :, -self.columns :], images[:, :, : self.columns]
        return ops.concatenate([last, images, first], axis=2)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the wider images."""
        n, height, width, channels = input_shape
        return n, height, width and width + 2 * self.columns, channels

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves of the layer."""
        return {**super().get_config(), "columns": self.columns}


@register(output_shape=(64, 128, 1), image=(32, 64, 1))
def super_resolution(
    input_shape: tuple[int, int, int],
    output_shape: tuple[int, ...],
    *,
    l2: float = 0.0,
    n_filters: int = 32,
    depth: int = 3,
    upsampling: str = "subpixel",
    padding: str = "zero",
) -> keras.Model:
    """Build the super-resolution network; 19,972 parameters for 32×64×1 images, twice as fine.

    ::

        32×64×1 ─ conv 32@3×3 same, relu     ─ 32×64×32    320 parameters
                ─ conv 32@3×3 same, relu     ─ 32×64×32  9,248
                ─ conv 32@3×3 same, relu     ─ 32×64×32  9,248
                ─ conv 4@3×3 same            ─ 32×64×4   1,156
                ─ pixel shuffle 2, details   ─ 64×128×1
        input   ─ bilinear upsampling 2      ─ 64×128×1
                ─ upsampled input + details  ─ 64×128×1

    All convolutions are done at the coarse resolution. With `upsampling="nearest"` or "bilinear",
    the 32 maps are upsampled in that way instead and the last convolution is done at the fine
    resolution, with more operations. The output is not bounded.

    Source: W. Shi et al., Real-time single image and video super-resolution using an efficient
    sub-pixel convolutional neural network, CVPR 2016, arXiv:1609.05158. The upsampled input, to
    which details are added, is that of J. Kim, J. K. Lee and K. M. Lee, arXiv:1511.04587.

    Args:
        input_shape: (height, width, channels), of any size.
        output_shape: (factor · height, factor · width, channels) with an integer factor of at
            least 2.
        l2: strength of the L2 penalty on all kernels: the loss gains l2 · Σ w².
        n_filters: filters of each convolution but the last, at least 1.
        depth: the number of convolutions but the last, at least 1.
        upsampling: "subpixel", "nearest" or "bilinear".
        padding: what convolutions see beyond the left and right edges: "zero", or "periodic" for
            images whose columns go around the globe. Beyond the upper and lower edge they see 0.

    Raises:
        ValueError: if the shapes do not fit each other, or an argument is out of range.
    """
    factor = _factor(input_shape, output_shape)
    check_at_least("n_filters", n_filters, 1)
    check_at_least("depth", depth, 1)
    check_choice("upsampling", upsampling, UPSAMPLINGS)
    check_choice("padding", padding, PADDINGS)
    is_periodic, channels = padding == "periodic", input_shape[-1]
    x = coarse = keras.Input(input_shape)
    for _ in range(depth):
        x = _convolved(x, n_filters, "relu", l2, is_periodic)
    if upsampling == "subpixel":
        x = _convolved(x, channels * factor**2, None, l2, is_periodic)
        details = PixelShuffle(factor)(x)
    else:
        x = _upsampled(x, factor, upsampling, is_periodic)
        details = _convolved(x, channels, None, l2, is_periodic)
    smooth = _upsampled(coarse, factor, "bilinear", is_periodic)
    return keras.Model(coarse, layers.Add()([smooth, details]), name="super_resolution")


def _convolved(
    x: keras.KerasTensor, n_filters: int, activation: str | None, l2: float, is_periodic: bool
) -> keras.KerasTensor:
    padding = "same"
    if is_periodic:
        x = layers.ZeroPadding2D((1, 0))(WrapColumns(1)(x))
        padding = "valid"
    return layers.Conv2D(
        n_filters, 3, padding=padding, activation=activation, kernel_regularizer=L2(l2)
    )(x)


def _upsampled(
    x: keras.KerasTensor, factor: int, interpolation: str, is_periodic: bool
) -> keras.KerasTensor:
    if not is_periodic or interpolation == "nearest":
        return layers.UpSampling2D(factor, interpolation=interpolation)(x)
    # The outermost columns are interpolated with those on the other side.
    x = layers.UpSampling2D(factor, interpolation=interpolation)(WrapColumns(1)(x))
    return layers.Cropping2D((0, factor))(x)


def _factor(input_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> int:
    """Return how many times finer an image of `output_shape` is; for errors see the builder."""
    factor = max(2, output_shape[0] // input_shape[0])
    fitting = (*(size * factor for size in input_shape[:-1]), input_shape[-1])
    if output_shape != fitting:
        raise ValueError(
            f"output_shape={output_shape}: model 'super_resolution' multiplies height and width "
            f"of input_shape={input_shape} by one integer of at least 2 and keeps the channels, "
            f"as {fitting} does"
        )
    return factor
