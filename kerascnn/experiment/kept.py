"""Trainings and measurements, kept so that a run that was killed resumes."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from kerascnn.results import Insight, Predictions, storage
from kerascnn.results.interpretation import load_insight, save_insight
from kerascnn.results.predictions import load_predictions, save_predictions

FOLDER = ".trainings"
FILE = "training.json"
ARRAYS_FILE = "arrays.npz"


@dataclass(frozen=True)
class KeptTraining:
    """What is known of one classifier trained with one seed.

    Attributes:
        row: its figures, such as model, seed, accuracy, parameters, seconds.
        insight: what it has learned.
        predictions: what it says of the test samples, where they are shown.
    """

    row: Mapping[str, Any]
    insight: Insight
    predictions: Predictions | None = None

    def save(self, folder: Path) -> None:
        """Write it to a folder; the row last, so that where there is one nothing is missing."""
        insight = save_insight(self.insight, folder)
        texts = save_predictions(self.predictions, folder)
        storage.write_json(folder / FILE, {"row": self.row, "insight": insight, **texts})

    @classmethod
    def load(cls, folder: Path) -> "KeptTraining | None":
        """Read what `save` wrote; None if there is nothing."""
        if not (folder / FILE).exists():
            return None
        content = storage.read_json(folder / FILE)
        insight = load_insight(folder, content["insight"]) or Insight()
        return cls(content["row"], insight, load_predictions(folder, content))


@dataclass(frozen=True)
class Measured:
    """What a part of a study has brought with one seed.

    Attributes:
        rows: the figures of each method and setting.
        arrays: what exhibits show of it, by name.
        insight: what its network has learned.
    """

    rows: Sequence[Mapping[str, Any]]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    insight: Insight | None = None

    def save(self, folder: Path) -> None:
        """Write it to a folder; the rows last, so that where there are any nothing is missing."""
        storage.write_arrays(folder / ARRAYS_FILE, self.arrays or None)
        texts = save_insight(self.insight, folder)
        storage.write_json(folder / FILE, {"rows": self.rows, "insight": texts})

    @classmethod
    def load(cls, folder: Path) -> "Measured | None":
        """Read what `save` wrote; None if there is nothing."""
        if not (folder / FILE).exists():
            return None
        content = storage.read_json(folder / FILE)
        arrays = storage.read_arrays(folder / ARRAYS_FILE) or {}
        return cls(content["rows"], arrays, load_insight(folder, content["insight"]))


@dataclass(frozen=True)
class KeptModel:
    """A fitted classifier in a file, which is saved elsewhere as it is."""

    file: Path

    def save(self, path: Path) -> None:
        """Copy the file."""
        shutil.copyfile(self.file, path)


def measured(folder: Path, measure: Callable[[], Measured], *, afresh: bool) -> Measured:
    """Return what an earlier run has measured, or measure it now and keep it.

    Args:
        folder: where it is kept.
        measure: measures it.
        afresh: whether to measure it anyway.
    """
    earlier = None if afresh else Measured.load(folder)
    if earlier is not None:
        return earlier
    made = measure()
    made.save(folder)
    return made


def kept_folder(folder: Path, settings: Mapping[str, Any]) -> Path:
    """Return where a training or a measurement is kept.

    Args:
        folder: of the report.
        settings: what it depends on, as plain JSON data.
    """
    key = joblib.hash(settings, hash_name="sha1")[:12]
    return folder.parent / FOLDER / f"{folder.name}-{key}"
