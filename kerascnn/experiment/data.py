"""An experiment's data: loaded, cut to size, the test split set aside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kerascnn import datasets
from kerascnn.datasets import Dataset


@dataclass(frozen=True)
class Split:
    """The samples that may be learned from, and those kept for one final figure.

    Attributes:
        dataset: where they come from, holding the same samples; its fingerprint is that of the
            whole data.
        X: training images, (n, height, width, channels).
        y: their class indices, (n,).
        X_test: test images.
        y_test: their class indices.
    """

    dataset: Dataset
    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray

    @property
    def origin(self) -> dict[str, Any]:
        """Where the samples come from, and how many there are."""
        return {
            "name": self.dataset.name,
            "source": self.dataset.source,
            "training images": " × ".join(str(size) for size in self.X.shape),
            "test images": len(self.y_test),
            "fingerprint": self.dataset.fingerprint,
        }

    @property
    def notices(self) -> tuple[str, ...]:
        """The sentences about the data that a report must show in large letters."""
        return tuple(self.dataset.notices)

    def without_training_images(self) -> "Split":
        """Return what is left to do with after training: `X` is empty, also the dataset's.

        Training images may be most of the memory that a report would otherwise be made beside.
        """
        nothing = np.empty((0, *self.X.shape[1:]), self.X.dtype)
        return replace(self, X=nothing, dataset=replace(self.dataset, X=nothing))


def load_split(
    name_or_path: str,
    *,
    like: str,
    test_size: float,
    n_train: int | None,
    n_test: int | None,
    seed: int,
    by_group: bool = False,
    options: Mapping[str, Any] | None = None,
) -> Split:
    """Load a dataset and return its training and test samples.

    Args:
        name_or_path: see `kerascnn.datasets.load`.
        like: the dataset that synthetic data stands in for.
        test_size: the share of test samples where the data has no fixed test split, in (0, 1).
        n_train: the number of training samples, drawn by class share; None or too many for all.
        n_test: likewise for the test samples.
        seed: of the random choices.
        by_group: whether all samples of a group, such as a speaker, are on one side; about the
            share `test_size` of the groups is held out. A fixed test split must keep groups apart.
        options: of the data's loader, such as the rate of sounds.

    Raises:
        ValueError: if the data is not available, or cannot be split so.
    """
    dataset = load_dataset(name_or_path, like, options or {})
    return split_dataset(
        dataset, test_size=test_size, n_train=n_train, n_test=n_test, seed=seed, by_group=by_group
    )


def load_dataset(name_or_path: str, like: str, options: Mapping[str, Any]) -> Dataset:
    """Load a dataset; for arguments and errors see `load_split`."""
    chosen = {"like": like} if name_or_path == "synthetic" else dict(options)
    return datasets.load(name_or_path, **chosen)


def split_dataset(
    dataset: Dataset,
    *,
    test_size: float,
    n_train: int | None,
    n_test: int | None,
    seed: int,
    by_group: bool = False,
) -> Split:
    """Return a dataset's training and test samples; for arguments and errors see `load_split`."""
    train, test = _split(dataset, test_size, seed, by_group=by_group)
    train, test = train.drawn(n_train, seed), test.drawn(n_test, seed)
    # The samples that were not drawn may be most of the memory; nothing needs them any more.
    drawn = replace(
        dataset,
        X=train.X,
        y=train.y,
        groups=train.groups,
        X_test=test.X,
        y_test=test.y,
        groups_test=test.groups,
        notices=(*dataset.notices, *notices_of_untold(dataset, train.y, test.y)),
    )
    return Split(drawn, train.X, train.y, test.X, test.y)


def notices_of_untold(dataset: Dataset, y: np.ndarray, y_test: np.ndarray) -> list[str]:
    """Return a sentence on classes that are tested but not trained on, if there are any.

    Args:
        dataset: whose classes they are.
        y: class indices that are trained on.
        y_test: class indices that are tested.
    """
    untold = [dataset.class_names[label] for label in np.setdiff1d(y_test, y)]
    if not untold:
        return []
    return [
        f"All samples of {', '.join(untold)} are held out, so nothing is trained on "
        f"{'this class' if len(untold) == 1 else 'these classes'} and none of them is told."
    ]


