"""The answers of several methods to the same test records, seed by seed."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kerascnn.results import Predictions


class Trial:
    """Collects what methods say of test records.

    Args:
        split: how these were held out.
        y: their class indices, (n,).
        images: their spectrograms, (n, height, width, 1).
        class_names: of the classes.
        groups: the event of each, (n,), where known.
    """

    def __init__(
        self,
        split: str,
        y: np.ndarray,
        images: np.ndarray,
        class_names: Sequence[str],
        groups: np.ndarray | None = None,
    ) -> None:
        self._split, self._y, self._images = split, y, images
        self._class_names, self._groups = tuple(class_names), groups
        self.rows: list[dict[str, Any]] = []
        self._said: dict[str, list[np.ndarray]] = {}
        self._confidence: np.ndarray | None = None

    def add(self, method: str, seed: int, probabilities: np.ndarray, seconds: float) -> None:
        """Note what a method says, (n, n_classes)."""
        said = probabilities.argmax(axis=1)
        self._said.setdefault(method, []).append(said)
        if self._confidence is None:
            self._confidence = probabilities.max(axis=1)
        self.rows.append(
            {
                "split": self._split,
                "model": method,
                "seed": seed,
                "accuracy": float(np.mean(said == self._y)),
                "seconds": seconds,
            }
        )

    @property
    def is_right(self) -> dict[str, np.ndarray]:
        """Whether each method is right, (n_seeds, n)."""
        return {name: np.stack(said) == self._y for name, said in self._said.items()}

    @property
    def predictions(self) -> Predictions:
        """What the first method says with the first seed."""
        first = next(iter(self._said.values()))[0]
        assert self._confidence is not None  # since something was added
        return Predictions(
            self._y,
            first,
            self._confidence,
            self._images,
            self._class_names,
            groups=self._groups,
            of_spectrograms=True,
        )
