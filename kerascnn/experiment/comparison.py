"""A comparison experiment: several networks on the same data, accuracy against size and time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np

from kerascnn.experiment.base import (
    SMOKE_SAMPLES,
    Experiment,
    Stopwatch,
    plain,
    provenance,
    publish,
)
from kerascnn.experiment.data import Split
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.progress import EpochProgress
from kerascnn.report import ComparisonResults, Insight, write_comparison_report
from kerascnn.results import storage
from kerascnn.results.interpretation import load_insight, save_insight

if TYPE_CHECKING:
    import pandas as pd

TRAINING_FILE = "training.json"


@dataclass(frozen=True, kw_only=True)
class ComparisonExperiment(Experiment):
    """A claim about how several networks compare, and everything needed to train them.

    Each is trained once per seed, all on the same images. What has been trained is kept, so a
    run that was killed goes on.

    Attributes:
        models: registered models' names, or builders.
        seeds: how many trainings of each, with the seeds `--seed`, `--seed` + 1, ….
    """

    models: Sequence[Any]
    seeds: int = 1

    def run(self, name: str, options: RunOptions) -> Path:
        """Run the experiment and return its report's page.

        Raises:
            ValueError: if an option or the data is wrong; before anything is trained.
        """
        watch, experiment = Stopwatch(), self._with(options)
        folder = experiment.folder(name, options)
        split = experiment.load(options)
        experiment._check(split, options)
        trainings = [
            experiment._train(model, seed, folder, split, options)
            for model in experiment.models
            for seed in range(options.seed, options.seed + experiment.seeds)
        ]
        settings = experiment._settings(split, options)
        durations = {"whole run": watch.read()}
        results = ComparisonResults(
            name=folder.name,
            title=self.title,
            claim=self.claim,
            models=_table([training.row for training in trainings]),
            insights=_first_insights(trainings),
            provenance=provenance(split, options, settings, "one Keras training each", durations),
            notices=self.notices(split, options),
        )
        return publish(lambda folder: write_comparison_report(results, folder), folder, settings)

    def plan(self, options: RunOptions) -> str:
        """Return what the experiment would train, without training anything."""
        experiment = self._with(options)
        split = experiment.load(options)
        n_trainings = len(experiment.models) * experiment.seeds
        epochs = experiment.parameters["epochs"]
        return f"{n_trainings} trainings of {epochs} epochs on {len(split.y)} images"

    def _with(self, options: RunOptions) -> "ComparisonExperiment":
        """Return the experiment as the options change it."""
        experiment = self
        epochs = options.epochs
        if options.smoke:
            experiment = replace(
                experiment,
                models=self.models[:2],
                seeds=1,
                n_train=SMOKE_SAMPLES,
                n_test=SMOKE_SAMPLES,
            )
            epochs = epochs or 1
        if epochs is not None:
            parameters = {**experiment.parameters, "epochs": epochs}
            experiment = replace(experiment, parameters=parameters)
        return experiment

    def _check(self, split: Split, options: RunOptions) -> None:
        """Build every network once, so that a wrong one is found before any is trained."""
        for model in self.models:
            self.classifier(model, options.seed).initialize(split.X, split.y)

    def _train(
        self, model: Any, seed: int, folder: Path, split: Split, options: RunOptions
    ) -> "_Training":
        """Return one training of the comparison, made now or kept from an earlier run."""
        name = plain([model])[0]
        kept = _kept(folder, {**self._settings(split, options), "model": name, "seed": seed})
        if not (options.smoke or options.fresh) and (earlier := _Training.load(kept)):
            return earlier
        from kerascnn.interpretation import inspect

        classifier, watch = self.classifier(model, seed), Stopwatch()
        with EpochProgress(name, classifier.epochs, options.progress) as progress:
            classifier.set_params(callbacks=[progress.callback()])
            classifier.fit(split.X, split.y)
            classifier.set_params(callbacks=None)
        row = {
            "model": name,
            "seed": seed,
            "accuracy": float(classifier.score(split.X_test, split.y_test)),
            "parameters": classifier.model_.count_params(),
            "seconds": watch.seconds(),
        }
        names = split.dataset.class_names
        training = _Training(row, inspect(classifier, split.X_test, split.y_test, names))
        training.save(kept)
        return training

    def _settings(self, split: Split, options: RunOptions) -> Any:
        return self.settings(split, options, models=list(self.models), seeds=self.seeds)


@dataclass(frozen=True)
class _Training:
    """What is known of one network trained with one seed.

    Attributes:
        row: model, seed, accuracy, parameters, seconds.
        insight: what it has learned.
    """

    row: Mapping[str, Any]
    insight: Insight

    def save(self, folder: Path) -> None:
        """Write it to a folder; the row last, so that where there is one nothing is missing."""
        texts = save_insight(self.insight, folder)
        storage.write_json(folder / TRAINING_FILE, {"row": self.row, "insight": texts})

    @classmethod
    def load(cls, folder: Path) -> "_Training | None":
        """Read what `save` wrote; None if there is nothing."""
        file = folder / TRAINING_FILE
        if not file.exists():
            return None
        content = storage.read_json(file)
        return cls(content["row"], load_insight(folder, content["insight"]) or Insight())


def _first_insights(trainings: Sequence[_Training]) -> dict[str, Insight]:
    """Return each model's insight, of its first seed."""
    insights: dict[str, Insight] = {}
    for training in trainings:
        insights.setdefault(training.row["model"], training.insight)
    return insights


def _kept(folder: Path, settings: Mapping[str, Any]) -> Path:
    """Return where one training is kept: the folder's name says what it depends on."""
    relevant = {key: value for key, value in settings.items() if key not in ("models", "seeds")}
    key = joblib.hash(relevant, hash_name="sha1")[:12]
    return folder.parent / ".trainings" / f"{folder.name}-{key}"


def _table(rows: Sequence[Mapping[str, Any]]) -> "pd.DataFrame":
    """Return one row per model: the mean over its seeds, and the spread of its accuracy."""
    table = storage.as_frame(rows).groupby("model", sort=False)
    means = table[["accuracy", "parameters", "seconds"]].mean().reset_index()
    spread = table["accuracy"].std(ddof=0).to_numpy()
    if np.any(table.size() > 1):
        means["accuracy_spread"] = spread
    return means.astype({"parameters": int})
