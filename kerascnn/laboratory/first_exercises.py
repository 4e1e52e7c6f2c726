"""First exercises: convolutions of signals, of a small matrix, and a layer whose weights are set.

Source: a course's first exercises on convolutional neural networks (its signals, kernels and
checkerboard).
"""

import numpy as np

from kerascnn.convolution import convolve_1d, convolve_2d, kernels, max_pool, upsample
from kerascnn.laboratory.checking import check
from kerascnn.laboratory.layers import convolution_layer, max_pooling_layer, upsampling_layer
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Checks, Matrix, Panel, Picture, Plot

SIGNAL = np.array([1, 2, 3, 4, 5, 4, 3, 2, 1])
RUNNING_AVERAGE = np.array([2.5, 3.5, 4.0, 4.0, 3.5, 2.5])
SQUARE = np.arange(1, 10).reshape(3, 3)
NAMES = ("average", "vertical edges (Sobel)", "horizontal edges (Sobel)")


def exhibits() -> list[Exhibit]:
    """Return the exhibits in the order of the exercises."""
    board = checkerboard(16, 4)
    hand_set = np.stack(
        [kernels.rectangular(3, 2), kernels.SOBEL, kernels.SOBEL_HORIZONTAL], axis=-1
    )[:, :, None, :]
    maps = convolution_layer(board[..., None], hand_set, np.zeros(3))
    return [
        _running_average(),
        _signals(),
        _square(),
        _layer(board, hand_set, maps),
        _activation(maps),
        _pooling(maps),
        _upsampling(maps),
    ]


def checkerboard(side: int, square: int) -> np.ndarray:
    """Return a checkerboard of ±1, float64 (side, side), in squares of `square` pixels."""
    row, column = np.indices((side, side)) // square
    return (-1.0) ** (row + column)


def _running_average() -> Exhibit:
    kernel = kernels.rectangular(4)
    average = convolve_1d(SIGNAL, kernel)
    # Each average stands in the middle of the four values that it was made of.
    plot = Plot(
        "The signal, and the mean of each four neighbours",
        {"signal": SIGNAL, "running average": average},
        {"running average": 1.5},
    )
    by_numpy = np.convolve(SIGNAL, kernel, "valid")
    checks = [
        Checks(
            "The exercise's result",
            [check("[1, 2, 3, 4, 5, 4, 3, 2, 1] * ones(4)/4, valid", RUNNING_AVERAGE, average)],
        ),
        Checks("Another way", [check("the same", by_numpy, average)], "by np.convolve"),
    ]
    return Exhibit(
        "A running average",
        "A rectangular kernel of four equal weights replaces each value by the mean of its "
        "neighbourhood: the peak becomes a plateau, and three places are lost at the border.",
        [plot, *checks],
    )


def _signals() -> Exhibit:
    step = np.repeat([0, 1, 0], 10)
    slope = Plot(
        "The Prewitt kernel [1, 0, −1]: up where the signal rises, down where it falls",
        {"step": step, "differences": convolve_1d(step, kernels.PREWITT_1D, "same")},
    )
    noise = np.random.default_rng(0).normal(0, 0.2, len(step))
    smooth = kernels.GAUSSIAN_1D / kernels.GAUSSIAN_1D.sum()
    smoothed = Plot(
        "A noisy step, and smoothed with the weights [¼, ½, ¾, ½, ¼] divided by their sum",
        {"noisy": step + noise, "smoothed": convolve_1d(step + noise, smooth, "same")},
    )
    return Exhibit(
        "Edges and smoothing in one dimension",
        "One kernel answers to changes and is blind to constant stretches; the other removes "
        "quick changes and keeps slow ones. The course calls its weights Gaussian; they are a "
        "triangle, and add up to 2.25, by which they would multiply a constant signal.",
        [slope, smoothed],
    )


def _square() -> Exhibit:
    named = {
        "mean of 3 × 3": kernels.rectangular(3, 2),
        "Prewitt": kernels.PREWITT,
        "Sobel": kernels.SOBEL,
    }
    panels: list[Panel] = [Matrix("The matrix", SQUARE)]
    for name, kernel in named.items():
        panels.append(Matrix(f"Kernel: {name}", kernel))
        panels.append(Matrix(f"Full convolution: {name}", convolve_2d(SQUARE, kernel, "full")))
    return Exhibit(
        "A full convolution in two dimensions",
        "Every position where kernel and matrix overlap gives a value: 3 × 3 becomes 5 × 5. A "
        "convolution turns the kernel by 180° first, so rising values give negative numbers here.",
        panels,
    )


def _layer(board: np.ndarray, hand_set: np.ndarray, maps: np.ndarray) -> Exhibit:
    shown = [Matrix(f"Weights: {name}", hand_set[:, :, 0, i]) for i, name in enumerate(NAMES)]
    return Exhibit(
        "A convolution layer with weights set by hand",
        "A Keras Conv2D with three filters on a checkerboard of 16 × 16 pixels: what training "
        "would have to find is written into its weights. Without padding two pixels are lost.",
        [Picture("The checkerboard, ±1", board, grid=True), *shown, *_maps(maps, "Feature map")],
    )


def _activation(maps: np.ndarray) -> Exhibit:
    return Exhibit(
        "ReLU",
        "max(0, x) keeps one direction of each kind of edge, from dark to bright for the vertical "
        "kernel and from bright to dark for the horizontal one, and drops the other.",
        _maps(np.maximum(maps, 0), "After ReLU"),
    )


def _pooling(maps: np.ndarray) -> Exhibit:
    pooled = max_pooling_layer(maps, 2)
    return Exhibit(
        "Max-pooling",
        "Of each 2 × 2 pixels the largest is kept: a quarter of the numbers, and the edges remain.",
        [*_maps(pooled, "Pooled"), _against("14 × 14 pooled by 2", max_pool(maps, 2), pooled)],
    )


def _upsampling(maps: np.ndarray) -> Exhibit:
    pooled = max_pooling_layer(maps, 2)
    larger = upsampling_layer(pooled, 3)
    return Exhibit(
        "Upsampling",
        "Each pixel becomes 3 × 3 equal ones: larger, but no sharper, as what pooling dropped is "
        "gone.",
        [*_maps(larger, "Upsampled"), _against("7 × 7 times 3", upsample(pooled, 3), larger)],
    )


def _maps(maps: np.ndarray, what: str) -> list[Panel]:
    return [Picture(f"{what}: {name}", maps[:, :, i], grid=True) for i, name in enumerate(NAMES)]


def _against(what: str, by_hand: np.ndarray, by_layer: np.ndarray) -> Checks:
    """Hold a layer's feature maps against those made in NumPy."""
    distance = float(np.abs(by_hand - by_layer).max())
    rows = [
        check(f"shape of {what}", by_hand.shape, by_layer.shape),
        check("largest difference", 0.0, distance),
    ]
    return Checks("The layer against the same by hand", rows, "in NumPy")
