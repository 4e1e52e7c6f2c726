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
            share `test_size` of the groups is held out.
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
    )
    return Split(drawn, train.X, train.y, test.X, test.y)


@dataclass(frozen=True)
class _Part:
    """Samples of one side of a split, with what is known of each."""

    X: np.ndarray
    y: np.ndarray
    groups: np.ndarray | None

    def at(self, rows: np.ndarray) -> "_Part":
        """Return the samples of some rows."""
        return _Part(self.X[rows], self.y[rows], None if self.groups is None else self.groups[rows])

    def drawn(self, n_samples: int | None, seed: int) -> "_Part":
        """Return so many of the samples, by class share; all of them if there are fewer."""
        if n_samples is None or n_samples >= len(self.y):
            return self
        return self.at(_drawn_rows(self.y, seed, train_size=n_samples)[0])


def _split(dataset: Dataset, test_size: float, seed: int, *, by_group: bool) -> tuple[_Part, _Part]:
    """Return the dataset's fixed split, or a stratified one."""
    everything = _Part(dataset.X, dataset.y, dataset.groups)
    if dataset.X_test is not None and dataset.y_test is not None:
        return everything, _Part(dataset.X_test, dataset.y_test, dataset.groups_test)
    if by_group:
        train, test = _rows_by_group(dataset, test_size, seed)
    else:
        train, test = _drawn_rows(dataset.y, seed, test_size=test_size)
    return everything.at(train), everything.at(test)


def _drawn_rows(y: np.ndarray, seed: int, **size: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of two parts of samples, drawn by class share."""
    # scikit-learn takes a second to import: missing data should be known of before.
    from sklearn.model_selection import train_test_split

    first, second = train_test_split(np.arange(len(y)), stratify=y, random_state=seed, **size)
    return first, second


def _rows_by_group(dataset: Dataset, test_size: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the groups to learn from, and those of the groups that are held out.

    Raises:
        ValueError: if the data has fewer than two groups.
    """
    groups = dataset.groups
    if groups is None or len(np.unique(groups)) < 2:
        raise ValueError(
            f"{dataset.name} has no groups, such as speakers, to hold some of them out: give data "
            "that names them"
        )
    from sklearn.model_selection import GroupShuffleSplit

    splitter = GroupShuffleSplit(1, test_size=test_size, random_state=seed)
    train, test = next(splitter.split(groups, groups=groups))
    return train, test
