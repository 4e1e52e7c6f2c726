"""Fields without labels, from `.npz` files, the right ones and the others."""

import numpy as np
import pytest

from kerascnn.datasets import DatasetError
from kerascnn.datasets.fields import load_fields

FIELDS = np.random.default_rng(0).normal(280, 10, (30, 4, 6))


def written(path, **arrays):
    """Write the arrays as an .npz file and return its path."""
    np.savez(path / "weather.npz", **arrays)
    return path / "weather.npz"


@pytest.mark.parametrize("arrays", [{"t2m": FIELDS}, {"X": FIELDS, "time": np.arange(30)}])
def test_the_last_fields_are_the_test_split(tmp_path, arrays):
    """Of the only array, or of the one called X; in their order."""
    found = load_fields(written(tmp_path, **arrays))
    assert found.X.dtype == np.float32
    np.testing.assert_array_equal(found.X[..., 0], FIELDS[:24].astype(np.float32))
    np.testing.assert_array_equal(found.X_test[..., 0], FIELDS[24:].astype(np.float32))
    assert (found.name, found.class_names) == ("weather", ("field",))
    assert "last 6 fields are the test split" in found.source


def test_other_values_have_another_fingerprint(tmp_path):
    """Results depend on them."""
    first = load_fields(written(tmp_path, a=FIELDS)).fingerprint
    assert load_fields(written(tmp_path, a=FIELDS + 1)).fingerprint != first


def test_whole_numbers_are_fields_as_well(tmp_path):
    """Of any signed or unsigned kind."""
    found = load_fields(written(tmp_path, a=np.arange(600).reshape(25, 4, 6)))
    assert found.X.max() == 479


def test_a_file_with_labels_holds_no_fields(tmp_path):
    """It is a dataset for `kerascnn.datasets.load`."""
    assert load_fields(written(tmp_path, X=FIELDS, y=np.arange(30))) is None


WRONG = {
    "two arrays": ({"a": FIELDS, "b": FIELDS}, r"holds 2 arrays \(a, b\), but one of fields"),
    "no arrays": ({}, "holds 0 arrays"),
    "a single field": ({"a": FIELDS[0]}, r"shape \(4, 6\) .* expected fields, \(n, height"),
    "complex numbers": ({"a": FIELDS * 1j}, "dtype complex128"),
    "text": ({"a": FIELDS.astype(str)}, "real numbers"),
    "too few": ({"a": FIELDS[:19]}, "holds 19 fields: at least 20"),
    "gaps": ({"a": np.where(FIELDS > 300, np.nan, FIELDS)}, "NaN or infinite"),
    "nothing but one value": ({"a": np.full((30, 4, 6), 7.0)}, r"nothing but 7\.0"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_holds_no_fields_is_refused(tmp_path, name):
    """With the file, what it holds, and what is needed."""
    arrays, message = WRONG[name]
    with pytest.raises(DatasetError, match=rf"weather\.npz .*{message}"):
        load_fields(written(tmp_path, **arrays))
