"""The final figure: what the chosen network says about a test split it never saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from kerascnn.results import storage
from kerascnn.utils.formatting import score_label

PREDICTIONS_FILE = "predictions.npz"
FIGURES = ("test", "cross-validated")
ARRAYS = ("y_true", "y_pred", "confidence", "images")


@dataclass(frozen=True)
class Expected:
    """The figure that an experiment expects, and where that comes from.

    Attributes:
        figure: test accuracy from 0 to 1, or what else a kind of experiment measures first.
        spread: how far a run may lie from it, in the same unit.
        source: one phrase.
        of: what it is a figure of: "test", the test split, or "cross-validated", the best
            candidate's mean over the splits of a sweep.
    """

    figure: float
    spread: float
    source: str = ""
    of: str = "test"

    def __post_init__(self) -> None:
        """Raise ValueError if it is a figure of something else."""
        if self.of not in FIGURES:
            raise ValueError(f"of={self.of!r} is unknown: give one of {', '.join(FIGURES)}")

    def note(self, found: float) -> str:
        """Say what was expected, by whom, and how `found` compares."""
        source = f" ({self.source})" if self.source else ""
        return f"expected {score_label(self.figure, self.spread)}{source}: {self.verdict(found)}"

    def verdict(self, found: float) -> str:
        """Say how `found` compares: "as expected", or by how much it lies above or below."""
        distance = found - self.figure
        if abs(distance) <= self.spread:
            return "as expected"
        return f"{abs(distance):.3f} {'above' if distance > 0 else 'below'} the expected figure"


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions on a test split that took no part in any choice.

    Attributes:
        y_true: class indices, int, (n,).
        y_pred: class indices, int, (n,).
        confidence: probability of the predicted class, (n,), from 0 to 1.
        images: (n, height, width, channels), uint8 or float; or signals, (n, samples, channels).
        class_names: the name of each class index.
        rate: the samples per second of signals that can be listened to; None for others.
        groups: the group of each sample, such as its speaker, (n,) strings; None if unknown.
        of_spectrograms: whether the rows of images are frequencies, the lowest first.
    """

    y_true: np.ndarray
    y_pred: np.ndarray
    confidence: np.ndarray
    images: np.ndarray
    class_names: tuple[str, ...]
    rate: float | None = None
    groups: np.ndarray | None = None
    of_spectrograms: bool = False

    @property
    def accuracy(self) -> float:
        """The share of right predictions, from 0 to 1."""
        return float(np.mean(self.y_true == self.y_pred))

    @property
    def standard_error(self) -> float:
        """The binomial standard error of the accuracy, sqrt(p (1 − p) / n)."""
        return sqrt(self.accuracy * (1 - self.accuracy) / len(self.y_true))

    def confusion_matrix(self) -> np.ndarray:
        """Count the predictions: int, (n_classes, n_classes), true classes down."""
        n_classes = len(self.class_names)
        cells = np.asarray(self.y_true) * n_classes + np.asarray(self.y_pred)
        return np.bincount(cells, minlength=n_classes**2).reshape(n_classes, n_classes)

    def worst_mistakes(self) -> np.ndarray:
        """Return the indices of all wrong predictions, the most confident first, int, (m,)."""
        wrong = np.flatnonzero(self.y_true != self.y_pred)
        return wrong[np.argsort(-self.confidence[wrong], kind="stable")]


def save_predictions(predictions: Predictions | None, folder: Path) -> dict[str, Any]:
    """Write the arrays to the folder and return the texts that go with them."""
    arrays = None
    if predictions is not None:
        arrays = {name: np.asarray(getattr(predictions, name)) for name in ARRAYS}
        if predictions.groups is not None:
            arrays["groups"] = np.asarray(predictions.groups, str)
    storage.write_arrays(folder / PREDICTIONS_FILE, arrays)
    return {
        "class_names": None if predictions is None else predictions.class_names,
        "rate": None if predictions is None else predictions.rate,
        "of_spectrograms": predictions is not None and predictions.of_spectrograms,
    }


def load_predictions(folder: Path, texts: Mapping[str, Any]) -> Predictions | None:
    """Read what `save_predictions` wrote, given the texts it returned; None if there was nothing.

    Texts of earlier versions lack some.
    """
    arrays = storage.read_arrays(folder / PREDICTIONS_FILE)
    if arrays is None:
        return None
    return Predictions(
        **arrays,
        class_names=tuple(texts["class_names"]),
        rate=texts.get("rate"),
        of_spectrograms=texts.get("of_spectrograms", False),
    )
