"""An experiment on seismograms: simulated ones of a volcano, or those of a file, event by event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from kerascnn import environment
from kerascnn.experiment.base import SYNTHETIC, Experiment, Heading, Outcome
from kerascnn.experiment.kept import KeptModel, Measured, kept_folder, measured
from kerascnn.experiment.learning import STEPS_AT_ONCE
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.progress import fit_with_progress
from kerascnn.experiment.run import Run, Stopwatch, plain
from kerascnn.experiment.seismograms import Records, records_of_file, simulated_records
from kerascnn.experiment.trial import Trial
from kerascnn.laboratory import seismic
from kerascnn.laboratory.seismic_ranges import simulated_ranges
from kerascnn.results import Exhibit, Expected, Insight, RecordingsResults, storage
from kerascnn.utils.formatting import plural
from kerascnn.utils.progress import ProgressBar, announce

NETWORK, BASELINE = "network", "logistic regression"
HALVES = "amplitudes of both halves, discriminant"
MODEL_FILE = "model.kerascnn"
SMOKE_RECORDS, SMOKE_PARTS, SMOKE_EPOCHS = 90, 3, 2


@dataclass(frozen=True, kw_only=True)
class SeismicExperiment(Experiment[Records]):
    """A claim about telling kinds of seismograms by their spectrograms.

    Simulated records are split into training and test records; those of a file, given by `--data`,
    are predicted one event at a time by a network trained on all others, beside a linear
    discriminant of the amplitudes of both halves where there are two kinds. Each training is kept,
    so a run that was killed resumes.

    Attributes:
        model: a registered model's name, or a builder.
        parameters: of `CNNClassifier`.
        n_train: simulated records to train on.
        n_test: simulated records to test on.
        decibels: the range of their signal-to-noise ratios.
        seeds: how many trainings, with the seeds `--seed`, `--seed` + 1, ….
        most_parts: how many trainings each seed takes at most on the records of a file, at least
            2: if there are more events, several are left out together.
        expected: the accuracy on simulated records that the claim states.
    """

    model: Any
    parameters: Mapping[str, Any]
    n_train: int = 3000
    n_test: int = 1500
    decibels: tuple[float, float] = (-10.0, 20.0)
    seeds: int = 3
    most_parts: int = 50
    expected: Expected | None = None

    OPTIONS: ClassVar[frozenset[str]] = frozenset({"epochs", "data", "seed", "fresh"})

    def load(self, options: RunOptions) -> Records:
        """Return the records of a file, or simulated ones."""
        if options.data in (None, SYNTHETIC):
            records = simulated_records(self.n_train + self.n_test, options.seed, self.decibels)
        else:
            records = records_of_file(str(options.data), self.most_parts)
        environment.start_tensorflow_quietly()
        return records

    def adapted(self, options: RunOptions) -> Self:
        """Return the experiment as the options change it."""
        experiment = self
        if options.smoke:
            n = SMOKE_RECORDS
            experiment = replace(self, seeds=1, n_train=n, n_test=n, most_parts=SMOKE_PARTS)
        epochs = options.epochs or (SMOKE_EPOCHS if options.smoke else None)
        if epochs is None:
            return experiment
        return replace(experiment, parameters={**self.parameters, "epochs": epochs})

    def perform(self, run: Run[Records]) -> Outcome:
        """Train and test with each seed."""
        announce(self.describe(run.material, run.options), run.options.progress)
        if run.material.parts is None:
            return self._on_simulated(run)
        return self._on_events(run, run.material.parts)

    def describe(self, material: Records, options: RunOptions) -> str:
        """Return how many trainings there would be."""
        trainings = plural(self.seeds * (material.n_parts or 1), "training")
        epochs = plural(self.parameters["epochs"], "epoch")
        records = plural(len(material.dataset.y), "record")
        return f"{trainings} of {epochs} on {records}, {material.held_out}"

    def other_heading(self, material: Records) -> Heading:
        """Return the title and the claim of a report on the records of a file."""
        dataset = material.dataset
        return {
            "title": f"Kinds of seismograms: {dataset.name}",
            "claim": (
                f"How well a network tells {' and '.join(dataset.class_names)} by the spectrograms "
                "of records that it was not trained on; nothing was claimed beforehand."
            ),
        }

    def _seeds(self, run: Run[Records]) -> Sequence[int]:
        return range(run.options.seed, run.options.seed + self.seeds)

    def _settings(self, run: Run[Records]) -> Any:
        simulated = {"n_train": self.n_train, "n_test": self.n_test, "decibels": self.decibels}
        own = {"most_parts": self.most_parts} if run.material.n_parts else simulated
        return plain(
            {
                "model": self.model,
                "parameters": self.parameters,
                **own,
                "seeds": self.seeds,
                "seed": run.options.seed,
                "data": run.material.dataset.fingerprint,
            }
        )

    def _kept(self, run: Run[Records], seed: int, rows: np.ndarray) -> Path:
        """Return where a training with one seed is kept, tested on those rows."""
        left_out = {"seeds", "seed", "most_parts"}
        relevant = {k: each for k, each in self._settings(run).items() if k not in left_out}
        return kept_folder(run.folder, {**relevant, "own seed": seed, "tested": rows.tolist()})

    def _classifier(self, seed: int) -> Any:
        from kerascnn.estimators import CNNClassifier

        return CNNClassifier(self.model, random_state=seed, **{**STEPS_AT_ONCE, **self.parameters})

    def _on_simulated(self, run: Run[Records]) -> Outcome:
        """Test on records that are never trained on, beside a linear model."""
        from kerascnn.laboratory.linear_model import told_by_linear_model

        records, rows = run.material, np.arange(self.n_train, len(run.material.images))
        images, dataset = records.images, records.dataset
        trial = Trial(records.held_out, dataset.y[rows], images[rows], dataset.class_names)
        folders = {seed: self._kept(run, seed, rows) for seed in self._seeds(run)}
        made = {
            seed: measured(
                folder, partial(self._trained, run, seed, folder), afresh=run.starts_afresh
            )
            for seed, folder in folders.items()
        }
        for seed, each in made.items():
            trial.add(NETWORK, seed, each.arrays["said"], each.rows[0]["seconds"])
        watch = Stopwatch()
        told = told_by_linear_model(images, dataset.y, self.n_train)
        trial.add(BASELINE, run.options.seed, told, watch.seconds())
        first = run.options.seed
        assert records.ratios is not None  # since the records are simulated
        exhibits = [seismic.by_noise(records.ratios[rows], trial.is_right), simulated_ranges()]
        results = self._results(trial, run, exhibits, made[first].insight)
        return Outcome(results, {MODEL_FILE: KeptModel(folders[first] / MODEL_FILE)})

    def _trained(self, run: Run[Records], seed: int, folder: Path) -> Measured:
        """Return what a network trained on simulated records says of the others; save it."""
        from kerascnn.interpretation import inspect

        images, dataset = run.material.images, run.material.dataset
        y, names = dataset.y, dataset.class_names
        classifier, name = self._classifier(seed), f"{NETWORK}, seed {seed}"
        shown, n = run.options.progress, self.n_train
        seconds = fit_with_progress(classifier, name, shown, images[:n], y[:n])
        folder.mkdir(parents=True, exist_ok=True)
        classifier.save(folder / MODEL_FILE)
        insight = replace(inspect(classifier, images[n:], y[n:], names), of_spectrograms=True)
        said = classifier.predict_proba(images[n:])
        return Measured([{"seconds": seconds}], {"said": said}, insight)

    def _on_events(self, run: Run[Records], parts: np.ndarray) -> Outcome:
        """Leave out one part after another, for the network and the discriminant alike."""
        from kerascnn.laboratory.seismic_ratio import leave_one_out_predictions

        records, dataset = run.material, run.material.dataset
        names, groups = dataset.class_names, dataset.groups
        trial = Trial(records.held_out, dataset.y, records.images, names, groups)
        n_fits = self.seeds * records.n_parts
        with ProgressBar(NETWORK, n_fits, "trainings", run.options.progress) as bar:
            for seed in self._seeds(run):
                trial.add(NETWORK, seed, *self._on_parts(run, parts, seed, bar))
        if not records.obstacle:
            watch = Stopwatch()
            told = leave_one_out_predictions(dataset.X, dataset.y, parts)
            trial.add(HALVES, run.options.seed, np.eye(2)[told], watch.seconds())
        return Outcome(self._results(trial, run, []))

    def _on_parts(
        self, run: Run[Records], parts: np.ndarray, seed: int, bar: ProgressBar
    ) -> tuple[np.ndarray, float]:
        """Return what networks say of the parts that they were not trained on, and the seconds."""
        said = np.zeros((len(parts), len(run.material.dataset.class_names)))
        seconds = 0.0
        for part in range(run.material.n_parts):
            rows = np.flatnonzero(parts == part)
            folder = self._kept(run, seed, rows)
            each = measured(
                folder, partial(self._without, run, seed, rows), afresh=run.starts_afresh
            )
            said[rows] = each.arrays["said"]
            seconds += each.rows[0]["seconds"]
            bar.advance(f"{NETWORK}, seed {seed}")
        return said, seconds

    def _without(self, run: Run[Records], seed: int, rows: np.ndarray) -> Measured:
        """Return what a network says of those rows that was trained on all others."""
        images, y = run.material.images, run.material.dataset.y
        watch, classifier = Stopwatch(), self._classifier(seed)
        classifier.fit(np.delete(images, rows, axis=0), np.delete(y, rows))
        said = np.zeros((len(rows), len(run.material.dataset.class_names)))
        said[:, classifier.classes_] = classifier.predict_proba(images[rows])
        return Measured([{"seconds": watch.seconds()}], {"said": said})

    def _results(
        self,
        trial: Trial,
        run: Run[Records],
        exhibits: Sequence[Exhibit],
        insight: Insight | None = None,
    ) -> RecordingsResults:
        records = run.material
        is_stated = not (run.options.smoke or run.options.data)
        results = RecordingsResults(
            name=run.folder.name,
            **self.heading(run),
            trainings=storage.as_frame(trial.rows),
            predictions=trial.predictions,
            insight=insight,
            expected=self.expected if is_stated else None,
            provenance=run.provenance(self._settings(run), "Keras trainings, one after another"),
            notices=run.notices,
        )
        table = seismic.accuracies(results, len(trial.predictions.y_true), records.on_halves)
        shown = [seismic.examples(records.dataset, records.images, records.ratios), table]
        return replace(results, exhibits=[*shown, *exhibits])
