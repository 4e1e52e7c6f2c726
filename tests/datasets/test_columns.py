"""Columns of a CSV file as signals."""

import numpy as np
import pytest

from kerascnn.datasets import DatasetError, load
from kerascnn.datasets.columns import column_class

ROWS = np.random.default_rng(0).normal(size=(30, 5))


def written(path, header="EQ1,EQ2,EX1,EX2,NZ", rows=ROWS):
    """Write a table and return its path."""
    lines = [",".join(map(repr, map(float, row))) for row in rows]
    (path / "events.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path / "events.csv"


def test_each_column_is_a_signal_of_its_own_group(tmp_path):
    """Values as they are written, classes in front of the digits."""
    found = load(written(tmp_path, header="EQ1,EX2,EQ2,EX1,EX10"))
    assert found.X.dtype == np.float32
    np.testing.assert_array_equal(found.X[..., 0], ROWS.T.astype(np.float32))
    assert (found.class_names, found.y.tolist()) == (("EQ", "EX"), [0, 1, 0, 1, 1])
    assert found.groups.tolist() == ["EQ1", "EX2", "EQ2", "EX1", "EX10"]
    assert (found.name, found.notices, found.rate) == ("events", (), None)
    assert found.source == "the file events.csv, 5 columns of 30 samples"


def test_the_only_column_of_a_class_is_left_out_with_a_notice(tmp_path):
    """It cannot be both learned from and tested on."""
    found = load(written(tmp_path))
    assert (found.X.shape, found.class_names) == ((4, 30, 1), ("EQ", "EX"))
    left_out = "columns left out, the only ones of their class: NZ"
    assert found.notices == (f"events.csv: {left_out}",)
    assert left_out in found.source


def test_the_rate_may_be_stated(tmp_path):
    """The file itself does not tell it."""
    assert load(written(tmp_path), rate=100).rate == 100


def test_names_may_be_quoted_and_follow_a_byte_order_mark(tmp_path):
    """As spreadsheets write them."""
    path = written(tmp_path, header='\ufeff"EQ1", "EQ2","EX1","EX2","NZ"')
    assert load(path).groups.tolist() == ["EQ1", "EQ2", "EX1", "EX2"]


@pytest.mark.parametrize(
    ("header", "expected"), [("EQ1", "EQ"), ("NZ", "NZ"), ("a2b10", "a2b"), ("Ä12", "Ä")]
)
def test_a_class_is_what_stands_in_front_of_the_digits(header, expected):
    """Digits at the end count the columns of a class."""
    assert column_class(header) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty: its first line must name the columns"),
        ("EQ1,EQ2\n", "holds no numbers below"),
        ("0.5,0.25\n1,2\n", "first line must name the columns: '0.5' is not the name"),
        ("EQ1,EQ1\n1,2\n", "2 columns are called 'EQ1': rename them"),
        ("EQ1;EQ2\n1;2\n", "cannot be read as a table of numbers"),
        ("EQ1,EQ2\n1,2\n1,\n", r"cannot be read as a table of numbers \(.*row 1"),
        ("EQ1,EQ2\n1,2\n1,2,3\n", r"cannot be read as a table of numbers \(.*columns"),
        ("EQ1,EQ2\n1,2,3\n", "names 2 columns, but its lines hold 3 numbers"),
        ("EQ1,EQ2\n1,nan\n", "NaN or infinite values in the columns EQ2"),
        ("EQ1,EQ2\n1,1e999\n", "NaN or infinite values in the columns EQ2"),
        ("EQ1,EQ2\n1,1e300\n", "NaN or infinite values in the columns EQ2"),
        ("EQ1,EQ2,NZ\n1,2,3\n", "at least 2 classes must have 2 columns .*EQ: 2, NZ: 1"),
        ("\xff\xfe", "cannot be read as a table of numbers"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(tmp_path, text, message):
    """One error names the file and what is wrong with it."""
    (tmp_path / "events.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(DatasetError, match=f"events.csv.*{message}"):
        load(tmp_path / "events.csv")


def test_a_file_that_would_fill_the_memory_is_refused(tmp_path):
    """Its size is looked at before it is read."""
    with pytest.raises(DatasetError, match="more than max_bytes=1,000"):
        load(written(tmp_path), max_bytes=1_000)