def split_rows(
    dataset: Dataset, *, test_size: float, seed: int, by_group: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to learn from and those held out; for arguments and errors see `load_split`.

    The data has no test split of its own.
    """
    if by_group:
        return _rows_by_group(dataset, test_size, seed)
    return _drawn_rows(dataset.name, dataset.y, seed, test_size=test_size)


@dataclass(frozen=True)
class _Part:
    """Samples of one side of a split, with what is known of each."""

    name: str
    X: np.ndarray
    y: np.ndarray
    groups: np.ndarray | None

    def at(self, rows: np.ndarray) -> "_Part":
        """Return the samples of some rows."""
        groups = None if self.groups is None else self.groups[rows]
        return _Part(self.name, self.X[rows], self.y[rows], groups)

    def drawn(self, n_samples: int | None, seed: int) -> "_Part":
        """Return so many of the samples, by class share; all of them if there are fewer."""
        if n_samples is None or n_samples >= len(self.y):
            return self
        return self.at(_drawn_rows(self.name, self.y, seed, train_size=n_samples)[0])


def _split(dataset: Dataset, test_size: float, seed: int, *, by_group: bool) -> tuple[_Part, _Part]:
    """Return the dataset's fixed split, or a drawn one."""
    everything = _Part(dataset.name, dataset.X, dataset.y, dataset.groups)
    if dataset.X_test is not None and dataset.y_test is not None:
        if by_group:
            _check_fixed_split(dataset)
        return everything, _Part(dataset.name, dataset.X_test, dataset.y_test, dataset.groups_test)
    train, test = split_rows(dataset, test_size=test_size, seed=seed, by_group=by_group)
    return everything.at(train), everything.at(test)


def _check_fixed_split(dataset: Dataset) -> None:
    """Raise ValueError unless no group is on both sides of the data's own test split."""
    if dataset.groups is None or dataset.groups_test is None:
        raise ValueError(
            f"{dataset.name} has a test split of its own, but no groups, such as speakers, that "
            "say who is held out: give data that names them, or all samples without a test split"
        )
    shared = np.intersect1d(dataset.groups, dataset.groups_test)
    if len(shared):
        raise ValueError(
            f"{dataset.name} has a test split of its own with groups that are also trained on: "
            f"{', '.join(shared)}: give all samples without a test split, and whole groups are "
            "held out"
        )


def _drawn_rows(name: str, y: np.ndarray, seed: int, **size: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of two parts of samples, drawn by class share.

    Raises:
        ValueError: if a class is too small for that.
    """
    # scikit-learn takes a second to import: missing data should be known of before.
    from sklearn.model_selection import train_test_split

    try:
        first, second = train_test_split(np.arange(len(y)), stratify=y, random_state=seed, **size)
    except ValueError as error:
        least = np.unique(y, return_counts=True)[1].min()
        raise ValueError(
            f"{name}: {len(y):,} samples, {least} of the smallest class, cannot be split by class "
            f"share ({str(error).rstrip('.')}): give more samples of each class"
        ) from error
    return first, second


def check_groups(dataset: Dataset) -> np.ndarray:
    """Return a dataset's groups, (n,) strings.

    Raises:
        ValueError: if it has fewer than two.
    """
    groups = dataset.groups
    if groups is None:
        raise ValueError(
            f"{dataset.name} has no groups, such as speakers, to hold some of them out: give data "
            "that names them"
        )
    if len(np.unique(groups)) < 2:
        raise ValueError(
            f"{dataset.name} has one group only, {str(groups[0])!r}, so none can be held out: give "
            "data of at least 2 groups, such as speakers"
        )
    return groups


def _rows_by_group(dataset: Dataset, test_size: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the groups to learn from, and those of the groups that are held out."""
    from sklearn.model_selection import GroupShuffleSplit

    groups = check_groups(dataset)
    splitter = GroupShuffleSplit(1, test_size=test_size, random_state=seed)
    train, test = next(splitter.split(groups, groups=groups))
    return train, test
