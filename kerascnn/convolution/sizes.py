"""Arithmetic of convolutions: output sizes and numbers of parameters."""

from kerascnn.convolution.arguments import one_per_axis, whole_number


def output_size(n: int, kernel: int, padding: int = 0, stride: int = 1) -> int:
    """Return ⌊(n + 2·padding − kernel) / stride⌋ + 1, the output's pixels along one axis.

    Source: V. Dumoulin and F. Visin, A guide to convolution arithmetic for deep learning,
    arXiv:1603.07285, relationship 6.

    Args:
        n: the input's pixels along that axis, at least 1.
        kernel: the kernel's or pooling window's pixels along it, at least 1.
        padding: pixels added on each of the two sides, at least 0.
        stride: pixels from one window to the next, at least 1.

    Raises:
        ValueError: if an argument is out of range, or the kernel larger than the padded input.
    """
    n, kernel = whole_number("n", n, 1), whole_number("kernel", kernel, 1)
    padding, stride = whole_number("padding", padding, 0), whole_number("stride", stride, 1)
    if kernel > n + 2 * padding:
        raise ValueError(
            f"kernel={kernel} is larger than the padded input of {n} + 2·{padding} pixels: "
            "use a smaller kernel or more padding"
        )
    return (n + 2 * padding - kernel) // stride + 1


def parameter_count(
    kernel_size: int | tuple[int, int], channels: int, filters: int, bias: bool = True
) -> int:
    """Return the trainable parameters of a 2-D convolution layer.

    height · width · channels · filters weights, and a bias per filter: the image's size does not
    matter, since all positions share the weights.

    Args:
        kernel_size: the kernel's pixels, at least 1: one number or (height, width).
        channels: the input's channels, at least 1.
        filters: the output's channels, at least 1.
        bias: whether each filter has a bias.

    Raises:
        ValueError: if a number is not whole or out of range.
    """
    height, width = one_per_axis("kernel_size", kernel_size, 2)
    filters = whole_number("filters", filters, 1)
    weights = height * width * whole_number("channels", channels, 1) * filters
    return weights + (filters if bias else 0)
