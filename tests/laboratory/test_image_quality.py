"""PSNR and SSIM equal those computed from their formulas with NumPy and SciPy."""

import numpy as np
import pytest
from scipy.signal import convolve2d

from kerascnn.laboratory.image_quality import MOST_DECIBELS, WINDOW, psnr, quality, ssim

pytestmark = pytest.mark.numbers
GENERATOR = np.random.default_rng(0)
REFERENCES = GENERATOR.random((3, 20, 15, 2), np.float32)
IMAGES = REFERENCES + GENERATOR.normal(0, 0.1, REFERENCES.shape).astype(np.float32)


def similarity(image, reference, data_range, window=WINDOW):
    """Return SSIM as Wang et al. (2004) define it, of one channel each, (height, width)."""
    steps = np.arange(window) - window // 2
    weights = np.exp(-(steps**2) / (2 * 1.5**2))
    kernel = np.outer(weights, weights) / weights.sum() ** 2

    def mean(values):
        return convolve2d(values, kernel, mode="valid")

    x, y = image.astype(float), reference.astype(float)
    variance_x, variance_y = mean(x * x) - mean(x) ** 2, mean(y * y) - mean(y) ** 2
    covariance = mean(x * y) - mean(x) * mean(y)
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    brightness = (2 * mean(x) * mean(y) + c1) / (mean(x) ** 2 + mean(y) ** 2 + c1)
    structure = (2 * covariance + c2) / (variance_x + variance_y + c2)
    return (brightness * structure).mean()


@pytest.mark.parametrize("data_range", [1.0, 3.5])
def test_psnr_is_its_formula(data_range):
    """Ten times the logarithm of the squared range over the mean squared error."""
    errors = ((IMAGES.astype(float) - REFERENCES) ** 2).mean(axis=(1, 2, 3))
    expected = 10 * np.log10(data_range**2 / errors)
    np.testing.assert_allclose(psnr(IMAGES, REFERENCES, data_range), expected, rtol=1e-5)


@pytest.mark.parametrize("data_range", [1.0, 3.5])
def test_ssim_is_its_formula(data_range):
    """The mean over places and channels."""
    expected = [
        np.mean([similarity(x[..., k], y[..., k], data_range) for k in range(2)])
        for x, y in zip(IMAGES, REFERENCES, strict=True)
    ]
    np.testing.assert_allclose(ssim(IMAGES, REFERENCES, data_range), expected, rtol=1e-4)


def test_small_images_have_a_smaller_window():
    """The largest odd one that fits: 7 in images of 8×8."""
    images, references = IMAGES[:1, :8, :8, :1], REFERENCES[1:2, :8, :8, :1]
    expected = similarity(images[0, ..., 0], references[0, ..., 0], 1.0, window=7)
    np.testing.assert_allclose(ssim(images, references, 1.0), [expected], rtol=1e-4)


def test_many_images_are_those_one_by_one():
    """However many are taken at once."""
    many = np.repeat(IMAGES[:, :11, :11], 300, axis=0)
    references = np.repeat(REFERENCES[:, :11, :11], 300, axis=0)
    single = ssim(IMAGES[:, :11, :11], REFERENCES[:, :11, :11], 1.0)
    np.testing.assert_allclose(ssim(many, references, 1.0), np.repeat(single, 300), rtol=1e-5)


def test_equal_images_have_a_finite_figure():
    """Else a mean over images would be infinite."""
    assert quality(REFERENCES, REFERENCES, 1.0) == pytest.approx({"psnr": MOST_DECIBELS, "ssim": 1})


def test_means_are_over_images():
    """Of decibels, not of errors."""
    figures = quality(IMAGES, REFERENCES, 1.0)
    assert figures["psnr"] == psnr(IMAGES, REFERENCES, 1.0).mean()
    assert figures["ssim"] == ssim(IMAGES, REFERENCES, 1.0).mean()


@pytest.mark.parametrize("measure", [psnr, ssim])
def test_what_cannot_be_compared_is_refused(measure):
    """Images of other shapes, and a range of nothing."""
    with pytest.raises(ValueError, match=r"but references \(2, 20, 15, 2\)"):
        measure(IMAGES, REFERENCES[:2], 1.0)
    with pytest.raises(ValueError, match=r"data_range=0\.0 must be positive"):
        measure(IMAGES, REFERENCES, 0.0)
