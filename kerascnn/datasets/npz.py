"""Arrays from an `.npz` file, read without trusting it.

An `.npz` file is a zip of `.npy` members. A member may hold pickled objects, which run code when
they are loaded, or declare far more data than the file is large; both are seen in the headers
and refused before anything is unpacked.
"""

import math
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from kerascnn.datasets.checks import SIGNALS, checked_rate, checked_samples, kind_of
from kerascnn.datasets.dataset import Dataset, make_dataset
from kerascnn.datasets.errors import MAX_BYTES, DatasetError
from kerascnn.datasets.forms import NSamples, check_n_samples, form_arrays

KEYS = {
    "X": ("X", "x", "X_train", "x_train"),
    "y": ("y", "y_train"),
    "X_test": ("X_test", "x_test"),
    "y_test": ("y_test",),
    "class_names": ("class_names",),
    "groups": ("groups",),
    "groups_test": ("groups_test",),
    "rate": ("rate",),
}
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


def load_npz(
    path: str | Path,
    name: str | None = None,
    *,
    class_names: Sequence[str] | None = None,
    rate: float | None = None,
    n_samples: NSamples = None,
    max_bytes: int = MAX_BYTES,
) -> Dataset:
    """Return the dataset in an `.npz` file.

    Args:
        path: a file with the keys `X` (or `x`, `x_train`) and `y` (or `y_train`), and where it
            has a test split `X_test` (or `x_test`) and `y_test`; optionally `class_names`, the
            strings that integer labels index, and `groups` and `groups_test`. `X` is signals
            if the file has a key `rate`, their samples per second, or if `X` is (n, samples, 1);
            of three axes it is grey images otherwise. See `make_dataset` for shapes and dtypes.
        name: the dataset's name; the file's name by default.
        class_names: what integer labels index where the file has no `class_names`.
        rate: samples per second to resample signals to, as WAV files are; the file must state
            their own. By default they keep it.
        n_samples: the length that signals get, cut or padded with zeros at the end. By default
            they keep theirs.
        max_bytes: the most that the arrays may take in memory, in bytes, and again the signals
            that are made of them.

    Raises:
        DatasetError: if the file is damaged, lacks a key, holds pickled objects, unpacks to
            more than `max_bytes`, its arrays do not fit together, or it holds no signals where
            a rate or a length is asked for.
    """
    path = Path(path)
    arrays = read_npz(path, max_bytes=max_bytes)
    if "class_names" in arrays:
        class_names = [str(each) for each in np.atleast_1d(arrays["class_names"])]
    own_rate = _rate(path, arrays["rate"]) if "rate" in arrays else None
    changes = []
    if rate is not None or n_samples is not None:
        changes = _form(path, arrays, own_rate, rate, n_samples, max_bytes)
    return make_dataset(
        name or path.stem,
        arrays["X"],
        arrays["y"],
        source="; ".join([f"the file {path.name}", *changes]),
        X_test=arrays.get("X_test"),
        labels_test=arrays.get("y_test"),
        class_names=class_names,
        groups=arrays.get("groups"),
        groups_test=arrays.get("groups_test"),
        rate=rate or own_rate,
    )


def _form(
    path: Path,
    arrays: dict[str, np.ndarray],
    own_rate: float | None,
    rate: float | None,
    n_samples: NSamples,
    max_bytes: int,
) -> list[str]:
    """Bring the signals in `arrays` to a rate and a length; return words for what was done."""
    rate = None if rate is None else checked_rate("rate", rate)
    check_n_samples(n_samples)
    if own_rate is None and (rate is not None or kind_of(arrays["X"], None) is not SIGNALS):
        asked = f"rate={rate:g}" if rate is not None else f"n_samples={n_samples!r}"
        raise DatasetError(
            f"{path}: X has shape {arrays['X'].shape} and no rate beside it, but signals were "
            f"asked for ({asked}): save them with np.savez(path, X=signals, y=labels, rate=…), "
            "signals as (n, samples) and rate as their samples per second"
        )
    keys = [key for key in ("X", "X_test") if key in arrays]
    held = [checked_samples(f"{path}: {key}", arrays[key], SIGNALS) for key in keys]
    if len({signals.shape[1:] for signals in held}) > 1:
        return []  # what is wrong with X_test is said where it is made a dataset
    formed, changes = form_arrays(path, held, (own_rate, rate), n_samples, max_bytes)
    arrays.update(zip(keys, formed, strict=True))
    return changes


def _rate(path: Path, found: np.ndarray) -> float:
    if found.size != 1 or found.dtype.kind not in "iuf":
        raise DatasetError(
            f"{path}: rate has shape {found.shape} and dtype {found.dtype}: expected one number, "
            "the samples per second of the signals in X"
        )
    return checked_rate(f"{path}: rate", float(found.item()))


def read_npz(path: Path, *, max_bytes: int = MAX_BYTES) -> dict[str, np.ndarray]:
    """Return the arrays of an `.npz` file under the names of `KEYS`; for errors see `load_npz`."""
    return read_members(path, lambda held: _members(path, held), max_bytes=max_bytes)


def read_members(
    path: Path,
    choose: Callable[[Mapping[str, str]], Mapping[str, str]],
    *,
    max_bytes: int = MAX_BYTES,
) -> dict[str, np.ndarray]:
    """Return some arrays of an `.npz` file.

    Args:
        path: the file.
        choose: returns names and the members to read as these, given all members by their keys;
            raises DatasetError if one is missing.
        max_bytes: the most that the arrays may take in memory, in bytes.

    Raises:
        DatasetError: if the file is damaged, holds pickled objects, or unpacks to more.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = choose({Path(member).stem: member for member in archive.namelist()})
            total = sum(_checked_size(path, archive, member) for member in members.values())
            if total > max_bytes:
                raise DatasetError(
                    f"{path} unpacks to {total:,} bytes, more than max_bytes={max_bytes:,}"
                )
            return {key: _read(archive, member) for key, member in members.items()}
    except DatasetError:
        raise
    except DAMAGED as error:
        raise DatasetError(
            f"{path} is damaged or not fully downloaded ({error}): fetch or save it again"
        ) from error


def _members(path: Path, held: Mapping[str, str]) -> dict[str, str]:
    """Return for each of `KEYS` that the file has the name of its member."""
    found = {
        key: held[spelling]
        for key, spellings in KEYS.items()
        for spelling in spellings[::-1]
        if spelling in held
    }
    missing = [key for key in ("X", "y") if key not in found]
    if missing:
        raise DatasetError(
            f"{path} has no {' and no '.join(missing)}: its keys are "
            f"{', '.join(sorted(held)) or 'none'}; save it with np.savez(path, X=images, y=labels)"
        )
    return found


def _checked_size(path: Path, archive: zipfile.ZipFile, member: str) -> int:
    """Return a member's size in memory, in bytes, once its header has been found harmless."""
    with archive.open(member) as file:
        shape, dtype = _header(file)
        start = file.tell()
    if dtype.hasobject:
        raise DatasetError(
            f"{path}: {Path(member).stem} holds pickled objects, which could run code when "
            "loaded: save numbers or strings (dtype=str) instead"
        )
    size = math.prod(shape) * dtype.itemsize
    if start + size != archive.getinfo(member).file_size:
        raise ValueError(f"{member} does not hold the {size:,} bytes that its header states")
    return size


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(file)
    return shape, dtype


def _read(archive: zipfile.ZipFile, member: str) -> np.ndarray:
    with archive.open(member) as file:
        return npy.read_array(file, allow_pickle=False)
