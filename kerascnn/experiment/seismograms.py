"""Seismograms of an experiment: simulated ones, or those of a file, event by event."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from kerascnn.datasets import Dataset, DatasetError
from kerascnn.datasets.dataset import make_dataset
from kerascnn.experiment.data import load_dataset
from kerascnn.utils.formatting import plural

RATE = 50.0
SIMULATED = (
    "SIMULATED DATA: seismograms made by a formula, in place of records of a volcano. No figure "
    "here says how well real events are told."
)


@dataclass(frozen=True)
class Records:
    """Seismograms and their spectrograms.

    Attributes:
        dataset: the seismograms.
        images: (n, 32, 32, 1) float32, the lowest frequency first.
        ratios: signal-to-noise ratios in decibels, (n,), of simulated records; None for others.
        parts: for each record of a file the number of the part that it is left out with, (n,);
            None for simulated ones.
    """

    dataset: Dataset
    images: np.ndarray
    ratios: np.ndarray | None = None
    parts: np.ndarray | None = None

    @property
    def origin(self) -> dict[str, Any]:
        """Where they come from, and how many there are."""
        return {
            "name": self.dataset.name,
            "source": self.dataset.source,
            "records": " × ".join(str(size) for size in self.dataset.X.shape),
            "fingerprint": self.dataset.fingerprint,
        }

    @property
    def notices(self) -> tuple[str, ...]:
        """The sentences about the data that a report must show in large letters."""
        return tuple(self.dataset.notices)

    @property
    def n_parts(self) -> int:
        """How many parts are left out in turn; 0 of simulated records."""
        return 0 if self.parts is None else int(self.parts.max()) + 1

    @property
    def held_out(self) -> str:
        """How test records are held out, in a few words."""
        if self.parts is None:
            return "simulated records held out"
        groups = self.dataset.groups
        if self.n_parts < len(self.parts if groups is None else np.unique(groups)):
            return f"{'records' if groups is None else 'events'} left out in {self.n_parts} parts"
        return f"one {'record' if groups is None else 'event'} left out at a time"

    @property
    def obstacle(self) -> str:
        """Why amplitudes of both halves cannot tell the kinds, "" if they can."""
        n_kinds, n_samples = len(self.dataset.class_names), self.dataset.X.shape[1]
        if n_kinds != 2:
            return f"there are {n_kinds} kinds, not 2"
        if n_samples % 2:
            return f"{n_samples:,} samples cannot be halved"
        halves = self.dataset.X.reshape(len(self.dataset.X), 2, -1)
        constant = np.flatnonzero((np.ptp(halves, axis=2) == 0).any(axis=1))
        if len(constant):
            return f"a half of {self.name_of(constant[0])} is constant"
        return ""

    @property
    def on_halves(self) -> str:
        """What a discriminant of both halves does, or why it is left out; "" of simulated ones."""
        if self.parts is None:
            return ""
        if self.obstacle:
            return f"The discriminant of amplitudes is left out, since {self.obstacle}."
        return (
            "The discriminant is given the logarithm of the peak-to-peak amplitude of each half. "
            "If records are cut so that P waves lie in the first half and S waves in the second, "
            "as in the data set eqexp, it is the textbook's."
        )

    def name_of(self, row: int) -> str:
        """Return what to call a record: by its event where each has one of its own."""
        groups = self.dataset.groups
        if groups is not None and len(np.unique(groups)) == len(groups):
            return str(groups[row])
        return f"record {row}"


def simulated_records(n: int, seed: int, decibels: tuple[float, float]) -> Records:
    """Return simulated records; for the arguments see `simulate_seismograms`."""
    from kerascnn.datasets.seismic import KINDS, simulate_seismograms, spectrograms

    made = simulate_seismograms(n, seed=seed, rate=RATE, decibels=decibels)
    dataset = make_dataset(
        "simulated seismograms",
        made.X,
        made.y,
        source=f"simulated by kerascnn (seed {seed}), {', '.join(KINDS)}",
        notices=[SIMULATED],
        rate=RATE,
    )
    return Records(dataset, spectrograms(made.X, RATE), ratios=made.signal_to_noise)


def records_of_file(name_or_path: str, most_parts: int) -> Records:
    """Return the records of a file, each event of which is left out as a whole.

    Args:
        name_or_path: see `kerascnn.datasets.load`; the groups of the data are events.
        most_parts: how many parts may be left out in turn. More events than that share parts.

    Raises:
        ValueError: if the data is not available, holds no seismograms of one component, or cannot
            be split so.
    """
    dataset = load_dataset(name_or_path, "", {})
    if dataset.X.ndim != 3 or dataset.X.shape[2] != 1:
        raise ValueError(
            f"{dataset.name} holds no seismograms of one component: give a CSV file with "
            "one in each column, such as EQ1, EQ2, EX1, EX2"
        )
    if dataset.X_test is not None:
        raise ValueError(
            f"{dataset.name} has a test split of its own, but events are left out in turn: give "
            "all records without a test split"
        )
    records = Records(dataset, _spectrograms(dataset), parts=_parts(dataset, most_parts))
    constant = np.flatnonzero(np.ptp(dataset.X, axis=(1, 2)) == 0)
    if len(constant):
        raise ValueError(
            f"{dataset.name}: {records.name_of(constant[0])} is constant, so nothing can be told "
            f"of it ({plural(len(constant), 'such record')}): leave it out"
        )
    return records


def _spectrograms(dataset: Dataset) -> np.ndarray:
    from kerascnn.datasets.seismic import spectrograms

    try:
        # Another rate would multiply all power by one number, which the scaling takes away.
        return spectrograms(dataset.X, dataset.rate or 1.0)
    except DatasetError as error:
        raise ValueError(f"{dataset.name}: {error}") from error


def _parts(dataset: Dataset, most: int) -> np.ndarray:
    """Return the number of each record's part: events as a whole, kinds spread over the parts."""
    y, n = dataset.y, len(dataset.y)
    events = np.arange(n) if dataset.groups is None else dataset.groups
    _, event_of = np.unique(events, return_inverse=True)
    kinds = [np.bincount(y[event_of == event]).argmax() for event in range(event_of.max() + 1)]
    numbers = np.empty(len(kinds), int)
    numbers[np.argsort(kinds, kind="stable")] = np.arange(len(kinds)) % most
    parts = numbers[event_of]
    for label in np.unique(y):
        if len(np.unique(parts[y == label])) < 2:
            raise ValueError(
                f"{dataset.name}: all records of {dataset.class_names[label]} are of one event or "
                "are left out together, so nothing would be trained on this kind: give more events"
            )
    return parts
