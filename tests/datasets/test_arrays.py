"""What becomes a dataset, what is refused, and the fingerprint."""

import hashlib

import numpy as np
import pytest

from kerascnn.datasets import DatasetError, make_dataset

X = np.arange(4 * 3 * 2, dtype=np.uint8).reshape(4, 3, 2)
Y = np.array([0, 1, 0, 1])


def dataset(images=X, labels=Y, **rest):
    """Return the arrays as a dataset called "mine"."""
    return make_dataset("mine", images, labels, source="a test", **rest)


def test_grey_images_get_a_channel_axis():
    """(n, height, width) becomes (n, height, width, 1), pixels unchanged and still uint8."""
    found = dataset()
    assert found.X.dtype == np.uint8
    np.testing.assert_array_equal(found.X, X[..., None])


def test_labels_become_indices_into_the_sorted_class_names():
    """String labels are sorted, indices are int64."""
    found = dataset(labels=np.array(["dog", "cat", "dog", "emu"]))
    assert found.class_names == ("cat", "dog", "emu")
    assert found.y.dtype == np.int64
    assert found.y.tolist() == [1, 0, 1, 2]


def test_integer_labels_may_have_gaps():
    """Classes are the labels that occur; their names are the numbers."""
    found = dataset(labels=np.array([7, 3, 7, 9]))
    assert found.class_names == ("3", "7", "9")
    assert found.y.tolist() == [1, 0, 1, 2]


def test_integer_labels_index_given_class_names():
    """With class names given, a class may lack images."""
    found = dataset(labels=np.array([[0], [2], [0], [2]]), class_names=["a", "b", "c"])
    assert found.class_names == ("a", "b", "c")
    assert found.y.tolist() == [0, 2, 0, 2]


def test_both_splits_share_the_classes():
    """A class that occurs only in the test split is a class."""
    found = dataset(X_test=X, labels_test=np.array([2, 0, 1, 1]))
    assert found.class_names == ("0", "1", "2")
    assert found.y_test.tolist() == [2, 0, 1, 1]


def test_floats_become_float32():
    """float64 images become float32, their values are taken as they are."""
    found = dataset(images=X.astype(np.float64) / 3)
    assert found.X.dtype == np.float32
    np.testing.assert_array_equal(found.X[..., 0], (X / 3).astype(np.float32))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": X[0]}, r"X has shape \(3, 2\)"),
        ({"images": X[:, :0]}, "holds no pixels"),
        ({"images": X.astype(np.int64)}, "X has dtype int64: store pixels from 0 to 255 as uint8"),
        ({"images": np.where(X > 3, np.nan, X)}, "X holds NaN or infinite"),
        ({"images": X[:3]}, "X has 3 images but y has 4 labels"),
        ({"labels": np.eye(4, dtype=int)}, "one-hot"),
        ({"labels": Y / 2}, "y has dtype float64"),
        ({"labels": Y * 0}, "there is one class, '0'"),
        ({"class_names": ["only"], "labels": Y * 0}, "there is one class, 'only'"),
        ({"class_names": ["a", "b"], "labels": Y + 1}, "labels run from 1 to 2"),
        ({"X_test": X}, "X_test and y_test must be given together"),
        ({"X_test": X[:, 1:], "labels_test": Y}, "X_test holds uint8 images of 2×2×1"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes, message):
    """One clear error names the array and what is wrong with it."""
    with pytest.raises(DatasetError, match=f"mine: .*{message}|mine: {message}"):
        dataset(**changes)


def test_the_fingerprint_is_the_sha256_of_all_arrays_and_names():
    """It can be computed by hand from dtype, shape, bytes and class names."""
    digest = hashlib.sha256()
    for array in (X[..., None], Y.astype("<i8")):
        digest.update(f"{array.dtype.str} {array.shape};".encode() + array.tobytes())
    digest.update(b"none;none;0\x001")
    assert dataset().fingerprint == digest.hexdigest()


@pytest.mark.parametrize(
    "changes",
    [
        {"images": X[::-1]},
        {"images": X.astype(np.float32)},
        {"images": X.reshape(4, 2, 3)},
        {"labels": 1 - Y},
        {"class_names": ["a", "b"]},
        {"X_test": X, "labels_test": Y},
    ],
)
def test_the_fingerprint_changes_with_whatever_is_in_the_dataset(changes):
    """Values, dtype, shape, labels, names and test split all count."""
    assert dataset(**changes).fingerprint != dataset().fingerprint
