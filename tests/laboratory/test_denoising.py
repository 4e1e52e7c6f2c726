"""Noise has the level stated, and filters the width that is best on the images given."""

import numpy as np
import pytest

from kerascnn.laboratory.denoising import SMOOTHERS, Smoother, shown, with_noise
from kerascnn.laboratory.image_quality import psnr

GREY = np.full((40, 16, 16, 1), 0.5, np.float32)


@pytest.fixture
def generator():
    """Draws the same noise each time."""
    return np.random.default_rng(0)


@pytest.mark.parametrize("sigma", [0.1, 0.4])
def test_noise_has_the_standard_deviation_stated(generator, sigma):
    """It has no mean, and is not clipped."""
    noise = with_noise(GREY, sigma, generator) - GREY
    assert noise.dtype == np.float32
    assert noise.std() == pytest.approx(sigma, rel=0.03)
    assert abs(noise.mean()) < 0.02 * sigma
    assert (np.abs(noise).max() > 0.5) == (sigma == 0.4)


def test_each_image_can_have_a_level_of_its_own(generator):
    """None for the first."""
    noisy = with_noise(GREY[:2], np.array([0.0, 0.3]), generator)
    np.testing.assert_array_equal(noisy[0], GREY[0])
    assert noisy[1].std() == pytest.approx(0.3, rel=0.2)


def test_psnr_of_noise_follows_from_its_level(generator):
    """−20 log₁₀ σ, where nothing is clipped."""
    noisy = with_noise(GREY, 0.1, generator)
    assert psnr(noisy, GREY, 1.0).mean() == pytest.approx(20, abs=0.1)


def test_a_gaussian_filter_weighs_neighbours():
    """A single bright pixel becomes the Gaussian, in each image and channel on its own."""
    image = np.zeros((2, 15, 15, 2), np.float32)
    image[0, 7, 7, 1] = 1
    blurred = SMOOTHERS["Gaussian filter"].filtered(image, 1.5)
    weights = np.exp(-((np.arange(15) - 7.0) ** 2) / (2 * 1.5**2))
    expected = np.outer(weights, weights) / weights.sum() ** 2
    np.testing.assert_allclose(blurred[0, ..., 1], expected, atol=1e-4)
    assert not blurred[1].any()
    assert not blurred[..., 0].any()


def test_a_median_filter_takes_the_middle_of_its_square():
    """A single bright pixel is gone; an edge stays sharp, whatever other images show."""
    image = np.zeros((3, 9, 9, 2), np.float32)
    image[1, 4, 2, 0] = 1
    image[1, :, 6:, 0] = 1
    expected = image.copy()
    expected[1, 4, 2, 0] = 0
    np.testing.assert_array_equal(SMOOTHERS["median filter"].filtered(image, 3), expected)


@pytest.mark.parametrize("name", SMOOTHERS)
def test_the_smallest_width_leaves_images_as_they_are(name, generator):
    """So that no filter need be worse than none."""
    images = with_noise(GREY[:3], 0.1, generator)
    smoother = SMOOTHERS[name]
    np.testing.assert_array_equal(smoother.filtered(images, smoother.widths[0]), images)


@pytest.mark.parametrize("name", SMOOTHERS)
def test_no_other_width_is_better_than_that_chosen(name, generator):
    """By the mean squared error of images as they are shown; none is chosen without noise."""
    ramp = np.broadcast_to(np.linspace(0, 1, 16, dtype=np.float32)[:, None], (16, 16))
    clean = np.stack([np.roll(ramp, step, 0) for step in range(10)])[..., None]
    noisy, smoother = with_noise(clean, 0.2, generator), SMOOTHERS[name]
    decibels = {
        width: np.mean(
            -10
            * np.log10(
                ((np.clip(smoother.filtered(noisy, width), 0, 1) - clean) ** 2).mean((1, 2, 3))
            )
        )
        for width in smoother.widths
    }
    chosen = smoother.best_width(noisy, clean)
    assert decibels[chosen] == max(decibels.values())
    assert chosen > smoother.widths[0]
    assert smoother.best_width(clean, clean) == smoother.widths[0]


def test_images_are_clipped_before_they_are_judged():
    """What a filter makes of them beyond black and white does not count."""
    clean = np.ones((1, 4, 4, 1), np.float32)
    lifting = Smoother(lambda images, width: images + np.float32(width), (0, 5))
    assert lifting.best_width(clean - np.float32(0.5), clean) == 5
    np.testing.assert_array_equal(shown(np.array([-1.0, 0.5, 2.0])), [0, 0.5, 1])
