"""Convolution as algebra: polynomials, Toeplitz matrices, Fourier transforms, sizes and counts.

Sources: M. Hjorth-Jensen, lecture notes on machine learning, University of Oslo, week 45; M. La
Quatra, Deep learning for speech and vision, Kore University of Enna, module 2.
"""

import numpy as np

from kerascnn.convolution import (
    convolve_1d,
    convolve_2d,
    convolve_fft,
    cross_correlate_1d,
    cross_correlate_2d,
    kernel_matrix,
    max_pool,
    output_size,
    parameter_count,
    toeplitz_matrix,
)
from kerascnn.laboratory.checking import check
from kerascnn.laboratory.layers import convolution_counts
from kerascnn.laboratory.sizes import weight_names
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Checks, Matrix, Plot

ALPHA = np.array([2, -1, 3])
BETA = np.array([1, 4, 0, -2])
EXAMPLE = np.array([[1, 2, 3], [5, 6, 7], [9, 8, 4]])
POOLED = np.array([[1, 3, 2, 4], [5, 6, 1, 2], [7, 2, 9, 1], [3, 4, 2, 5]])


def exhibits() -> list[Exhibit]:
    """Return the exhibits, from one dimension to the numbers of a layer."""
    return [
        _polynomials(),
        _toeplitz(),
        _correlation(),
        _theorem(),
        _matrix(),
        _worked_examples(),
        _counts(),
    ]


def _polynomials() -> Exhibit:
    product = convolve_1d(ALPHA, BETA, "full")
    # NumPy writes the highest power first.
    by_numpy = np.polymul(ALPHA[::-1], BETA[::-1])[::-1]
    return Exhibit(
        "Multiplying polynomials",
        "p(t) = 2 − t + 3t² times s(t) = 1 + 4t − 2t³: each coefficient of the product is a sum of "
        "products along a diagonal, which is what a convolution is.",
        [
            Plot("The coefficients", {"p": ALPHA, "s": BETA, "p · s": product}),
            Checks(
                "The product",
                [
                    check("degree 2 times degree 3 has degree", 5, len(product) - 1),
                ],
            ),
            Checks("Another way", [check("the coefficients", by_numpy, product)], "np.polymul"),
        ],
    )


def _toeplitz() -> Exhibit:
    product = convolve_1d(ALPHA, BETA, "full")
    of_alpha, of_beta = toeplitz_matrix(ALPHA, len(BETA)), toeplitz_matrix(BETA, len(ALPHA))
    return Exhibit(
        "The same as a matrix, both ways round",
        "A Toeplitz matrix has one value along each diagonal. That of p times the coefficients of "
        "s, and that of s times those of p, are the same product.",
        [
            Matrix("The matrix of p", of_alpha),
            Matrix("times s", BETA[:, None]),
            Matrix("The matrix of s", of_beta),
            Matrix("times p", ALPHA[:, None]),
            Checks(
                "The sizes of the matrices",
                [
                    check("size of the matrix of p", (6, 4), of_alpha.shape),
                    check("size of the matrix of s", (6, 3), of_beta.shape),
                ],
            ),
            Checks(
                "Matrix times coefficients",
                [
                    check("matrix of p times s", product, of_alpha @ BETA),
                    check("matrix of s times p", product, of_beta @ ALPHA),
                ],
                "convolved",
            ),
        ],
    )


def _correlation() -> Exhibit:
    convolved = convolve_1d(BETA, ALPHA, "full")
    correlated = cross_correlate_1d(BETA, ALPHA, "full")
    return Exhibit(
        "Convolution and cross-correlation",
        "Networks compute the cross-correlation and call it a convolution: the kernel is not "
        "turned. Turn it beforehand, and both are the same; as weights are learned, it does not "
        "matter which one a layer computes.",
        [
            Plot(
                "Both with the same kernel", {"convolution": convolved, "correlation": correlated}
            ),
            Checks(
                "Turning the kernel",
                [
                    check(
                        "correlation with the turned kernel",
                        convolved,
                        cross_correlate_1d(BETA, ALPHA[::-1], "full"),
                    )
                ],
                "convolution",
            ),
        ],
    )


