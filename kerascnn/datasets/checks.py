"""Arrays as they were found: their form, labels and groups checked, one clear error otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerascnn.datasets.errors import DatasetError


@dataclass(frozen=True)
class Kind:
    """What samples are: images or signals.

    Attributes:
        what: the plural.
        shapes: the shapes of an array of them.
        n_axes: the numbers of axes of those shapes; the first lacks the one of channels.
        values: what an array of them holds.
    """

    what: str
    shapes: str
    n_axes: tuple[int, int]
    values: str


IMAGES = Kind("images", "(n, height, width) or (n, height, width, channels)", (3, 4), "pixels")
SIGNALS = Kind("signals", "(n, samples) or (n, samples, channels)", (2, 3), "samples")


def kind_of(X: np.ndarray, rate: float | None) -> Kind:
    """Tell signals from images: signals have a rate, or the shape (n, samples, 1).

    (n, height, width) are grey images where the width is more than one pixel.
    """
    is_column = X.ndim == 3 and X.shape[2] == 1 and X.shape[1] > 1
    return SIGNALS if rate is not None or is_column else IMAGES


def checked_rate(what: str, rate: Any) -> float:
    """Return a sampling rate, or say why it is none."""
    if not is_number(rate) or not rate > 0:
        raise DatasetError(f"{what}={rate!r}: must be a positive number of samples per second")
    return float(rate)


def is_number(value: Any) -> bool:
    """Tell whether a value is a finite number, not True or False."""
    is_real = isinstance(value, (int, float, np.integer, np.floating))
    return is_real and not isinstance(value, bool) and bool(np.isfinite(value))


def checked_samples(what: str, X: np.ndarray, kind: Kind) -> np.ndarray:
    """Return images or signals, contiguous and with an axis of channels, uint8 or float32."""
    if X.ndim not in kind.n_axes:
        hint = "; signals need a rate beside them" if kind is IMAGES and X.ndim == 2 else ""
        raise DatasetError(f"{what} has shape {X.shape}: expected {kind.shapes}{hint}")
    if 0 in X.shape:
        raise DatasetError(f"{what} has shape {X.shape}: it holds no {kind.values}")
    _check_dtype(what, X.dtype, kind)
    if X.dtype != np.uint8:
        X = X.astype(np.float32, copy=False)
        if not np.isfinite(X).all():
            raise DatasetError(f"{what} holds NaN or infinite values: remove or replace them")
    return np.ascontiguousarray(X[..., np.newaxis] if X.ndim == kind.n_axes[0] else X)


def _check_dtype(what: str, dtype: np.dtype, kind: Kind) -> None:
    if np.issubdtype(dtype, np.floating):
        return
    if kind is SIGNALS:
        raise DatasetError(f"{what} has dtype {dtype}: scale signals to [-1, 1], as float32")
    if dtype != np.uint8:
        raise DatasetError(
            f"{what} has dtype {dtype}: store pixels from 0 to 255 as uint8, "
            "other values as float32"
        )


def checked_labels(what: str, labels: np.ndarray, kind: Kind) -> np.ndarray:
    """Return labels as (n,) integers or strings."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise DatasetError(
            f"{what} has shape {labels.shape}: expected one label per {kind.what[:-1]}, (n,); "
            "turn one-hot rows into labels with argmax"
        )
    if labels.dtype.kind not in "iubU":
        raise DatasetError(f"{what} has dtype {labels.dtype}: labels must be integers or strings")
    return labels


def checked_groups(what: str, groups: np.ndarray | Sequence[str], n: int) -> np.ndarray:
    """Return groups as (n,) strings; integers become strings."""
    groups = np.asarray(groups)
    if groups.shape != (n,):
        raise DatasetError(f"{what} has shape {groups.shape}: expected one per sample, ({n},)")
    if groups.dtype.kind not in "iuU":
        raise DatasetError(f"{what} has dtype {groups.dtype}: groups must be strings or integers")
    return groups.astype(str)


def classes(
    name: str, labels: list[np.ndarray], class_names: Sequence[str] | None
) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """Return the class names and, for each array of labels, its indices into them (int64)."""
    if class_names is not None and labels[0].dtype.kind in "iu":
        for split in labels:
            _check_range(name, split, len(class_names))
        _check_number(name, class_names)
        return tuple(class_names), [split.astype(np.int64) for split in labels]
    found, indices = np.unique(np.concatenate(labels), return_inverse=True)
    _check_number(name, found)
    starts = np.cumsum([len(split) for split in labels])[:-1]
    return tuple(map(str, found)), np.split(indices.astype(np.int64), starts)


def _check_number(name: str, known: Sequence[str] | np.ndarray) -> None:
    if len(known) < 2:
        raise DatasetError(f"{name}: there is one class, {str(known[0])!r}: at least 2 are needed")


def _check_range(name: str, labels: np.ndarray, n_classes: int) -> None:
    if labels.min() < 0 or labels.max() >= n_classes:
        raise DatasetError(
            f"{name}: labels run from {labels.min()} to {labels.max()}, but there are "
            f"{n_classes} class names (0 to {n_classes - 1})"
        )
