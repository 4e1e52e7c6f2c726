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


def test_columns_are_signals_and_pictures_are_not():
    """(n, samples, 1) stays as it is; any other three axes are grey images."""
    signals = np.ones((4, 6, 1), np.float32)
    assert dataset(images=signals).X.shape == (4, 6, 1)
    assert dataset(images=np.ones((4, 1, 1), np.float32)).X.shape == (4, 1, 1, 1)
    assert dataset(images=np.ones((4, 6, 2), np.float32)).X.shape == (4, 6, 2, 1)


@pytest.mark.parametrize(
    ("shape", "expected"), [((4, 6), (4, 6, 1)), ((4, 6, 3), (4, 6, 3)), ((4, 1, 1), (4, 1, 1))]
)
def test_a_rate_makes_signals(shape, expected):
    """With samples per second, the last of three axes is channels."""
    found = dataset(images=np.ones(shape), rate=100)
    assert (found.X.shape, found.X.dtype, found.rate) == (expected, np.float32, 100)


def test_groups_are_strings_beside_the_labels():
    """Numbers become strings; both splits may have groups."""
    found = dataset(groups=[3, 1, 3, 1], X_test=X, labels_test=Y, groups_test=list("abcd"))
    assert found.groups.tolist() == ["3", "1", "3", "1"]
    assert found.groups_test.tolist() == ["a", "b", "c", "d"]
    assert (dataset().groups, dataset().groups_test) == (None, None)


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
        ({"groups": ["a"]}, r"groups has shape \(1,\): expected one per sample, \(4,\)"),
        ({"groups": [0.5, 1, 2, 3]}, "groups has dtype float64: groups must be strings"),
        ({"groups_test": ["a"] * 4}, r"groups_test has shape \(4,\): expected .* \(0,\)"),
        ({"rate": 0}, "rate=0: must be a positive number of samples per second"),
        ({"rate": np.nan}, "rate=nan: must be a positive number"),
        (
            {"rate": 10, "images": X[..., None] / 3},
            r"X has shape \(4, 3, 2, 1\): expected \(n, sam",
        ),
        ({"rate": 10}, "X has dtype uint8: scale signals to"),
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


def test_groups_follow_in_the_fingerprint_where_there_are_any():
    """Each split's groups are added to what data without groups has."""
    digest = hashlib.sha256()
    for array in (X[..., None], Y.astype("<i8")):
        digest.update(f"{array.dtype.str} {array.shape};".encode() + array.tobytes())
    digest.update(b"none;none;0\x001" + b"\0\0groups 0 (4,);" + b"a\0b\0a\0b")
    assert dataset(groups=list("abab")).fingerprint == digest.hexdigest()


@pytest.mark.parametrize(
    "changes",
    [
        {"images": X[::-1]},
        {"images": X.astype(np.float32)},
        {"images": X.reshape(4, 2, 3)},
        {"labels": 1 - Y},
        {"class_names": ["a", "b"]},
        {"X_test": X, "labels_test": Y},
        {"groups": ["a", "a", "b", "b"]},
    ],
)
def test_the_fingerprint_changes_with_whatever_is_in_the_dataset(changes):
    """Values, dtype, shape, labels, names and test split all count."""
    assert dataset(**changes).fingerprint != dataset().fingerprint
