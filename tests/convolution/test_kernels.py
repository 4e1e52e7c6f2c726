"""Named kernels."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.signal.windows import boxcar

from kerascnn.convolution import cross_correlate_2d, kernels

SIZES = (3, 5, 7)
CONSTANTS = [name for name in dir(kernels) if isinstance(getattr(kernels, name), np.ndarray)]
LIGHT_TO_DARK = np.repeat([[9, 9, 9, 1, 1, 1]], 6, axis=0)


def test_the_constants_are_as_the_courses_give_them():
    """Each is written out once more."""
    column = np.array([0.2, 0.4, 0.6, 0.4, 0.2])
    given = {
        "PREWITT_1D": [1, 0, -1],
        "GAUSSIAN_1D": [0.25, 0.5, 0.75, 0.5, 0.25],
        "GAUSSIAN_2D": np.outer(column, column).round(2),
        "PREWITT": [[-1, 0, 1]] * 3,
        "SOBEL": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        "SOBEL_HORIZONTAL": [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
    }
    assert sorted(given) == sorted(CONSTANTS)
    for name, rows in given.items():
        np.testing.assert_array_equal(getattr(kernels, name), rows)


@pytest.mark.parametrize("name", CONSTANTS)
def test_constants_cannot_be_changed(name):
    """Writing to one is refused, so that it is the same for everybody."""
    with pytest.raises(ValueError, match="read-only"):
        getattr(kernels, name)[:] = 0


def test_the_courses_gaussians_brighten():
    """They sum to 2.25 and 3.24."""
    assert kernels.GAUSSIAN_1D.sum() == 2.25
    assert kernels.GAUSSIAN_2D.sum() == pytest.approx(3.24, abs=1e-12)


def test_rectangular_kernels_of_the_exercises():
    """They are ones divided by their number."""
    np.testing.assert_array_equal(kernels.rectangular(4), boxcar(4) / 4)
    np.testing.assert_array_equal(kernels.rectangular(3, dimensions=2), np.ones((3, 3)) / 9)


@pytest.mark.parametrize("dimensions", [1, 2])
@pytest.mark.parametrize(("n", "sigma"), [(3, 0.7), (5, 1.0), (9, 2.5)])
def test_a_gaussian_is_what_scipy_makes_of_a_lone_pixel(n, sigma, dimensions):
    """SciPy's Gaussian filter, cut off at n pixels, spreads a one as these weights do."""
    lone = np.zeros((n,) * dimensions)
    lone[(n // 2,) * dimensions] = 1
    spread = gaussian_filter(lone, sigma, mode="constant", radius=n // 2)
    np.testing.assert_allclose(kernels.gaussian(n, sigma, dimensions), spread, rtol=1e-12)


@pytest.mark.parametrize(
    "kernel",
    [
        kernels.rectangular(7),
        kernels.rectangular(6, 2),
        kernels.gaussian(4, 0.1),
        kernels.gaussian(5, 100.0, 2),
        *map(kernels.blur, SIZES),
        *map(kernels.sharpen, SIZES),
    ],
)
def test_weights_that_keep_the_brightness_sum_to_1(kernel):
    """An even picture stays as bright as it is."""
    assert kernel.sum() == pytest.approx(1, abs=1e-12)


def test_vertical_edges_of_the_photo_laboratory():
    """The first column is 1, the last -1; Sobel's has the middle row doubled."""
    np.testing.assert_array_equal(kernels.vertical(), [[1, 0, -1]] * 3)
    np.testing.assert_array_equal(kernels.vertical(5), [[1, 0, 0, 0, -1]] * 5)
    np.testing.assert_array_equal(
        kernels.vertical(sobel=True), [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    )


@pytest.mark.parametrize(("n", "sobel"), [(2, False), (3, False), (3, True), (5, False)])
def test_horizontal_edges_are_vertical_ones_transposed(n, sobel):
    """Rows and columns change places."""
    np.testing.assert_array_equal(kernels.horizontal(n, sobel), kernels.vertical(n, sobel).T)


def test_sobels_detectors_differ_from_the_constants_in_direction_alone():
    """The horizontal one is the constant, the vertical one the constant flipped."""
    np.testing.assert_array_equal(kernels.horizontal(sobel=True), kernels.SOBEL_HORIZONTAL)
    np.testing.assert_array_equal(kernels.vertical(sobel=True), kernels.flipped(kernels.SOBEL))


@pytest.mark.parametrize(
    ("kernel", "sign"),
    [
        (kernels.vertical(), 1),
        (kernels.vertical(sobel=True), 1),
        (kernels.PREWITT, -1),
        (kernels.SOBEL, -1),
    ],
)
def test_the_direction_of_vertical_edges(kernel, sign):
    """From light to dark, left to right, the functions' kernels are positive, the constants not."""
    found = cross_correlate_2d(LIGHT_TO_DARK, kernel)
    assert set(np.sign(found).ravel()) == {0, sign}


@pytest.mark.parametrize(
    "kernel",
    [kernels.horizontal(), kernels.horizontal(sobel=True), kernels.SOBEL_HORIZONTAL],
)
def test_the_direction_of_horizontal_edges(kernel):
    """From light to dark, top to bottom, all of them are positive."""
    found = cross_correlate_2d(LIGHT_TO_DARK.T, kernel)
    assert set(np.sign(found).ravel()) == {0, 1}


def test_a_flipped_detector_finds_the_opposite_direction():
    """Flipping is `flipud` for horizontal edges, `fliplr` for vertical ones; the sign changes."""
    across, down = kernels.horizontal(), kernels.vertical()
    np.testing.assert_array_equal(kernels.flipped(across), np.flipud(across))
    np.testing.assert_array_equal(kernels.flipped(down), np.fliplr(down))
    np.testing.assert_array_equal(
        cross_correlate_2d(LIGHT_TO_DARK, kernels.flipped(down)),
        -cross_correlate_2d(LIGHT_TO_DARK, down),
    )


def test_flipping_turns_both_axes_around():
    """Neither axis alone: the corners change places diagonally."""
    np.testing.assert_array_equal(kernels.flipped([[1, 2], [3, 4]]), [[4, 3], [2, 1]])


def test_a_flipped_constant_can_be_written_to():
    """It is an array of its own."""
    flipped = kernels.flipped(kernels.SOBEL)
    flipped[0, 0] = 7
    assert kernels.SOBEL[-1, -1] == 1


def test_combined_detectors_are_averages():
    """Half the sum of both, worked out by hand."""
    np.testing.assert_array_equal(kernels.combined(), [[1, 0.5, 0], [0.5, 0, -0.5], [0, -0.5, -1]])
    np.testing.assert_array_equal(
        kernels.combined(sobel=True), [[1, 1, 0], [1, 0, -1], [0, -1, -1]]
    )
    assert kernels.combined(5)[0, 0] == 1


@pytest.mark.parametrize("n", SIZES)
def test_blurring_is_averaging_two_neighbours_again_and_again(n):
    """The weights are those of n − 1 averages of two pixels along each axis, in exact fractions."""
    row = [Fraction(1)]
    for _ in range(n - 1):
        row = [(a + b) / 2 for a, b in zip([*row, 0], [0, *row], strict=True)]
    expected = np.outer(row, row).astype(float)
    np.testing.assert_array_equal(kernels.blur(n), expected)


def test_sharpening_with_3x3_weights():
    """Five times the pixel minus its four neighbours."""
    np.testing.assert_array_equal(kernels.sharpen(3), [[0, -1, 0], [-1, 5, -1], [0, -1, 0]])


@pytest.mark.parametrize("n", [5, 7])
def test_sharpening_with_larger_weights_adds_what_blurring_removes(n):
    """Sharpened is the image plus its difference from the blurred one."""
    image = np.random.default_rng(0).integers(0, 256, (9, 9))
    blurred = cross_correlate_2d(image, kernels.blur(n), "same")
    sharpened = cross_correlate_2d(image, kernels.sharpen(n), "same")
    np.testing.assert_allclose(sharpened, image + (image - blurred), atol=1e-9)
