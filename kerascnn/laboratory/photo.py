"""Convolution on a photo: edges, sharpening, padding, stride, pooling, volumes, and the matrix.

Source: lecture notes on convolutional neural networks, School of Earth Sciences, Ohio State
University (its order of topics and its worked sizes).
"""

import numpy as np

from kerascnn.convolution import (
    average_pool,
    cross_correlate_2d,
    cross_correlate_volume,
    filter_channels,
    kernels,
    max_pool,
    rescale,
)
from kerascnn.laboratory.checking import check
from kerascnn.laboratory.layers import convolution_layer
from kerascnn.laboratory.sizes import matrix_exhibit, padding_exhibit, sizes_exhibit
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Checks, Matrix, Panel, Picture

CHANNELS = ("red", "green", "blue")


def exhibits(pixels: np.ndarray) -> list[Exhibit]:
    """Return the exhibits of a photo.

    Args:
        pixels: uint8, (height, width, 3).
    """
    return [
        _channels(pixels),
        _by_hand(),
        _edges(pixels),
        _larger_edges(pixels),
        _sharpen_and_blur(pixels),
        padding_exhibit(),
        _stride(pixels),
        _pooling(pixels),
        _volumes(pixels),
        matrix_exhibit(),
        sizes_exhibit(pixels),
    ]


def _channels(pixels: np.ndarray) -> Exhibit:
    shown = [
        Picture(f"The {name} channel as grey levels", pixels[:, :, i])
        for i, name in enumerate(CHANNELS)
    ]
    corner = Matrix("The red values of 5 × 5 pixels in the lower right corner", pixels[-5:, -5:, 0])
    return Exhibit(
        "An image is numbers",
        "A colour photo is a block of height × width × 3 whole numbers from 0 to 255.",
        [Picture("The photo", pixels), *shown, corner],
    )


def _by_hand() -> Exhibit:
    image = np.zeros((5, 6), int)
    image[:, :3] = 12
    kernel = kernels.vertical(3)
    window = image[0:3, 2:5]
    return Exhibit(
        "The operation by hand",
        "The kernel lies on 3 × 3 pixels, the nine products are added up, then it moves on by one "
        "pixel. Strictly this is a cross-correlation; a convolution turns the kernel first.",
        [
            Matrix("An image, bright on the left and dark on the right", image),
            Matrix("A kernel that finds vertical edges", kernel),
            Matrix("The products at the edge: they add up to 36", window * kernel),
            Matrix("The result: 0 where all is equal", cross_correlate_2d(image, kernel)),
        ],
    )


def _edges(pixels: np.ndarray) -> Exhibit:
    vertical = kernels.vertical(3)
    edges = filter_channels(pixels, vertical)
    panels: list[Panel] = [
        Picture(f"Vertical edges in {name}", edges[:, :, i]) for i, name in enumerate(CHANNELS)
    ]
    panels.append(Picture("The three recombined to a colour picture", rescale(edges)))
    named = {
        "horizontal edges": kernels.horizontal(3),
        "horizontal edges, flipped": kernels.flipped(kernels.horizontal(3)),
        "Sobel, vertical": kernels.vertical(sobel=True),
        "Sobel, horizontal": kernels.horizontal(sobel=True),
        "half the sum of both Sobels": kernels.combined(3, sobel=True),
    }
    for name, kernel in named.items():
        panels.append(Matrix(f"Kernel: {name}", kernel))
        panels.append(Picture(f"In red: {name}", cross_correlate_2d(pixels[:, :, 0], kernel)))
    return Exhibit(
        "Edges, 3 × 3",
        "A kernel whose weights add up to zero is blind to plain areas. Turned, it answers to "
        "edges of another direction; flipped, white and black are exchanged. The sum of two finds "
        "both kinds, but edges along one diagonal, where they cancel.",
        [Matrix("Kernel: vertical edges", vertical), *panels],
    )


def _larger_edges(pixels: np.ndarray) -> Exhibit:
    named = {
        "vertical edges": kernels.vertical(5),
        "horizontal edges": kernels.horizontal(5),
        "half the sum of both": kernels.combined(5),
    }
    panels: list[Panel] = []
    for name, kernel in named.items():
        panels.append(Matrix(f"Kernel: {name}", kernel))
        panels.append(Picture(f"In red: {name}", cross_correlate_2d(pixels[:, :, 0], kernel)))
    return Exhibit(
        "Edges, 5 × 5",
        "A larger kernel sees more of the image at once: wider lines, and less noise beside them.",
        panels,
    )


