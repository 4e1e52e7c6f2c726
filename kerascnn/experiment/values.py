"""The values that images may have, and how networks are given them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Values:
    """The values that images may have, and how a network is given them.

    Attributes:
        mean: that networks are given as 0.
        deviation: that networks are given as 1.
        low: the smallest.
        high: the largest.
        is_bounded: whether there are no others, so that what lies beyond is clipped.
    """

    mean: float
    deviation: float
    low: float
    high: float
    is_bounded: bool

    @classmethod
    def of(cls, images: np.ndarray) -> "Values":
        """Return those of bytes, or of real numbers such as those of training images."""
        if images.dtype == np.uint8:
            return cls(0.0, 255.0, 0.0, 255.0, True)
        mean, deviation = float(images.mean(dtype=float)), float(images.std(dtype=float))
        return cls(mean, deviation, float(images.min()), float(images.max()), False)

    def scaled(self, images: np.ndarray) -> np.ndarray:
        """Return images as a network is given them, float32."""
        return ((images - np.float32(self.mean)) / np.float32(self.deviation)).astype(np.float32)

    def relative(self, images: np.ndarray) -> np.ndarray:
        """Return images relative to the range of values, float32."""
        return ((images - np.float32(self.low)) / np.float32(self.high - self.low)).astype(
            np.float32
        )

    def unit(self, scaled: np.ndarray) -> np.ndarray:
        """Return what a network is given, or returns, relative to the range of values, float32."""
        images = self.relative(scaled * np.float32(self.deviation) + np.float32(self.mean))
        return np.clip(images, 0, 1) if self.is_bounded else images
