"""The plain results of several models trained on the same data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascnn.results import storage
from kerascnn.results.files import load_common, now, save_shared
from kerascnn.results.interpretation import Insight, load_insight, save_insight
from kerascnn.utils.formatting import score_label

if TYPE_CHECKING:
    import pandas as pd

MODELS_FILE = "models.csv"
INSIGHTS_FOLDER = "insights"


@dataclass(frozen=True, eq=False)
class ComparisonResults:
    """How several models compare.

    Attributes:
        name: a short name, such as "architectures".
        title: the report's heading.
        claim: what the experiment states.
        models: a row per model, with columns model (text), accuracy (test accuracy from 0 to 1),
            parameters (number of weights), seconds (of training), perhaps accuracy_spread (over
            seeds), and any others, which only the table shows.
        insights: what models have learned, by their names; those that are missing are not drawn.
        provenance: see `SweepResults`.
        notices: sentences shown in large letters at the top.
        created: when the results were made, ISO 8601.
    """

    name: str
    title: str
    claim: str
    models: "pd.DataFrame"
    insights: Mapping[str, Insight] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    created: str = field(default_factory=now)

    @property
    def best(self) -> "pd.Series":
        """The row of the most accurate model."""
        return self.models.loc[self.models["accuracy"].astype(float).fillna(-1.0).idxmax()]

    @property
    def figure(self) -> str:
        """The most accurate model in one line."""
        return f"{self.best['model']}: {score_label(self.best['accuracy'])} test accuracy"

    def save(self, folder: Path) -> None:
        """Write the results to `folder`, each file replaced as a whole."""
        storage.write_frame(folder / MODELS_FILE, self.models)
        insights = {
            name: save_insight(insight, _insight_folder(folder, number))
            for number, (name, insight) in enumerate(self.insights.items())
        }
        save_shared(self, folder, "comparison", insights=insights)

    @classmethod
    def load(cls, folder: Path) -> "ComparisonResults":
        """Read what `save` wrote."""
        models = storage.read_frame(folder / MODELS_FILE)
        assert models is not None
        texts = storage.read_json(folder / storage.RESULTS_FILE)["insights"]
        found = {
            name: load_insight(_insight_folder(folder, number), texts[name])
            for number, name in enumerate(texts)
        }
        insights = {name: insight for name, insight in found.items() if insight is not None}
        return cls(**load_common(folder), models=models, insights=insights)


def _insight_folder(folder: Path, number: int) -> Path:
    """Return where the arrays of one model's insight lie; its name may be no file name."""
    return folder / INSIGHTS_FOLDER / str(number)
