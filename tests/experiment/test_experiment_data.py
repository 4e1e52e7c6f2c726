"""An experiment's data, cut to size."""

import numpy as np
import pytest

from kerascnn.experiment.data import load_split


@pytest.fixture
def images(tmp_path):
    """Write 100 images of two classes with a fixed test split of 40, and return their file."""
    rng = np.random.default_rng(0)
    arrays = {}
    for part, n in (("train", 100), ("test", 40)):
        arrays[f"x_{part}"] = rng.integers(0, 256, (n, 4, 4, 1), dtype=np.uint8)
        arrays[f"y_{part}"] = np.arange(n) % 2
    np.savez(tmp_path / "images.npz", **arrays)
    return str(tmp_path / "images.npz")


def split_of(images, **sizes):
    """Return the split of a file's images."""
    sizes = {"n_train": None, "n_test": None} | sizes
    return load_split(images, like=images, test_size=0.2, seed=0, **sizes)


def test_samples_that_are_not_drawn_are_not_kept(images):
    """A small part of a large dataset needs the memory of a small part."""
    split = split_of(images, n_train=10, n_test=6)
    assert (len(split.y), len(split.y_test)) == (10, 6)
    kept = [split.dataset.X, split.dataset.y, split.dataset.X_test, split.dataset.y_test]
    drawn = [split.X, split.y, split.X_test, split.y_test]
    assert all(a is b for a, b in zip(kept, drawn, strict=True))
    assert all(array.base is None for array in drawn)


def test_the_fingerprint_is_that_of_the_whole_data(images):
    """However many samples are drawn, it says which data they were drawn from."""
    assert split_of(images, n_train=10).dataset.fingerprint == split_of(images).dataset.fingerprint
