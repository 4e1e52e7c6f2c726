"""A comparison experiment: several networks on the same data, accuracy against size and time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from kerascnn.experiment.base import Outcome
from kerascnn.experiment.data import Split
from kerascnn.experiment.kept import KeptTraining, kept_folder
from kerascnn.experiment.learning import LearningExperiment
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.progress import fit_with_progress
from kerascnn.experiment.run import Run, plain
from kerascnn.results import ComparisonResults, Insight, storage

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class ComparisonExperiment(LearningExperiment):
    """A claim about how several networks compare, and everything needed to train them.

    Each is trained once per seed, all on the same images. What has been trained is kept, so a
    run that was killed resumes.

    Attributes:
        models: registered models' names, or builders.
        seeds: how many trainings of each, with the seeds `--seed`, `--seed` + 1, ….
    """

    models: Sequence[Any]
    seeds: int = 1

    SMOKE_EPOCHS: ClassVar[int] = 1

    def perform(self, run: Run[Split]) -> Outcome:
        """Train each network with each seed."""
        self._check(run)
        settings = self.settings(run, models=list(self.models), seeds=self.seeds)
        first = run.options.seed
        trainings = [
            self._training(model, seed, settings, run)
            for model in self.models
            for seed in range(first, first + self.seeds)
        ]
        results = ComparisonResults(
            name=run.folder.name,
            **self.heading(run),
            models=_table([training.row for training in trainings]),
            insights=_first_insights(trainings),
            provenance=run.provenance(settings, "one Keras training each"),
            notices=run.notices,
        )
        return Outcome(results)

    def describe(self, split: Split, options: RunOptions) -> str:
        """Return how many trainings there would be, and how long."""
        n_trainings = len(self.models) * self.seeds
        epochs = self.parameters["epochs"]
        return f"{n_trainings} trainings of {epochs} epochs on {len(split.y)} images"

    def reduced(self) -> Self:
        """Return two of the networks, one seed, on a few samples."""
        return replace(super().reduced(), models=self.models[:2], seeds=1)

    def _check(self, run: Run[Split]) -> None:
        """Build every network once, so that a wrong one is found before any is trained."""
        for model in self.models:
            self.classifier(model, run.options.seed).initialize(run.material.X, run.material.y)

    def _training(
        self, model: Any, seed: int, settings: Mapping[str, Any], run: Run
    ) -> KeptTraining:
        """Return one training of the comparison, made now or kept from an earlier run."""
        name = plain([model])[0]
        relevant = {key: each for key, each in settings.items() if key not in ("models", "seeds")}
        kept = kept_folder(run.folder, {**relevant, "model": name, "seed": seed})
        earlier = None if run.starts_afresh else KeptTraining.load(kept)
        if earlier is not None:
            return earlier
        training = _train(name, self.classifier(model, seed), seed, run)
        training.save(kept)
        return training


def _train(name: str, classifier: Any, seed: int, run: Run[Split]) -> KeptTraining:
    from kerascnn.interpretation import inspect

    split = run.material
    seconds = fit_with_progress(classifier, name, run.options.progress, split.X, split.y)
    row = {
        "model": name,
        "seed": seed,
        "accuracy": float(classifier.score(split.X_test, split.y_test)),
        "parameters": classifier.model_.count_params(),
        "seconds": seconds,
    }
    return KeptTraining(
        row, inspect(classifier, split.X_test, split.y_test, split.dataset.class_names)
    )


def _first_insights(trainings: Sequence[KeptTraining]) -> dict[str, Insight]:
    """Return each model's insight, of its first seed."""
    insights: dict[str, Insight] = {}
    for training in trainings:
        insights.setdefault(training.row["model"], training.insight)
    return insights


def _table(rows: Sequence[Mapping[str, Any]]) -> "pd.DataFrame":
    """Return one row per model: the mean over its seeds, and the spread of its accuracy."""
    table = storage.as_frame(rows).groupby("model", sort=False)
    means = table[["accuracy", "parameters", "seconds"]].mean().reset_index()
    spread = table["accuracy"].std(ddof=0).to_numpy()
    if np.any(table.size() > 1):
        means["accuracy_spread"] = spread
    return means.astype({"parameters": int})
