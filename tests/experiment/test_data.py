"""An experiment's data, cut to size, its test split set aside."""

import numpy as np
import pytest

from kerascnn.experiment.data import load_split


@pytest.fixture
def images(write_images):
    """Return a file of 100 training images of two classes and 40 test images."""
    return str(write_images(100, 40, (4, 4, 1), 2))


def split_of(images, **sizes):
    """Return the split of a file's images, or signals."""
    sizes = {"n_train": None, "n_test": None, "seed": 0} | sizes
    return load_split(images, like=images, test_size=0.2, **sizes)


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


def written(tmp_path, n, groups, y=None, test=None):
    """Write n signals of those groups, perhaps with a test split, and return the file's path."""
    arrays = {
        "X": np.ones((n, 5, 1), np.float32),
        "y": np.arange(n) % 2 if y is None else y,
        "groups": groups,
        "rate": 100,
    }
    if test is not None:
        arrays |= {"X_test": arrays["X"], "y_test": arrays["y"], "groups_test": test}
    np.savez(tmp_path / "signals.npz", **{k: v for k, v in arrays.items() if v is not None})
    return str(tmp_path / "signals.npz")


def test_a_fixed_test_split_must_keep_groups_apart(tmp_path):
    """Speakers on both sides are an error that names them."""
    path = written(tmp_path, 4, list("aabb"), test=list("bbcc"))
    with pytest.raises(ValueError, match="groups that are also trained on: b: give all samples"):
        split_of(path, by_group=True)
    assert len(split_of(path).y) == 4


def test_a_fixed_test_split_must_name_its_groups(tmp_path):
    """Otherwise nobody knows who is held out."""
    path = written(tmp_path, 4, None, test=list("bbcc"))
    with pytest.raises(ValueError, match="has a test split of its own, but no groups"):
        split_of(path, by_group=True)


def test_a_fixed_test_split_of_other_groups_is_taken(tmp_path):
    """As it is."""
    split = split_of(written(tmp_path, 4, list("aabb"), test=list("ccdd")), by_group=True)
    assert list(split.dataset.groups_test) == list("ccdd")


def test_one_group_is_called_one_group(tmp_path):
    """By its name."""
    with pytest.raises(ValueError, match="has one group only, 'bob'"):
        split_of(written(tmp_path, 4, ["bob"] * 4), by_group=True)


def test_a_class_that_is_held_out_as_a_whole_is_said_to_be(tmp_path):
    """Nothing can be learned of it."""
    path = written(tmp_path, 6, list("aabbcc"), y=[0, 1, 0, 1, 2, 2])
    notices = {split_of(path, by_group=True, seed=seed).notices for seed in range(8)}
    said = "All samples of 2 are held out, so nothing is trained on this class"
    assert any(said in notice for each in notices for notice in each)
    assert () in notices


def test_classes_that_are_too_small_to_split_are_named(tmp_path):
    """With the data's name, and what to do."""
    path = written(tmp_path, 5, None, y=[0, 0, 0, 0, 1])
    with pytest.raises(ValueError, match=r"signals: 5 samples, 1 of the smallest class.*give more"):
        split_of(path)
