"""Reduced and enlarged images equal those computed with NumPy and SciPy."""

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import zoom

from kerascnn.laboratory.super_resolution import METHODS, enlarged, reduced

IMAGES = np.random.default_rng(0).normal(size=(2, 6, 8, 3)).astype(np.float32)


@pytest.mark.parametrize("factor", [1, 2])
def test_a_reduced_pixel_is_the_mean_of_its_block(factor):
    """Each in its image and channel."""
    found = reduced(IMAGES, factor)
    assert found.shape == (2, 6 // factor, 8 // factor, 3)
    assert found.dtype == np.float32
    for n, row, column, channel in np.ndindex(found.shape):
        rows, columns = (slice(factor * at, factor * (at + 1)) for at in (row, column))
        block = IMAGES[n, rows, columns, channel]
        assert found[n, row, column, channel] == pytest.approx(block.mean(), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("factor", [2, 4])
def test_nearest_repeats_pixels(factor):
    """So that reducing the image again gives the small one."""
    found = enlarged(IMAGES, factor, METHODS["nearest"])
    np.testing.assert_array_equal(found, IMAGES.repeat(factor, 1).repeat(factor, 2))
    np.testing.assert_allclose(reduced(found, factor), IMAGES, rtol=1e-5)


@pytest.mark.parametrize("factor", [2, 4])
def test_bilinear_joins_the_centres_of_pixels(factor):
    """As SciPy's linear interpolation of pixels as areas does."""
    found = enlarged(IMAGES, factor, METHODS["bilinear"])
    expected = zoom(IMAGES, (1, factor, factor, 1), order=1, mode="nearest", grid_mode=True)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_bicubic_is_keys_kernel():
    """With a = −1/2, at the quarters of the way between two pixels; Pillow's documentation."""
    row = np.array([3.0, -1.0, 2.0, 5.0, 0.0, 1.0], np.float32)
    found = enlarged(row.reshape(1, 1, 6, 1), 2, METHODS["bicubic"])[0, 0, :, 0]
    distances = np.array([1.25, 0.25, 0.75, 1.75])
    near = 1.5 * distances**3 - 2.5 * distances**2 + 1
    far = -0.5 * distances**3 + 2.5 * distances**2 - 4 * distances + 2
    weights = np.where(distances < 1, near, far)
    assert found[5] == pytest.approx(weights @ row[1:5], abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_periodic_columns_have_neighbours_on_the_other_side(method):
    """Turning the image and enlarging it can be done in any order; otherwise the edges differ."""
    turned = np.roll(IMAGES, 3, axis=2)
    found = enlarged(turned, 2, METHODS[method], periodic=True)
    expected = np.roll(enlarged(IMAGES, 2, METHODS[method], periodic=True), 6, axis=2)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found.dtype == np.float32
    plain = enlarged(IMAGES, 2, METHODS[method])
    inside = slice(4, -4)
    np.testing.assert_allclose(np.roll(found, -6, 2)[:, :, inside], plain[:, :, inside], atol=1e-5)


def test_all_ways_are_pillows():
    """By their names."""
    assert list(METHODS.values()) == [Image.Resampling[name.upper()] for name in METHODS]
