"""A dataset: arrays, class names, where they came from, and a fingerprint."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kerascnn.datasets.checks import (
    Kind,
    checked_groups,
    checked_labels,
    checked_rate,
    checked_samples,
    classes,
    kind_of,
)
from kerascnn.datasets.errors import DatasetError


@dataclass(frozen=True)
class Dataset:
    """Images or signals and their labels, ready for an estimator.

    Attributes:
        name: such as "digits".
        X: images, (n, height, width, channels), uint8 (pixels 0–255) or float32 (taken as is);
            or signals, (n, samples, channels), float32.
        y: class indices into `class_names`, (n,) int64.
        class_names: one name per class.
        source: one sentence that says where the data came from.
        fingerprint: SHA-256 (hexadecimal) over dtype, shape and bytes of all arrays, over
            the class names, and over the groups where there are any.
        X_test: samples of a fixed test split like `X`, or None where the data has none.
        y_test: their class indices, or None.
        notices: sentences that a report must show in large letters.
        groups: what samples share beside their class, such as the speaker, the event or the
            station, (n,) strings; samples of one group belong on one side of a split. None
            where nothing is known of it.
        groups_test: the groups of the test split, or None.
        rate: the samples per second of signals; None where it is not known, and for images.
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
    groups: np.ndarray | None = None
    groups_test: np.ndarray | None = None
    rate: float | None = None


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
    groups: np.ndarray | Sequence[str] | None = None,
    groups_test: np.ndarray | Sequence[str] | None = None,
    rate: float | None = None,
) -> Dataset:
    """Check arrays as they were found, bring them into a `Dataset`'s form and fingerprint them.

    Args:
        name: the dataset's name.
        X: images, (n, height, width) or (n, height, width, channels), uint8 or floating point;
            or signals, (n, samples, 1), floating point. With a `rate`, `X` is signals, which
            may then also be (n, samples) or (n, samples, channels).
        labels: (n,) or (n, 1), integers or strings.
        source: see `Dataset`.
        X_test: samples of the test split, in the same form, or None.
        labels_test: their labels, or None.
        class_names: where given, integer labels are indices into them. Otherwise the classes
            are the labels that occur, sorted.
        notices: see `Dataset`.
        groups: one per sample, (n,) strings or integers, or None.
        groups_test: likewise for the test split.
        rate: the samples per second of signals, or None.

    Raises:
        DatasetError: if shapes, lengths, dtypes or values do not fit.
    """
    rate = None if rate is None else checked_rate(f"{name}: rate", rate)
    kind = kind_of(np.asarray(X), rate)
    train = _checked_split(name, kind, "X", X, "y", labels)
    test = None
    if X_test is not None and labels_test is not None:
        test = _checked_split(name, kind, "X_test", X_test, "y_test", labels_test)
        if test[0].shape[1:] != train[0].shape[1:] or test[0].dtype != train[0].dtype:
            held, expected = _describe(test[0], kind), _describe(train[0], kind)
            raise DatasetError(f"{name}: X_test holds {held}, but X holds {expected}")
    elif X_test is not None or labels_test is not None:
        raise DatasetError(f"{name}: X_test and y_test must be given together")
    splits = [train] if test is None else [train, test]
    known, indices = classes(name, [labels for _, labels in splits], class_names)
    y_test = indices[1] if test else None
    samples_test = test[0] if test else None
    counts = [len(train[1]), len(test[1]) if test else 0]
    all_groups = _checked_groups(name, [groups, groups_test], counts)
    return Dataset(
        name=name,
        X=train[0],
        y=indices[0],
        class_names=known,
        source=source,
        fingerprint=fingerprint([train[0], indices[0], samples_test, y_test], known, all_groups),
        X_test=samples_test,
        y_test=y_test,
        notices=tuple(notices),
        groups=all_groups[0],
        groups_test=all_groups[1],
        rate=rate,
    )


def fingerprint(
    arrays: Sequence[np.ndarray | None],
    class_names: Sequence[str],
    groups: Sequence[np.ndarray | None] = (),
) -> str:
    """Return the SHA-256 (hexadecimal) of arrays (dtype, shape, bytes), class names and groups.

    Groups that are None do not count: data without groups has the fingerprint that it had
    before there were any.
    """
    digest = hashlib.sha256()
    for array in arrays:
        if array is None:
            digest.update(b"none;")
        else:
            digest.update(f"{array.dtype.str} {array.shape};".encode())
            digest.update(np.ascontiguousarray(array).data)
    digest.update("\0".join(class_names).encode())
    for split, names in enumerate(groups):
        if names is not None:
            digest.update(f"\0\0groups {split} {names.shape};".encode())
            digest.update("\0".join(names).encode())
    return digest.hexdigest()


def _checked_split(
    name: str, kind: Kind, X_key: str, X: np.ndarray, y_key: str, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return samples with an axis of channels and labels as (n,), or say what is wrong."""
    samples = checked_samples(f"{name}: {X_key}", np.asarray(X), kind)
    labels = checked_labels(f"{name}: {y_key}", np.asarray(labels), kind)
    if len(samples) != len(labels):
        raise DatasetError(
            f"{name}: {X_key} has {len(samples)} {kind.what} but {y_key} has {len(labels)} labels"
        )
    return samples, labels


def _checked_groups(
    name: str, found: Sequence[np.ndarray | Sequence[str] | None], counts: Sequence[int]
) -> list[np.ndarray | None]:
    """Return each split's groups as strings, None where there are none."""
    keys = (f"{name}: groups", f"{name}: groups_test")
    return [
        None if groups is None else checked_groups(key, groups, n)
        for key, groups, n in zip(keys, found, counts, strict=True)
    ]


def _describe(samples: np.ndarray, kind: Kind) -> str:
    return f"{samples.dtype} {kind.what} of {'×'.join(map(str, samples.shape[1:]))}"
