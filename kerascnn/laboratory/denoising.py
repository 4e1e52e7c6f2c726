"""Noise, the classical filters against it, and the choice of their widths."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kerascnn.laboratory.image_quality import psnr

# In pixels; the smallest leaves images as they are.
GAUSSIAN_WIDTHS = (0.0, *(round(0.1 * tenths, 1) for tenths in range(3, 21)))
MEDIAN_SIZES = (1, 3, 5, 7)

Filter = Callable[[np.ndarray, float], np.ndarray]


def with_noise(
    images: np.ndarray, sigmas: float | np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Return images with Gaussian noise, not clipped.

    Args:
        images: (n, height, width, channels) float32.
        sigmas: the noise's standard deviation in units of the pixels, one or (n,).
        generator: draws it.

    Returns:
        float32, in the shape of the images.
    """
    scales = np.asarray(sigmas, np.float32).reshape(-1, 1, 1, 1)
    return images + scales * generator.standard_normal(images.shape, np.float32)


def gaussian_filtered(images: np.ndarray, width: float) -> np.ndarray:
    """Return images blurred by a Gaussian.

    Args:
        images: (n, height, width, channels) float32.
        width: the Gaussian's standard deviation in pixels.
    """
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(images, (0, width, width, 0)))


def median_filtered(images: np.ndarray, size: float) -> np.ndarray:
    """Return images whose pixels are the medians of squares around them.

    Args:
        images: (n, height, width, channels) float32.
        size: the squares' side in pixels, odd.
    """
    from scipy.ndimage import median_filter

    return np.asarray(median_filter(images, (1, int(size), int(size), 1)))


@dataclass(frozen=True)
class Smoother:
    """A classical filter, and the widths to choose from.

    Attributes:
        filtered: applies it with a width.
        widths: in ascending order.
    """

    filtered: Filter
    widths: Sequence[float]

    def best_width(self, noisy: np.ndarray, clean: np.ndarray) -> float:
        """Return the width with the highest mean PSNR; both images are from 0 to 1."""
        return max(
            self.widths,
            key=lambda width: float(psnr(shown(self.filtered(noisy, width)), clean, 1.0).mean()),
        )


SMOOTHERS: Mapping[str, Smoother] = {
    "Gaussian filter": Smoother(gaussian_filtered, GAUSSIAN_WIDTHS),
    "median filter": Smoother(median_filtered, MEDIAN_SIZES),
}


def shown(images: np.ndarray) -> np.ndarray:
    """Return images as they can be shown, clipped to 0–1; float32."""
    return np.clip(images, 0, 1).astype(np.float32)