def _sharpen_and_blur(pixels: np.ndarray) -> Exhibit:
    panels: list[Panel] = [
        Matrix("Kernel: sharpen 3 × 3", kernels.sharpen(3)),
        Matrix("Kernel: blur 3 × 3", kernels.blur(3)),
    ]
    for size in (3, 5, 7):
        for name, kernel in (("Sharpened", kernels.sharpen(size)), ("Blurred", kernels.blur(size))):
            filtered = filter_channels(pixels, kernel, "same")
            panels.append(
                Picture(f"{name}, {size} × {size}", np.clip(filtered, 0, 255).astype("uint8"))
            )
    sharp = filter_channels(pixels, kernels.sharpen(7), "same")
    blurred = filter_channels(pixels, kernels.blur(7), "same")
    difference = blurred - sharp
    unchanged = round(255 * -difference.min() / np.ptp(difference))
    caption = f"Blurred minus sharpened (7 × 7), stretched to 0–255: {unchanged} is no change"
    panels.append(Picture(caption, rescale(difference)))
    return Exhibit(
        "Sharpen and blur",
        "Each channel is filtered apart, then the three are put together again. The weights add up "
        "to one, so that brightness stays; values beyond 0–255 are cut off.",
        panels,
    )


def _stride(pixels: np.ndarray) -> Exhibit:
    kernel = kernels.combined(3, sobel=True)
    red = pixels[:, :, 0]
    return Exhibit(
        "Stride",
        "With a stride of 10 the kernel moves by ten pixels at a time: a hundredth of the numbers, "
        "and the strong edges still show.",
        [
            Picture("Vertical and horizontal edges, stride 1", cross_correlate_2d(red, kernel)),
            Picture("The same with stride 10", cross_correlate_2d(red, kernel, stride=10)),
        ],
    )


def _pooling(pixels: np.ndarray) -> Exhibit:
    edges = cross_correlate_2d(pixels[:, :, 2], kernels.vertical(3))
    return Exhibit(
        "Pooling",
        "Of each 2 × 2 pixels of the vertical edges in blue, the largest value or the mean is "
        "kept: the largest favours bright edges, the mean blurs both kinds.",
        [
            Picture("Vertical edges in blue", edges),
            Picture("Max-pooled by 2", max_pool(edges, 2)),
            Picture("Average-pooled by 2", average_pool(edges, 2)),
        ],
    )


def _volumes(pixels: np.ndarray) -> Exhibit:
    image = pixels / np.float32(255)
    same = np.stack([kernels.vertical(3)] * 3, axis=-1)
    different = np.stack([kernels.vertical(3), kernels.horizontal(3), kernels.sharpen(3)], axis=-1)
    bias = np.float32(0.5)
    layer = convolution_layer(image, np.stack([same, different], axis=-1), np.array([0, bias]))
    by_hand = [
        cross_correlate_volume(image, same),
        cross_correlate_volume(image, different, bias=float(bias)),
    ]
    distance = float(np.abs(layer - np.stack(by_hand, axis=-1)).max())
    checks = Checks(
        "By hand against a Keras Conv2D with the same weights",
        [
            check("shape of both feature maps", layer.shape, (*by_hand[0].shape, 2)),
            check("largest difference, to four decimals", 0.0, round(distance, 4)),
        ],
        "by Keras",
    )
    stated = Checks(
        "Stated in the lecture",
        [check("weights of a 3 × 3 kernel over three channels", 27, same.size)],
    )
    return Exhibit(
        "Convolution of a volume",
        "A layer adds up what its kernel finds in all channels, plus a bias: one feature map per "
        "filter, however many channels there are.",
        [
            Picture("The same vertical kernel on all three channels", by_hand[0]),
            Picture(
                "Vertical in red, horizontal in green, sharpened blue, and a bias of 0.5",
                by_hand[1],
            ),
            Picture("The second by a Keras Conv2D", layer[:, :, 1]),
            checks,
            stated,
        ],
    )
