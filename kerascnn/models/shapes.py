"""Output sizes of convolutions and poolings."""


def output_size(n: int, kernel: int, padding: int = 0, stride: int = 1) -> int:
    """Return floor((n + 2·padding − kernel) / stride) + 1, the output's pixels along one axis.

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
    for name, value, least in (
        ("n", n, 1),
        ("kernel", kernel, 1),
        ("padding", padding, 0),
        ("stride", stride, 1),
    ):
        if value < least:
            raise ValueError(f"{name}={value}: must be at least {least}")
    if kernel > n + 2 * padding:
        raise ValueError(
            f"kernel={kernel} is larger than the padded input of {n} + 2·{padding} pixels"
        )
    return (n + 2 * padding - kernel) // stride + 1
