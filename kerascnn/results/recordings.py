"""The plain results of networks of sounds, tested on what they have not heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascnn.results import storage
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.files import load_common, load_exhibits_of, load_network, now, save_shared
from kerascnn.results.interpretation import Insight
from kerascnn.results.predictions import Expected, Predictions
from kerascnn.utils.formatting import scores_label

if TYPE_CHECKING:
    import pandas as pd

TRAININGS_FILE = "trainings.csv"


@dataclass(frozen=True, eq=False)
class RecordingsResults:
    """How well networks tell sounds of groups, such as speakers, that were held out.

    Attributes:
        name: a short name, such as "audio".
        title: the report's heading.
        claim: what the experiment states.
        trainings: a row per training, with columns split (text), model (text), seed, accuracy (on
            test samples, from 0 to 1), parameters and seconds.
        predictions: of the first model on the first split, first seed.
        insight: what that network has learned.
        expected: the figure that the claim states, of the first model on the first split.
        exhibits: what else the report shows.
        provenance: see `SweepResults`.
        notices: sentences shown in large letters at the top.
        created: when the results were made, ISO 8601.
    """

    name: str
    title: str
    claim: str
    trainings: "pd.DataFrame"
    predictions: Predictions | None = None
    insight: Insight | None = None
    expected: Expected | None = None
    exhibits: Sequence[Exhibit] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    created: str = field(default_factory=now)

    @property
    def splits(self) -> list[str]:
        """The ways to hold samples out, in order."""
        return list(dict.fromkeys(self.trainings["split"]))

    @property
    def models(self) -> list[str]:
        """The models' names, in order."""
        return list(dict.fromkeys(self.trainings["model"]))

    def accuracies(self, split: str, model: str) -> np.ndarray:
        """Return a model's accuracies on one split, (n_seeds,)."""
        chosen = (self.trainings["split"] == split) & (self.trainings["model"] == model)
        return self.trainings.loc[chosen, "accuracy"].to_numpy(dtype=float)

    @property
    def figure(self) -> str:
        """The first model's accuracy on the first split, in one line."""
        split, model = self.splits[0], self.models[0]
        values = self.accuracies(split, model)
        return f"{model}: {scores_label(values)} test accuracy, {split}"

    def save(self, folder: Path) -> None:
        """Write the results to `folder`, each file replaced as a whole and nothing pickled."""
        storage.write_frame(folder / TRAININGS_FILE, self.trainings)
        save_shared(self, folder, "recordings")

    @classmethod
    def load(cls, folder: Path) -> "RecordingsResults":
        """Read what `save` wrote."""
        trainings = storage.read_frame(folder / TRAININGS_FILE)
        assert trainings is not None
        return cls(
            **load_common(folder),
            **load_network(folder),
            trainings=trainings,
            exhibits=load_exhibits_of(folder),
        )
