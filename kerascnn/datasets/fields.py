"""Fields without labels, such as maps of the weather, from an `.npz` file."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kerascnn.datasets.dataset import Dataset, fingerprint
from kerascnn.datasets.errors import MAX_BYTES, DatasetError
from kerascnn.datasets.npz import read_members

LABELS = ("y", "y_train")
FEWEST = 20
HOW_TO_SAVE = "save one with np.savez(path, X=fields)"


def load_fields(
    path: str | Path, *, test_size: float = 0.2, max_bytes: int = MAX_BYTES
) -> Dataset | None:
    """Return the fields in an `.npz` file; None if it holds labels, and so is a labelled dataset.

    Args:
        path: a file with one array, (n, height, width) real numbers, in the order of time where
            they have one; if there are others, that of the key `X`.
        test_size: the share of fields, the last ones, that is the test split, in (0, 1): fields
            close in time are alike, and a test split among them would be no test.
        max_bytes: the most that the array may take in memory, in bytes.

    Returns:
        A dataset of one class, `X` and `X_test` (n, height, width, 1) float32.

    Raises:
        DatasetError: if the file is damaged or holds no such array.
    """
    path = Path(path)
    arrays = read_members(path, lambda held: _member(path, held), max_bytes=max_bytes)
    if not arrays:
        return None
    fields = _checked(path, arrays["X"])
    n_train = len(fields) - max(1, round(test_size * len(fields)))
    X, X_test = fields[:n_train], fields[n_train:]
    y, y_test = np.zeros(len(X), np.int64), np.zeros(len(X_test), np.int64)
    names = ("field",)
    return Dataset(
        name=path.stem,
        X=X,
        y=y,
        class_names=names,
        source=f"the file {path.name}; its last {len(X_test):,} fields are the test split",
        fingerprint=fingerprint([X, y, X_test, y_test], names),
        X_test=X_test,
        y_test=y_test,
    )


def _member(path: Path, held: Mapping[str, str]) -> dict[str, str]:
    """Return the member that holds the fields; none if there are labels."""
    if any(name in held for name in LABELS):
        return {}
    if "X" in held:
        return {"X": held["X"]}
    if len(held) != 1:
        raise DatasetError(
            f"{path} holds {len(held)} arrays ({', '.join(sorted(held))}), but one of fields is "
            f"needed: {HOW_TO_SAVE}"
        )
    return {"X": next(iter(held.values()))}


def _checked(path: Path, found: np.ndarray) -> np.ndarray:
    """Return fields as (n, height, width, 1) float32, or say what is wrong."""
    if found.ndim != 3 or found.dtype.kind not in "iuf":
        raise DatasetError(
            f"{path} holds an array of shape {found.shape} and dtype {found.dtype}: expected "
            f"fields, (n, height, width) real numbers; {HOW_TO_SAVE}"
        )
    if len(found) < FEWEST:
        raise DatasetError(f"{path} holds {len(found)} fields: at least {FEWEST} are needed")
    if not np.isfinite(found).all():
        raise DatasetError(f"{path} holds NaN or infinite values: remove or replace them")
    if found.min() == found.max():
        raise DatasetError(f"{path} holds fields of nothing but {found.flat[0]}")
    return np.ascontiguousarray(found[..., np.newaxis], np.float32)