def _theorem() -> Exhibit:
    rng = np.random.default_rng(0)
    signal = np.cumsum(rng.normal(size=32))
    kernel = np.ones(5) / 5
    direct, by_fft = convolve_1d(signal, kernel, "full"), convolve_fft(signal, kernel)
    image, patch = rng.integers(0, 10, (6, 7)), rng.integers(-3, 4, (3, 2))
    full = convolve_2d(image, patch, "full")
    return Exhibit(
        "The convolution theorem",
        "Transform both, multiply, transform back: the Fourier transform turns a convolution into "
        "a product, which is faster for large kernels.",
        [
            Plot(
                "A signal, and its running mean by the Fourier transform, with zeros beyond",
                {"signal": signal, "by the transform": by_fft},
                {"by the transform": -2},
            ),
            Checks(
                "By the transform and directly",
                [
                    check("largest difference in 1-D", 0.0, float(np.abs(direct - by_fft).max())),
                    check(
                        "largest difference in 2-D",
                        0.0,
                        float(np.abs(full - convolve_fft(image, patch)).max()),
                    ),
                ],
                "expected",
            ),
        ],
    )


def _matrix() -> Exhibit:
    kernel = np.arange(1, 5).reshape(2, 2)
    image = np.arange(1, 10).reshape(3, 3)
    matrix = kernel_matrix(kernel, image.shape)
    return Exhibit(
        "Two dimensions as a matrix",
        "A 2 × 2 filter on 3 × 3 pixels, stride 1: four outputs, each of four of the nine pixels.",
        [
            Matrix("The filter", kernel, weight_names(kernel)),
            Matrix("The matrix", matrix, weight_names(matrix)),
            Matrix("An image, read row by row", image),
            Matrix("The output", cross_correlate_2d(image, kernel)),
            Checks(
                "The lecture's numbers",
                [check("size of the matrix", (4, 9), matrix.shape)],
            ),
            Checks(
                "Matrix times image",
                [
                    check(
                        "the four outputs",
                        cross_correlate_2d(image, kernel).ravel(),
                        matrix @ image.ravel(),
                    )
                ],
                "directly",
            ),
        ],
    )


def _worked_examples() -> Exhibit:
    kernel = np.array([[1, 0], [1, 0]])
    result = cross_correlate_2d(EXAMPLE, kernel)
    pooled = max_pool(POOLED, 2)
    return Exhibit(
        "Worked examples",
        "Small enough to follow with a finger.",
        [
            Matrix("An image; its upper two rows are the lecture's", EXAMPLE),
            Matrix("Kernel", kernel),
            Matrix("The result", result),
            Matrix("An image", POOLED),
            Matrix("Max-pooled by 2", pooled),
            Checks(
                "Stated in the lecture",
                [
                    check("first position: 1·1 + 2·0 + 5·1 + 6·0", 6, int(result[0, 0])),
                    check("second position: 2·1 + 3·0 + 6·1 + 7·0", 8, int(result[0, 1])),
                    check("max-pooling", np.array([[6, 4], [7, 9]]), pooled),
                ],
            ),
        ],
    )


def _counts() -> Exhibit:
    lenet, _ = convolution_counts(16, 5, (14, 14, 6))
    ten, shape_of_ten = convolution_counts(10, 5, (32, 32, 3))
    _, shape_of_32 = convolution_counts(32, 3, (28, 28, 1))
    checks = [
        check("W = 32, F = 5, P = 2, S = 1", 32, output_size(32, 5, padding=2)),
        check("32 filters of 3 × 3 on 28 × 28 × 1", (26, 26, 32), shape_of_32),
        check("weights to each neuron for 28 × 28 pixels", 724, 28 * 28, "28 · 28 is 784"),
        check("weights to each neuron for 128 × 128 pixels", 16384, 128 * 128),
        check("the same for three channels", 49152, 128 * 128 * 3),
        check("5 × 5 on 32 × 32, no padding", 28, output_size(32, 5)),
        check(
            "ten filters of 5 × 5 on 32 × 32 × 3",
            (28, 28, 3),
            shape_of_ten,
            "there are as many channels as filters, 28×28×10",
        ),
        check("parameters of one such filter", 76, parameter_count(5, channels=3, filters=1)),
        check("parameters of the ten", 760, ten),
        check("32 filters of 3 × 3 × 3", 896, parameter_count(3, channels=3, filters=32)),
        check(
            "LeNet-5's second convolution, written as 5·5·6·16 + 6",
            5 * 5 * 6 * 16 + 6,
            lenet,
            "one bias per filter: 5·5·6·16 + 16 = 2,416, which is the total that is stated",
        ),
        check("the same, its stated total", 2416, lenet),
    ]
    return Exhibit(
        "Sizes and parameters of a layer",
        "⌊(n + 2p − f)/s⌋ + 1 pixels along each axis; kernel height × width × channels × filters "
        "weights, and one bias per filter. Counts of layers are those of Keras.",
        [Checks("Stated in the lectures", checks)],
    )
