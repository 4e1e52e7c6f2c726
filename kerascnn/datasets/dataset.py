"""A dataset: arrays, class names, where they came from, and a fingerprint."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MAX_BYTES = 4 * 2**30  # what a file may unpack to unless the user allows more


class DatasetError(ValueError):
    """A dataset is not available or cannot be used; the message names the remedy."""


@dataclass(frozen=True)
class Dataset:
    """Images and labels, ready for an estimator.

    Attributes:
        name: such as "digits".
        X: images, (n, height, width, channels), uint8 (pixels 0–255) or float32 (taken as is).
        y: class indices into `class_names`, (n,) int64.
        class_names: one name per class.
        source: one sentence that says where the data came from.
        fingerprint: SHA-256 (hexadecimal) over dtype, shape and bytes of all arrays and over
            the class names.
        X_test: images of a fixed test split like `X`, or None where the data has none.
        y_test: their class indices, or None.
        notices: sentences that a report must show in large letters.
    """

    name: str
    X: np.ndarray
    y: np.ndarray
    class_names: tuple[str, ...]
    source: str
    fingerprint: str
    X_test: np.ndarray | None = None
    y_test: np.ndarray | None = None
    notices: tuple[str, ...] = ()


def make_dataset(
    name: str,
    X: np.ndarray,
    labels: np.ndarray,
    *,
    source: str,
    X_test: np.ndarray | None = None,
    labels_test: np.ndarray | None = None,
    class_names: Sequence[str] | None = None,
    notices: Sequence[str] = (),
) -> Dataset:
    """Check arrays as they were found, bring them into a `Dataset`'s form and fingerprint them.

    Args:
        name: the dataset's name.
        X: images, (n, height, width) or (n, height, width, channels), uint8 or floating point.
        labels: (n,) or (n, 1), integers or strings.
        source: see `Dataset`.
        X_test: images of the test split, in the same form, or None.
        labels_test: their labels, or None.
        class_names: where given, integer labels are indices into them. Otherwise the classes
            are the labels that occur, sorted.
        notices: see `Dataset`.

    Raises:
        DatasetError: if shapes, lengths, dtypes or values do not fit.
    """
    train = _checked_split(name, "X", X, "y", labels)
    test = None
    if X_test is not None and labels_test is not None:
        test = _checked_split(name, "X_test", X_test, "y_test", labels_test)
        if test[0].shape[1:] != train[0].shape[1:] or test[0].dtype != train[0].dtype:
            raise DatasetError(
                f"{name}: X_test holds {_describe(test[0])}, but X holds {_describe(train[0])}"
            )
    elif X_test is not None or labels_test is not None:
        raise DatasetError(f"{name}: X_test and y_test must be given together")
    splits = [train] if test is None else [train, test]
    known, indices = _classes(name, [labels for _, labels in splits], class_names)
    y_test = indices[1] if test else None
    images_test = test[0] if test else None
    return Dataset(
        name=name,
        X=train[0],
        y=indices[0],
        class_names=known,
        source=source,
        fingerprint=fingerprint([train[0], indices[0], images_test, y_test], known),
        X_test=images_test,
        y_test=y_test,
        notices=tuple(notices),
    )


def fingerprint(arrays: Sequence[np.ndarray | None], class_names: Sequence[str]) -> str:
    """Return the SHA-256 (hexadecimal) of arrays (dtype, shape, bytes) and class names."""
    digest = hashlib.sha256()
    for array in arrays:
        if array is None:
            digest.update(b"none;")
        else:
            digest.update(f"{array.dtype.str} {array.shape};".encode())
            digest.update(np.ascontiguousarray(array).data)
    digest.update("\0".join(class_names).encode())
    return digest.hexdigest()


def _checked_split(
    name: str, image_key: str, X: np.ndarray, label_key: str, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return images as (n, height, width, channels) and labels as (n,), or say what is wrong."""
    images = _checked_images(f"{name}: {image_key}", np.asarray(X))
    labels = _checked_labels(f"{name}: {label_key}", np.asarray(labels))
    if len(images) != len(labels):
        raise DatasetError(
            f"{name}: {image_key} has {len(images)} images but {label_key} has {len(labels)} labels"
        )
    return images, labels


def _checked_images(what: str, X: np.ndarray) -> np.ndarray:
    if X.ndim not in (3, 4):
        raise DatasetError(
            f"{what} has shape {X.shape}: expected (n, height, width) or "
            "(n, height, width, channels)"
        )
    if 0 in X.shape:
        raise DatasetError(f"{what} has shape {X.shape}: it holds no pixels")
    if X.dtype != np.uint8 and not np.issubdtype(X.dtype, np.floating):
        raise DatasetError(
            f"{what} has dtype {X.dtype}: store pixels from 0 to 255 as uint8, "
            "other values as float32"
        )
    if X.dtype != np.uint8:
        X = X.astype(np.float32, copy=False)
        if not np.isfinite(X).all():
            raise DatasetError(f"{what} holds NaN or infinite values: remove or replace them")
    return np.ascontiguousarray(X[..., np.newaxis] if X.ndim == 3 else X)


def _checked_labels(what: str, labels: np.ndarray) -> np.ndarray:
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise DatasetError(
            f"{what} has shape {labels.shape}: expected one label per image, (n,); "
            "turn one-hot rows into labels with argmax"
        )
    if labels.dtype.kind not in "iubU":
        raise DatasetError(f"{what} has dtype {labels.dtype}: labels must be integers or strings")
    return labels


def _classes(
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


def _check_number(name: str, classes: Sequence[str] | np.ndarray) -> None:
    if len(classes) < 2:
        raise DatasetError(
            f"{name}: there is one class, {str(classes[0])!r}: at least 2 are needed"
        )


def _check_range(name: str, labels: np.ndarray, n_classes: int) -> None:
    if labels.min() < 0 or labels.max() >= n_classes:
        raise DatasetError(
            f"{name}: labels run from {labels.min()} to {labels.max()}, but there are "
            f"{n_classes} class names (0 to {n_classes - 1})"
        )


def _describe(images: np.ndarray) -> str:
    return f"{images.dtype} images of {'×'.join(map(str, images.shape[1:]))}"
