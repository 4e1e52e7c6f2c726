"""Columns of a CSV file as signals."""

import tracemalloc

import numpy as np
import pytest

from kerascnn.datasets import DatasetError, load
from kerascnn.datasets.columns import BYTES_PER_CHARACTER, column_class

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


def test_a_stated_rate_is_taken_with_a_notice(tmp_path):
    """The file itself does not tell it, so nothing is resampled."""
    found = load(written(tmp_path, header="EQ1,EQ2,EX1,EX2,EX3"), rate=100)
    assert (found.rate, found.X.shape) == (100, (5, 30, 1))
    taken = "taken as signals at 100 Hz: the file does not tell its rate"
    assert found.notices == (f"events.csv: {taken}",)
    assert found.source.endswith(f"; {taken}")


@pytest.mark.parametrize("rate", ["50", True, 0, -1, float("nan")])
def test_a_rate_that_is_no_number_is_refused(tmp_path, rate):
    """With its value."""
    with pytest.raises(DatasetError, match=f"rate={rate!r}: must be a positive number of samples"):
        load(written(tmp_path), rate=rate)


@pytest.mark.parametrize(("n_samples", "change"), [(20, "cut"), (40, "padded with zeros")])
def test_signals_get_the_length_asked_for(tmp_path, n_samples, change):
    """As recordings do."""
    found = load(written(tmp_path), n_samples=n_samples)
    expected = np.zeros((4, n_samples), np.float32)
    expected[:, :30] = ROWS.T[:4, :n_samples]
    np.testing.assert_array_equal(found.X[..., 0], expected)
    assert f"; {change} at the end from 30 to {n_samples} samples" in found.source


@pytest.mark.parametrize("separator", ["_", "-", ".", " "])
def test_what_separates_class_and_number_is_no_part_of_the_class(tmp_path, separator):
    """cat_1 is a cat."""
    header = ",".join(f"{name}{separator}{n}" for name in ("cat", "dog") for n in (1, 2))
    found = load(written(tmp_path, header=header, rows=ROWS[:, :4]))
    assert found.class_names == ("cat", "dog")
    assert found.groups[0] == f"cat{separator}1"


def test_one_line_of_numbers_is_no_signal(tmp_path):
    """A signal of one sample would be taken for an image of one pixel."""
    with pytest.raises(DatasetError, match="holds one line of numbers: each column is a signal"):
        load(written(tmp_path, rows=ROWS[:1]))


def test_reading_a_table_takes_no_more_memory_than_its_size_is_reckoned_at(tmp_path):
    """Short numbers take most, beside their text."""
    path = tmp_path / "events.csv"
    path.write_text("EQ1,EQ2,EX1,EX2\n" + "1,2,3,4\n" * 50_000)
    tracemalloc.start()
    load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < BYTES_PER_CHARACTER * path.stat().st_size


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
        ("EQ1,EQ2,NZ\n1,2,3\n4,5,6\n", "at least 2 classes must have 2 columns .*EQ: 2, NZ: 1"),
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
