"""An experiment's data: loaded, cut to size, the test split set aside."""

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
) -> Split:
    """Load a dataset and return its training and test samples.

    Args:
        name_or_path: see `kerascnn.datasets.load`.
        like: the dataset that synthetic data stands in for.
        test_size: the share of test samples where the data has no fixed test split, in (0, 1).
        n_train: the number of training samples, drawn by class share; None or too many for all.
        n_test: likewise for the test samples.
        seed: of the random choices.

    Raises:
        ValueError: if the data is not available, or cannot be split so.
    """
    stand_in = {"like": like} if name_or_path == "synthetic" else {}
    dataset = datasets.load(name_or_path, **stand_in)
    split = _split(dataset, test_size, seed)
    X, y = _drawn(split.X, split.y, n_train, seed)
    X_test, y_test = _drawn(split.X_test, split.y_test, n_test, seed)
    # The samples that were not drawn may be most of the memory; nothing needs them any more.
    drawn = replace(dataset, X=X, y=y, X_test=X_test, y_test=y_test)
    return Split(drawn, X, y, X_test, y_test)


def _split(dataset: Dataset, test_size: float, seed: int) -> Split:
    """Return the dataset's fixed split, or a stratified one."""
    if dataset.X_test is not None and dataset.y_test is not None:
        return Split(dataset, dataset.X, dataset.y, dataset.X_test, dataset.y_test)
    # scikit-learn takes a second to import: missing data should be known of before.
    from sklearn.model_selection import train_test_split

    X, X_test, y, y_test = train_test_split(
        dataset.X, dataset.y, test_size=test_size, stratify=dataset.y, random_state=seed
    )
    return Split(dataset, X, y, X_test, y_test)


def _drawn(
    X: np.ndarray, y: np.ndarray, n_samples: int | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return `n_samples` of the samples, drawn by class share; all of them if there are fewer."""
    if n_samples is None or n_samples >= len(y):
        return X, y
    from sklearn.model_selection import train_test_split

    drawn = train_test_split(X, y, train_size=n_samples, stratify=y, random_state=seed)
    return drawn[0], drawn[2]
