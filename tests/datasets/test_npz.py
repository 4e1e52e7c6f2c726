"""Arrays from .npz files, the harmless and the others."""

import os
import zipfile
from io import BytesIO

import numpy as np
import pytest
from scipy.signal import resample_poly

from kerascnn.datasets import DatasetError, load

X = np.arange(6 * 4 * 4, dtype=np.uint8).reshape(6, 4, 4)
Y = np.arange(6) % 3


def written(path, **arrays):
    """Write the arrays as an .npz file and return its path."""
    np.savez_compressed(path / "mine.npz", **arrays)
    return path / "mine.npz"


class Harmful:
    """An object that runs code when it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (os.mkdir, (str(self.marker),))


@pytest.mark.parametrize(
    "keys", [("X", "y", "X_test", "y_test"), ("x_train", "y_train", "x_test", "y_test")]
)
def test_both_spellings_of_the_keys_are_read(tmp_path, keys):
    """scikit-learn's names and those of Keras's mnist.npz mean the same."""
    found = load(written(tmp_path, **dict(zip(keys, (X, Y, X[:2], Y[:2]), strict=True))))
    np.testing.assert_array_equal(found.X[..., 0], X)
    np.testing.assert_array_equal(found.X_test[..., 0], X[:2])
    assert (found.y.tolist(), found.y_test.tolist()) == (Y.tolist(), [0, 1])
    assert found.name == "mine"


def test_class_names_may_lie_in_the_file(tmp_path):
    """The key class_names holds what integer labels index."""
    found = load(written(tmp_path, x=X, y=Y, class_names=np.array(["a", "b", "c", "d"])))
    assert found.class_names == ("a", "b", "c", "d")


def test_missing_keys_are_named(tmp_path):
    """The error lists the keys there are and how to save the right ones."""
    with pytest.raises(DatasetError, match=r"has no y: its keys are X, labels; .*np.savez"):
        load(written(tmp_path, X=X, labels=Y))


def test_pickled_members_are_refused_unread(tmp_path):
    """An array of objects is refused by name, and its code has not run."""
    path = written(tmp_path, X=X, y=np.array([Harmful(tmp_path / "ran")] * 6, dtype=object))
    with pytest.raises(DatasetError, match="y holds pickled objects"):
        load(path)
    assert not (tmp_path / "ran").exists()


def test_a_half_downloaded_file_is_named(tmp_path):
    """A truncated file is called damaged."""
    path = written(tmp_path, X=X, y=Y)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DatasetError, match=r"mine.npz is damaged or not fully downloaded"):
        load(path)


def test_a_flipped_bit_is_found(tmp_path):
    """A file whose content does not fit its checksum is called damaged."""
    path = tmp_path / "mine.npz"
    np.savez(path, X=X, y=Y)
    data = bytearray(path.read_bytes())
    data[data.index(X.tobytes()) + 5] ^= 1
    path.write_bytes(data)
    with pytest.raises(DatasetError, match=r"damaged or not fully downloaded.*CRC"):
        load(path)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path):
    """A small file of zeros that would fill the memory is refused before it is unpacked."""
    path = written(tmp_path, X=np.zeros((1000, 32, 32), np.uint8), y=np.arange(1000) % 2)
    assert path.stat().st_size < 10_000
    with pytest.raises(
        DatasetError, match=r"unpacks to 1,032,000 bytes, more than max_bytes=10,000"
    ):
        load(path, max_bytes=10_000)
    assert len(load(path).X) == 1000


def test_a_header_that_claims_more_than_the_file_holds_is_refused(tmp_path):
    """A forged header cannot make NumPy reserve memory for data that are not there."""
    member = BytesIO()
    np.lib.format.write_array_header_1_0(
        member, {"descr": "|u1", "fortran_order": False, "shape": (10**12, 1, 1)}
    )
    labels = BytesIO()
    np.save(labels, Y)
    with zipfile.ZipFile(tmp_path / "mine.npz", "w") as archive:
        archive.writestr("X.npy", member.getvalue())
        archive.writestr("y.npy", labels.getvalue())
    with pytest.raises(DatasetError, match=r"X\.npy does not hold the 1,000,000,000,000 bytes"):
        load(tmp_path / "mine.npz")


def test_a_rate_in_the_file_makes_signals(tmp_path):
    """(n, samples) and (n, samples, channels) beside a rate are signals, with their groups."""
    signals = X.astype(np.float32)
    found = load(written(tmp_path, X=signals, y=Y, rate=100, groups=np.array(list("aabbcc"))))
    np.testing.assert_array_equal(found.X, signals)
    assert (found.rate, found.groups.tolist()) == (100, list("aabbcc"))
    assert load(written(tmp_path, X=signals[:, 0], y=Y, rate=0.5)).X.shape == (6, 4, 1)


def test_one_value_per_row_makes_signals(tmp_path):
    """(n, samples, 1) is signals without a rate; other images of three axes stay grey."""
    signals = np.arange(30, dtype=np.float32).reshape(6, 5, 1)
    found = load(written(tmp_path, X=signals, y=Y))
    assert (found.X.shape, found.rate) == ((6, 5, 1), None)
    assert load(written(tmp_path, X=X, y=Y)).X.shape == (6, 4, 4, 1)


def test_groups_of_the_test_split_are_read(tmp_path):
    """The key is groups_test."""
    groups = np.array(list("aabbcc"))
    arrays = {"X": X, "y": Y, "X_test": X[:2], "y_test": Y[:2]}
    found = load(written(tmp_path, **arrays, groups=groups, groups_test=groups[:2]))
    assert found.groups_test.tolist() == ["a", "a"]


@pytest.mark.parametrize("rate", [np.array([1, 2]), np.array("fast")])
def test_a_rate_that_is_no_number_is_refused(tmp_path, rate):
    """One number of samples per second is expected."""
    with pytest.raises(DatasetError, match=r"mine.npz: rate has shape .*expected one number"):
        load(written(tmp_path, X=X / 3, y=Y, rate=rate))


SIGNALS = np.random.default_rng(0).normal(size=(6, 40)).astype(np.float32)


def test_signals_are_resampled_as_recordings_are(tmp_path):
    """From the rate in the file to the one asked for, test signals too."""
    arrays = {"X": SIGNALS, "y": Y, "X_test": SIGNALS[:2], "y_test": Y[:2]}
    found = load(written(tmp_path, **arrays, rate=8_000), rate=16_000)
    expected = resample_poly(SIGNALS.astype(np.float64), 2, 1, axis=1)
    np.testing.assert_allclose(found.X[..., 0], expected, atol=1e-6)
    np.testing.assert_allclose(found.X_test[..., 0], expected[:2], atol=1e-6)
    assert (found.rate, found.notices) == (16_000, ())
    assert found.source == "the file mine.npz; resampled from 8,000 Hz to 16,000 Hz"


def test_signals_of_the_rate_and_length_asked_for_stay_as_they_are(tmp_path):
    """To the last bit, and nothing is said."""
    found = load(written(tmp_path, X=SIGNALS, y=Y, rate=8e3), rate=8_000, n_samples=40)
    np.testing.assert_array_equal(found.X[..., 0], SIGNALS)
    assert found.source == "the file mine.npz"


@pytest.mark.parametrize(("n_samples", "change"), [(30, "cut"), (50, "padded with zeros")])
def test_signals_get_the_length_asked_for(tmp_path, n_samples, change):
    """Cut or padded at the end, all channels alike."""
    both = np.stack([SIGNALS, -SIGNALS], axis=2)
    found = load(written(tmp_path, X=both, y=Y, rate=100), n_samples=n_samples)
    assert found.X.shape == (6, n_samples, 2)
    np.testing.assert_array_equal(found.X[:, :30], both[:, :30])
    assert not found.X[:, 40:].any()
    expected = f"the file mine.npz; {change} at the end from 40 to {n_samples} samples"
    assert found.source == expected


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ({"X": SIGNALS}, {"rate": 8_000}, r"no rate beside it, .*\(rate=8000\): .*rate=…"),
        ({"X": X / 3}, {"n_samples": 9}, r"X has shape .* no rate beside it, .*\(n_samples=9\)"),
        ({"X": SIGNALS[..., None]}, {"rate": 8_000}, "no rate beside it"),
        ({"X": SIGNALS, "rate": 8_000.1}, {"rate": 8_003}, "mine.npz: 8,000.1 Hz cannot be"),
        ({"X": SIGNALS, "rate": 8}, {"n_samples": "all"}, "n_samples='all': must be"),
        ({"X": SIGNALS, "rate": 0}, {"rate": 8}, "mine.npz: rate=0.0: must be a positive number"),
        ({"X": SIGNALS, "rate": 8}, {"rate": "8"}, "rate='8': must be a positive number"),
        ({"X": SIGNALS, "rate": 8}, {"n_samples": 10**9}, "signals would take 24,000,000,000 byte"),
        ({"X": SIGNALS}, {}, "expected .*signals need a rate beside them"),
        ({"X": (9 * SIGNALS).astype(int), "rate": 8}, {"rate": 8}, r"scale signals to \[-1, 1\]"),
    ],
)
def test_what_are_no_such_signals_is_refused(tmp_path, arrays, options, message):
    """Signals without a rate cannot be brought to another, and images are none."""
    with pytest.raises(DatasetError, match=message):
        load(written(tmp_path, y=Y, **arrays), **options)
