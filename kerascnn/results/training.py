"""The plain results of a single training."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascnn.results import storage
from kerascnn.results.files import load_common, load_network, now, save_shared
from kerascnn.results.interpretation import Insight
from kerascnn.results.predictions import Expected, Predictions
from kerascnn.utils.formatting import score_label

if TYPE_CHECKING:
    import pandas as pd

HISTORY_FILE = "learning_curves.csv"
SAMPLES_FILE = "samples.npz"


@dataclass(frozen=True, eq=False)
class Samples:
    """Some training images, as a first look at the data.

    Attributes:
        images: (n, height, width, channels), uint8 or float.
        names: the class name of each.
    """

    images: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TrainingResults:
    """The results of training one network once.

    Attributes:
        name: a short name, such as "cifar".
        title: the report's heading.
        claim: what the experiment states.
        history: a row per epoch, with columns epoch (from 1), loss, accuracy, val_loss,
            val_accuracy; those not measured may be absent.
        predictions: on the test split.
        expected: the test accuracy expected.
        samples: training images, the first 25 of which are shown.
        insight: what the network has learned.
        parameters: the number of weights trained.
        diverged_epoch: the epoch (from 1) in which the loss stopped being finite.
        provenance: see `SweepResults`.
        notices: sentences shown in large letters at the top.
        created: when the results were made, ISO 8601.
    """

    name: str
    title: str
    claim: str
    history: "pd.DataFrame"
    predictions: Predictions | None = None
    expected: Expected | None = None
    samples: Samples | None = None
    insight: Insight | None = None
    parameters: int | None = None
    diverged_epoch: int | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    created: str = field(default_factory=now)

    @property
    def figure(self) -> str:
        """The test accuracy in one line, "" where there is none."""
        if self.predictions is None:
            return ""
        return f"{score_label(self.predictions.accuracy)} test accuracy"

    def save(self, folder: Path) -> None:
        """Write the results to `folder`, each file replaced as a whole and nothing pickled."""
        storage.write_frame(folder / HISTORY_FILE, self.history)
        samples = self.samples
        images = None if samples is None else {"images": np.asarray(samples.images)}
        storage.write_arrays(folder / SAMPLES_FILE, images)
        save_shared(
            self,
            folder,
            "training",
            sample_names=None if samples is None else samples.names,
            parameters=self.parameters,
            diverged_epoch=self.diverged_epoch,
        )

    @classmethod
    def load(cls, folder: Path) -> "TrainingResults":
        """Read what `save` wrote."""
        texts = storage.read_json(folder / storage.RESULTS_FILE)
        images = storage.read_arrays(folder / SAMPLES_FILE)
        history = storage.read_frame(folder / HISTORY_FILE)
        assert history is not None
        return cls(
            **load_common(folder),
            **load_network(folder),
            history=history,
            samples=_samples(images, texts["sample_names"]),
            parameters=texts["parameters"],
            diverged_epoch=texts["diverged_epoch"],
        )


def _samples(arrays: dict[str, np.ndarray] | None, names: list[str] | None) -> Samples | None:
    return None if arrays is None else Samples(arrays["images"], tuple(names or ()))
