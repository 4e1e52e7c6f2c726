"""Sounds of an experiment: loaded, and known to split by speaker and by recording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kerascnn.datasets import Dataset
from kerascnn.experiment.data import check_groups, load_dataset, notices_of_untold, split_rows

BY_GROUP, BY_SAMPLE = "unknown speakers", "known speakers"


@dataclass(frozen=True)
class Recordings:
    """Sounds, not yet split.

    Attributes:
        dataset: the sounds.
        untold: sentences on classes that a split holds out as a whole.
    """

    dataset: Dataset
    untold: Sequence[str] = ()

    @property
    def origin(self) -> dict[str, Any]:
        """Where they come from, and how many there are."""
        return {
            "name": self.dataset.name,
            "source": self.dataset.source,
            "sounds": " × ".join(str(size) for size in self.dataset.X.shape),
            "speakers": len(np.unique(check_groups(self.dataset))),
            "fingerprint": self.dataset.fingerprint,
        }

    @property
    def notices(self) -> tuple[str, ...]:
        """The sentences about the data that a report must show in large letters."""
        return (*self.dataset.notices, *self.untold)


def load_recordings(
    name_or_path: str,
    like: str,
    options: Mapping[str, Any],
    *,
    n_samples: int | None,
    test_size: float,
    seeds: Sequence[int],
) -> Recordings:
    """Return sounds that can be split by speaker and by recording with each seed.

    Args:
        name_or_path: see `kerascnn.datasets.load`.
        like: the dataset that synthetic data stands in for.
        options: of the data's loader.
        n_samples: how many sounds to use, evenly spaced; None for all.
        test_size: the share that is held out, in (0, 1).
        seeds: of the splits.

    Raises:
        ValueError: if the data is not available, holds no sounds, or cannot be split so.
    """
    dataset = load_dataset(name_or_path, like, options)
    if dataset.X.ndim != 3:
        raise ValueError(f"{dataset.name} holds images, not sounds: give WAV files")
    if dataset.X_test is not None:
        raise ValueError(
            f"{dataset.name} has a test split of its own, but speakers are to be held out: "
            "give all recordings in one folder"
        )
    dataset = _thinned(dataset, n_samples)
    return Recordings(dataset, _checked_splits(dataset, test_size, seeds))


def _thinned(dataset: Dataset, n_samples: int | None) -> Dataset:
    """Return a dataset of evenly spaced samples."""
    if n_samples is None or n_samples >= len(dataset.y):
        return dataset
    rows = np.linspace(0, len(dataset.y) - 1, n_samples).astype(int)
    groups = None if dataset.groups is None else dataset.groups[rows]
    return replace(dataset, X=dataset.X[rows], y=dataset.y[rows], groups=groups)


def _checked_splits(dataset: Dataset, test_size: float, seeds: Sequence[int]) -> list[str]:
    """Return what is to be said of the splits, each of which is found to be possible."""
    said: list[str] = []
    for seed in seeds:
        for by_group in (True, False):
            train, test = split_rows(dataset, test_size=test_size, seed=seed, by_group=by_group)
            untold = notices_of_untold(dataset, dataset.y[train], dataset.y[test])
            said += [f"Seed {seed}: {sentence}" for sentence in untold]
    return said
