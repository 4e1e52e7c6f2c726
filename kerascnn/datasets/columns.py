"""Signals from a CSV file, one per column."""

import csv
import re
import warnings
from collections import Counter
from pathlib import Path
from typing import TextIO

import numpy as np

from kerascnn.datasets.dataset import Dataset, make_dataset
from kerascnn.datasets.errors import MAX_BYTES, DatasetError

# A value takes two characters at least, such as "1,"; in memory it takes 8 bytes, and again 4.
BYTES_PER_CHARACTER = 6
HEADER = re.compile(r"(?P<label>[^\W\d_](?:.*\D)?)\d*")


def load_columns(
    path: str | Path,
    name: str | None = None,
    *,
    rate: float | None = None,
    max_bytes: int = MAX_BYTES,
) -> Dataset:
    """Return the columns of a CSV file as signals, (n, rows, 1) float32, values as they are.

    The first line names the columns; each further line holds one number per column, separated by
    commas. A column's class is what its name has in front of its digits, and each column is a
    group of its own. A class that has one column cannot be split: that column is left out, which
    a notice says.

    Args:
        path: the file, in UTF-8.
        name: the dataset's name; the file's name by default.
        rate: the samples per second, where known.
        max_bytes: the most that the numbers may take in memory, in bytes.

    Raises:
        DatasetError: if the file is no such table, holds NaN or infinite values or too many,
            or fewer than two classes have two columns.
    """
    path = Path(path)
    _check_size(path, max_bytes)
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
    return _dataset(path, name or path.stem, headers, table, rate)


def column_class(header: str) -> str:
    """Return a column's class: what its name has in front of its digits, "EQ" of "EQ1".

    Raises:
        DatasetError: if the name does not start with a letter.
    """
    match = HEADER.fullmatch(header)
    if match is None:
        raise DatasetError(f"{header!r} is not the name of a column, such as EQ1")
    return match["label"]


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
    wrong = np.flatnonzero(~(np.abs(table) <= np.finfo(np.float32).max).all(axis=0))
    if len(wrong):
        named = ", ".join(headers[column] for column in wrong)
        raise DatasetError(
            f"{path}: NaN or infinite values in the columns {named}: remove or replace them"
        )


def _dataset(
    path: Path, name: str, headers: list[str], table: np.ndarray, rate: float | None
) -> Dataset:
    labels = [column_class(header) for header in headers]
    sizes = Counter(labels)
    kept = [column for column, label in enumerate(labels) if sizes[label] > 1]
    if len({labels[column] for column in kept}) < 2:
        counted = ", ".join(f"{label}: {n}" for label, n in sizes.items())
        raise DatasetError(
            f"{path}: at least 2 classes must have 2 columns or more, but their numbers are "
            f"{counted}: name the columns by class and number, such as EQ1 and EQ2"
        )
    alone = [header for header, label in zip(headers, labels, strict=True) if sizes[label] == 1]
    left_out = f"columns left out, the only ones of their class: {', '.join(alone)}"
    source = f"the file {path.name}, {len(kept):,} columns of {len(table):,} samples"
    return make_dataset(
        name,
        np.ascontiguousarray(table[:, kept].T, np.float32)[..., np.newaxis],
        np.array([labels[column] for column in kept]),
        source="; ".join([source, left_out] if alone else [source]),
        notices=[f"{path.name}: {left_out}"] if alone else [],
        groups=[headers[column] for column in kept],
        rate=rate,
    )
