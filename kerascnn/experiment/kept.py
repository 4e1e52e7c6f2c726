"""One training of a comparison, kept so that a run that was killed resumes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib

from kerascnn.results import Insight, Predictions, storage
from kerascnn.results.interpretation import load_insight, save_insight
from kerascnn.results.predictions import load_predictions, save_predictions

FOLDER = ".trainings"
FILE = "training.json"


@dataclass(frozen=True)
class KeptTraining:
    """What is known of one network trained with one seed.

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
        texts = save_insight(self.insight, folder)
        save_predictions(self.predictions, folder)
        names = None if self.predictions is None else self.predictions.class_names
        rate = None if self.predictions is None else self.predictions.rate
        content = {"row": self.row, "insight": texts, "class_names": names, "rate": rate}
        storage.write_json(folder / FILE, content)

    @classmethod
    def load(cls, folder: Path) -> "KeptTraining | None":
        """Read what `save` wrote; None if there is nothing."""
        if not (folder / FILE).exists():
            return None
        content = storage.read_json(folder / FILE)
        insight = load_insight(folder, content["insight"]) or Insight()
        names = content.get("class_names") or []
        predictions = load_predictions(folder, names, content.get("rate"))
        return cls(content["row"], insight, predictions)


def kept_folder(folder: Path, settings: Mapping[str, Any]) -> Path:
    """Return where a training is kept.

    Args:
        folder: of the report.
        settings: what the training depends on, as plain JSON data.
    """
    key = joblib.hash(settings, hash_name="sha1")[:12]
    return folder.parent / FOLDER / f"{folder.name}-{key}"
