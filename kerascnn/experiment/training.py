"""A training experiment: one network trained once, ending in a report of what it has learned."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kerascnn.experiment.base import (
    SMOKE_EPOCHS,
    SMOKE_SAMPLES,
    Experiment,
    Stopwatch,
    duration,
    predictions,
    provenance,
    publish,
)
from kerascnn.experiment.data import Split
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.progress import EpochProgress
from kerascnn.report import Samples, TrainingResults, write_training_report
from kerascnn.results import storage

SHOWN_SAMPLES = 25


@dataclass(frozen=True, kw_only=True)
class TrainingExperiment(Experiment):
    """A claim about one network, and everything needed to train it.

    The test split serves as validation data: its accuracy is recorded after every epoch and has
    no influence on the training. A run that was killed goes on from its last finished epoch.

    Attributes:
        model: a registered model's name, or a builder.
    """

    model: Any

    def run(self, name: str, options: RunOptions) -> Path:
        """Run the experiment and return its report's page.

        Raises:
            ValueError: if an option or the data is wrong; before anything is trained.
        """
        watch, experiment = Stopwatch(), self._with(options)
        folder = experiment.folder(name, options)
        split = experiment.load(options)
        from kerascnn.estimators.checkpoint import fit_with_checkpoint

        classifier = experiment.classifier(experiment.model, options.seed)
        settings = experiment.settings(split, options, model=experiment.model)
        checkpoint = _checkpoint(folder, settings)
        if options.smoke or options.fresh:
            checkpoint.unlink(missing_ok=True)
        with EpochProgress(name, classifier.epochs, options.progress) as progress:
            seconds = fit_with_checkpoint(
                classifier,
                split.X,
                split.y,
                checkpoint,
                validation_data=(split.X_test, split.y_test),
                on_epoch=progress.count,
            )
        durations = {"whole run": watch.read(), "training": duration(seconds)}
        origin = provenance(split, options, settings, "one Keras training", durations)
        samples = _first_samples(split)
        split = split.without_training_images()
        results = experiment._results(classifier, folder.name, split, options, samples, origin)

        def write(folder: Path) -> Path:
            page = write_training_report(results, folder)
            classifier.save(folder / "model.kerascnn")
            return page

        return publish(write, folder, settings)

    def plan(self, options: RunOptions) -> str:
        """Return what the experiment would train, without training anything."""
        experiment = self._with(options)
        split = experiment.load(options)
        classifier = experiment.classifier(experiment.model, options.seed).initialize(
            split.X, split.y
        )
        return (
            f"1 training of {classifier.epochs} epochs on {len(split.y)} images, "
            f"{classifier.model_.count_params():,} parameters, tested on {len(split.y_test)} images"
        )

    def _with(self, options: RunOptions) -> "TrainingExperiment":
        """Return the experiment as the options change it."""
        experiment = self
        if options.smoke:
            experiment = replace(experiment, n_train=SMOKE_SAMPLES, n_test=SMOKE_SAMPLES)
        epochs = options.epochs or (SMOKE_EPOCHS if options.smoke else None)
        if epochs is not None:
            parameters = {**experiment.parameters, "epochs": epochs}
            experiment = replace(experiment, parameters=parameters)
        return experiment

    def _results(
        self,
        classifier: Any,
        name: str,
        split: Split,
        options: RunOptions,
        samples: Samples,
        origin: Mapping[str, Any],
    ) -> TrainingResults:
        from kerascnn.interpretation import inspect

        class_names = split.dataset.class_names
        history = storage.as_frame(classifier.history_)
        history.insert(0, "epoch", range(1, len(history) + 1))
        return TrainingResults(
            name=name,
            title=self.title,
            claim=self.claim,
            history=history,
            predictions=predictions(classifier, split),
            expected=self.expectation(options),
            samples=samples,
            insight=inspect(classifier, split.X_test, split.y_test, class_names),
            parameters=classifier.model_.count_params(),
            provenance=origin,
            notices=self.notices(split, options),
        )


def _first_samples(split: Split) -> Samples:
    """Return the first training samples, or evenly spaced ones where data is sorted by class."""
    rows = np.arange(min(SHOWN_SAMPLES, len(split.y)))
    if len(np.unique(split.y[rows])) == 1:
        rows = np.linspace(0, len(split.y) - 1, len(rows)).astype(int)
    names = split.dataset.class_names
    return Samples(split.X[rows], tuple(names[label] for label in split.y[rows]))


def _checkpoint(folder: Path, settings: Any) -> Path:
    """Return where a training with these settings keeps its state while it runs."""
    import joblib

    key = joblib.hash(settings, hash_name="sha1")[:12]
    return folder.parent / ".checkpoints" / f"{folder.name}-{key}.npz"
