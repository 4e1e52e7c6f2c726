"""Signals from a CSV file, one per column."""

import csv
import re
import warnings
from collections import Counter
from pathlib import Path
from typing import TextIO

import numpy as np

from kerascnn.datasets.checks import checked_rate
from kerascnn.datasets.dataset import Dataset, make_dataset
from kerascnn.datasets.errors import MAX_BYTES, DatasetError
from kerascnn.datasets.forms import NSamples, check_n_samples, form_arrays
from kerascnn.datasets.resampling import hertz

# A value takes two characters at least, such as "1,"; in memory it takes 8 bytes, again 4, and
# what NumPy sets aside while it does not know how many lines there are.
BYTES_PER_CHARACTER = 8
SEPARATORS = " _-."  # between a class and a number
HEADER = re.compile(r"(?P<label>[^\W\d_](?:.*\D)?)\d*")


def load_columns(
    path: str | Path,
    name: str | None = None,
    *,
    rate: float | None = None,
    n_samples: NSamples = None,
    max_bytes: int = MAX_BYTES,
) -> Dataset:
    """Return the columns of a CSV file as signals, (n, rows, 1) float32, values as they are.

    The first line names the columns; each further line holds one number per column, separated by
    commas. A column's class is what its name has in front of its digits (see `column_class`), and
    each column is a group of its own. A class that has one column cannot be split: that column
    is left out, which a notice says.

    Args:
        path: the file, in UTF-8.
        name: the dataset's name; the file's name by default.
        rate: the samples per second, which the file does not tell; a notice says that they are
            taken as stated.
        n_samples: the length that signals get, cut or padded with zeros at the end. By default
            they keep the number of rows.
        max_bytes: the most that the numbers may take in memory, in bytes.

    Raises:
        DatasetError: if the file is no such table, holds NaN or infinite values or too many,
            fewer than two rows or fewer than two classes of two columns, or an option is wrong.
    """
    path = Path(path)
    rate = None if rate is None else checked_rate("rate", rate)
    check_n_samples(n_samples)
    _check_size(path, max_bytes)
    headers, table = _read(path)
    labels = [column_class(header) for header in headers]
    kept = _kept(path, labels)
    signals = np.empty((len(kept), len(table), 1), np.float32)
    for row, column in enumerate(kept):  # at once it would take the memory of the table again
        signals[row, :, 0] = table[:, column]
    formed, changes = form_arrays(path, [signals], (None, None), n_samples, max_bytes)
    alone = ", ".join(headers[column] for column in sorted({*range(len(headers))} - {*kept}))
    unasked = [f"columns left out, the only ones of their class: {alone}"] if alone else []
    if rate is not None:
        unasked.append(f"taken as signals at {hertz(rate)}: the file does not tell its rate")
    source = f"the file {path.name}, {len(kept):,} columns of {len(table):,} samples"
    return make_dataset(
        name or path.stem,
        formed[0],
        np.array([labels[column] for column in kept]),
        source="; ".join([source, *changes, *unasked]),
        notices=[f"{path.name}: {each}" for each in unasked],
        groups=[headers[column] for column in kept],
        rate=rate,
    )


def _read(path: Path) -> tuple[list[str], np.ndarray]:
    """Return the names of the columns and the numbers below them, (lines, columns) float64."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first_line = next(csv.reader(file, skipinitialspace=True), [])
            headers = [header.strip() for header in first_line]
            _check_headers(path, headers)
            table = _numbers(file)
    except DatasetError:
        raise
    except (ValueError, csv.Error) as error:
        raise DatasetError(
            f"{path} cannot be read as a table of numbers ({error}): expected one number per "
            "column and line, separated by commas, without gaps"
        ) from error
    _check_table(path, headers, table)
    return headers, table


def column_class(header: str) -> str:
    """Return a column's class: what its name has in front of its digits, "EQ" of "EQ1".

    What separates both is left out: "cat" of "cat_1", "cat-1", "cat.1" and "cat 1".

    Raises:
        DatasetError: if the name does not start with a letter.
    """
    match = HEADER.fullmatch(header)
    if match is None:
        raise DatasetError(f"{header!r} is not the name of a column, such as EQ1")
    return match["label"].rstrip(SEPARATORS)


def _check_size(path: Path, max_bytes: int) -> None:
    size = path.stat().st_size
    if size * BYTES_PER_CHARACTER > max_bytes:
        raise DatasetError(
            f"{path} has {size:,} bytes, whose numbers may take {size * BYTES_PER_CHARACTER:,} "
            f"in memory, more than max_bytes={max_bytes:,}"
        )


def _numbers(file: TextIO) -> np.ndarray:
    """Return the numbers of all further lines, (lines, columns) float64."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "loadtxt: input contained no data", UserWarning)
        return np.loadtxt(file, delimiter=",", comments=None, ndmin=2)


def _check_headers(path: Path, headers: list[str]) -> None:
    if not headers:
        raise DatasetError(f"{path} is empty: its first line must name the columns")
    for header, number in Counter(headers).items():
        try:
            column_class(header)
        except DatasetError as error:
            raise DatasetError(f"{path}: the first line must name the columns: {error}") from None
        if number > 1:
            raise DatasetError(f"{path}: {number} columns are called {header!r}: rename them")


def _check_table(path: Path, headers: list[str], table: np.ndarray) -> None:
    if not table.size:
        raise DatasetError(f"{path} holds no numbers below the names of its columns")
    if table.shape[1] != len(headers):
        raise DatasetError(
            f"{path} names {len(headers)} columns, but its lines hold {table.shape[1]} numbers"
        )
    # Not np.abs(table), which would take the memory of the table again.
    largest = np.maximum(table.max(axis=0), -table.min(axis=0))
    wrong = np.flatnonzero(~(largest <= np.finfo(np.float32).max))
    if len(wrong):
        named = ", ".join(headers[column] for column in wrong)
        raise DatasetError(
            f"{path}: NaN or infinite values in the columns {named}: remove or replace them"
        )
    if len(table) < 2:
        raise DatasetError(
            f"{path} holds one line of numbers: each column is a signal, with a line per sample"
        )


def _kept(path: Path, labels: list[str]) -> list[int]:
    """Return the numbers of the columns whose class has another one, or say that there are few."""
    sizes = Counter(labels)
    kept = [column for column, label in enumerate(labels) if sizes[label] > 1]
    if len({labels[column] for column in kept}) < 2:
        counted = ", ".join(f"{label}: {n}" for label, n in sizes.items())
        raise DatasetError(
            f"{path}: at least 2 classes must have 2 columns or more, but their numbers are "
            f"{counted}: name the columns by class and number, such as EQ1 and EQ2"
        )
    return kept
