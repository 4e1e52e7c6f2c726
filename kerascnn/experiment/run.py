"""One run of an experiment: its inputs, and the provenance of its results."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kerascnn import environment
from kerascnn.experiment.data import Split
from kerascnn.experiment.options import RunOptions
from kerascnn.results import Predictions

SMOKE_NOTICE = "A smoke run: a few steps on a few images, to see that everything works."


class Stopwatch:
    """Measures how long the parts of a run take."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def seconds(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self._start


@dataclass
class Run:
    """What one run of an experiment is given.

    Attributes:
        name: of the experiment.
        folder: of its report.
        options: what a person has changed.
        split: the data, training and test samples apart.
        watch: started with the run.
    """

    name: str
    folder: Path
    options: RunOptions
    split: Split
    watch: Stopwatch = field(default_factory=Stopwatch)

    @property
    def starts_afresh(self) -> bool:
        """Whether nothing of an earlier run is to be gone on with."""
        return self.options.smoke or self.options.fresh

    @property
    def notices(self) -> tuple[str, ...]:
        """The sentences that a report must show in large letters."""
        smoke = (SMOKE_NOTICE,) if self.options.smoke else ()
        return (*self.split.dataset.notices, *smoke)

    def release_training_images(self) -> None:
        """Let go of the training images, once nothing is left to train."""
        self.split = self.split.without_training_images()

    def predictions(self, classifier: Any) -> Predictions:
        """Return what a fitted classifier says of the test split."""
        probabilities = classifier.predict_proba(self.split.X_test)
        return Predictions(
            y_true=np.asarray(self.split.y_test),
            y_pred=np.asarray(classifier.classes_)[probabilities.argmax(axis=1)],
            confidence=probabilities.max(axis=1),
            images=self.split.X_test,
            class_names=self.split.dataset.class_names,
        )

    def provenance(
        self, settings: Mapping[str, Any], how: str, durations: Mapping[str, float] | None = None
    ) -> dict[str, Any]:
        """Return where a report's results come from, as sections of plain JSON data.

        Args:
            settings: what the numbers depend on.
            how: how the trainings ran.
            durations: seconds that parts of the run took.
        """
        dataset, split = self.split.dataset, self.split
        return {
            "command": self.options.command,
            "how it ran": how,
            "seed": self.options.seed,
            "data": {
                "name": dataset.name,
                "source": dataset.source,
                "training images": " × ".join(str(size) for size in split.X.shape),
                "test images": len(split.y_test),
                "fingerprint": dataset.fingerprint,
            },
            "durations": {"whole run": self.watch.seconds(), **(durations or {})},
            "versions": environment.settings(),
            "settings": settings,
        }


def plain(settings: Any) -> Any:
    """Return settings as plain JSON data: builders by name, arrays as lists."""

    def plainer(value: Any) -> Any:
        if isinstance(value, np.ndarray | np.generic):
            return value.tolist()
        return getattr(value, "__name__", str(value))

    return json.loads(json.dumps(settings, default=plainer))
