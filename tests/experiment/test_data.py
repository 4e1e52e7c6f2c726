"""An experiment's data, cut to size."""

import numpy as np
import pytest

from kerascnn.experiment.data import load_split


@pytest.fixture
def images(write_images):
    """Return a file of 100 training images of two classes and 40 test images."""
    return str(write_images(100, 40, (4, 4, 1), 2))


def split_of(images, **sizes):
    """Return the split of a file's images, or signals."""
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


def test_groups_stay_with_their_samples(tmp_path):
    """Through the split and the draws, on both sides."""
    y = np.arange(60) % 2
    groups = np.array([f"speaker {number}" for number in range(60)])
    X = np.arange(60, dtype=np.float32)[:, None, None] * np.ones((1, 5, 1), np.float32)
    np.savez(tmp_path / "signals.npz", X=X, y=y, groups=groups, rate=100)
    split = split_of(str(tmp_path / "signals.npz"), n_train=20, n_test=6)
    for samples, kept in (
        (split.X, split.dataset.groups),
        (split.X_test, split.dataset.groups_test),
    ):
        assert [f"speaker {int(sample[0, 0])}" for sample in samples] == list(kept)


@pytest.fixture
def spoken(tmp_path):
    """Return a file of 60 signals of two classes by six speakers."""
    groups = np.array([f"speaker {number % 6}" for number in range(60)])
    X = np.arange(60, dtype=np.float32)[:, None, None] * np.ones((1, 5, 1), np.float32)
    np.savez(tmp_path / "signals.npz", X=X, y=np.arange(60) // 6 % 2, groups=groups, rate=100)
    return str(tmp_path / "signals.npz")


def test_groups_are_held_out_as_a_whole(spoken):
    """No speaker of the test split is trained on."""
    split = split_of(spoken, by_group=True)
    training, held_out = set(split.dataset.groups), set(split.dataset.groups_test)
    assert len(training) == 4
    assert len(held_out) == 2
    assert not training & held_out


def test_data_without_groups_cannot_hold_any_out(images, tmp_path):
    """One clear error."""
    with np.load(images) as arrays:
        np.savez(tmp_path / "one.npz", X=arrays["x_train"], y=arrays["y_train"])
    with pytest.raises(ValueError, match="has no groups, such as speakers"):
        split_of(str(tmp_path / "one.npz"), by_group=True)
