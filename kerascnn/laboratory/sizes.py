"""Padding, output sizes, and a convolution as a matrix."""

import numpy as np

from kerascnn.convolution import (
    cross_correlate_2d,
    kernel_matrix,
    kernels,
    max_pool,
    output_size,
)
from kerascnn.datasets.photos import resized
from kerascnn.laboratory.checking import check
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Checks, Matrix, Picture

# The size of the photo that the sizes are worked out for.
HEIGHT, WIDTH = 800, 600


def padding_exhibit() -> Exhibit:
    """Return a small image without padding, with "same" and with "full" padding."""
    image = np.zeros((5, 6), int)
    image[:, :3] = 12
    kernel = kernels.vertical(3)
    results = {
        padding: cross_correlate_2d(image, kernel, padding) for padding in ("valid", "same", "full")
    }
    return Exhibit(
        "Padding",
        "Without padding the result is smaller by the kernel's size minus one. Zeros around the "
        "image keep its size (same), or let the kernel lie on every pixel nine times (full). The "
        "border then shows edges against those zeros.",
        [
            Matrix("The image, 5 × 6", image),
            *(Matrix(f"Padding “{name}”", values) for name, values in results.items()),
            Checks(
                "The lecture's sizes for a kernel of 3 × 3 on 5 × 6 pixels",
                [
                    check("valid", (3, 4), results["valid"].shape),
                    check("same: (f − 1)/2 = 1 zero on each side", (5, 6), results["same"].shape),
                    check("full: f − 1 = 2 zeros on each side", (7, 8), results["full"].shape),
                ],
            ),
        ],
    )


def sizes_exhibit(pixels: np.ndarray) -> Exhibit:
    """Return the sizes that the lecture states for its photo of 800 × 600 pixels.

    Args:
        pixels: a photo, uint8 (height, width, 3); it is cropped and scaled to that size.
    """
    large = resized(pixels, HEIGHT, WIDTH)
    channel = large[:, :, 0]
    strided = cross_correlate_2d(channel, kernels.combined(3, sobel=True), stride=10)
    edges = cross_correlate_2d(channel, kernels.vertical(3))
    checks = [
        check("3 × 3 on 800 × 600 with stride 10", (80, 60), strided.shape),
        check("3 × 3 on 5 × 5, valid", (3, 3), (output_size(5, 3), output_size(5, 3))),
        check(
            "800 × 600 max-pooled by 2",
            (399, 299),
            max_pool(channel, 2).shape,
            "the lecture's input had lost two pixels to a valid 3 × 3 convolution before",
        ),
        check("798 × 598 max-pooled by 2", (399, 299), max_pool(edges, 2).shape),
        check(
            "40 × 40 pixels unrolled",
            400,
            np.zeros((40, 40)).size,
            "400 is the number of pixels of a 20 × 20 image",
        ),
        check("weights from 12 megapixels in three channels to 4 nodes", 144e6, 12e6 * 3 * 4),
    ]
    return Exhibit(
        "The lecture's sizes",
        "⌊(n + 2p − f)/s⌋ + 1 pixels along each axis, here of the photo cropped and scaled to "
        "800 × 600 pixels.",
        [
            Picture("The photo at the lecture's size", large),
            Picture("Vertical and horizontal edges in red, stride 10", strided),
            Checks("Stated in the lecture", checks),
        ],
    )


def matrix_exhibit() -> Exhibit:
    """Return a 3 × 3 kernel on 4 × 4 pixels as a matrix of 4 × 16."""
    kernel = np.arange(1, 10).reshape(3, 3)
    image = np.random.default_rng(0).integers(0, 10, (4, 4))
    matrix = kernel_matrix(kernel, image.shape)
    product = matrix @ image.ravel()
    direct = cross_correlate_2d(image, kernel)
    return Exhibit(
        "A convolution is a matrix",
        "Written out for all pixels at once, a 3 × 3 kernel on 4 × 4 pixels is a matrix of 4 × 16: "
        "a dense layer many of whose weights are zero, and whose others are shared.",
        [
            Matrix("The kernel, its weights named w₁ to w₉", kernel, weight_names(kernel)),
            Matrix("The matrix", matrix, weight_names(matrix)),
            Matrix("An image, read row by row", image),
            Matrix("Matrix times image, as 2 × 2", product.reshape(2, 2)),
            Checks(
                "The lecture's numbers",
                [
                    check("size of the matrix", (4, 16), matrix.shape),
                    check("weights of a dense layer of that size", 64, matrix.size),
                    check("weights that differ", 9, len(np.unique(matrix[matrix != 0]))),
                    check("weights that are not zero in each row", 9, int((matrix[0] != 0).sum())),
                ],
            ),
            Checks(
                "Matrix times image",
                [check("the four outputs", direct.ravel(), product)],
                "directly",
            ),
        ],
    )


def weight_names(values: np.ndarray) -> np.ndarray:
    """Return w₁, w₂, … for the values 1, 2, …, and 0 for zeros, as text of the same shape."""
    subscripts = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    names = [f"w{value}".translate(subscripts) if value else "0" for value in values.ravel()]
    return np.array(names).reshape(values.shape)
