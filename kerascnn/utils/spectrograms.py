"""Spectrograms as people look at them."""

import numpy as np


def upright(values: np.ndarray) -> np.ndarray:
    """Return a spectrogram with high frequencies at the top, and about twice as wide as high.

    Args:
        values: (height, width, …), the lowest frequency first. Columns are repeated where there
            are few.
    """
    height, width = values.shape[:2]
    return values[::-1].repeat(max(1, round(2 * height / width)), axis=1)
