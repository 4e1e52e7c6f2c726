"""Data that tests of experiments share."""

import numpy as np
import pytest


@pytest.fixture
def write_images(tmp_path):
    """Write random images with a fixed test split to `images.npz`, and return its path."""

    def write(n_train, n_test, shape, n_classes):
        rng = np.random.default_rng(0)
        arrays = {}
        for part, n in (("train", n_train), ("test", n_test)):
            arrays[f"x_{part}"] = rng.integers(0, 256, (n, *shape), dtype=np.uint8)
            arrays[f"y_{part}"] = np.arange(n) % n_classes
        np.savez(tmp_path / "images.npz", **arrays)
        return tmp_path / "images.npz"

    return write
