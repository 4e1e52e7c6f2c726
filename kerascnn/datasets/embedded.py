"""Datasets that come with an installed package and need no download."""

import numpy as np

from kerascnn.datasets.dataset import Dataset, make_dataset
from kerascnn.datasets.registry import register


@register
def digits() -> Dataset:
    """Return scikit-learn's 1,797 handwritten digits, 8×8×1, float32 from 0 to 16."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return make_dataset(
        "digits",
        found.images.astype(np.float32),
        found.target,
        source="scikit-learn's load_digits: the test part of Alpaydin and Kaynak's optical "
        "recognition of handwritten digits (UCI, 1998)",
    )
