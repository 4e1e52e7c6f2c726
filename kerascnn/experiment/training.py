"""A training experiment: one network trained once, ending in a report of what it has learned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerascnn.experiment.base import Outcome
from kerascnn.experiment.checkpointed import fit_checkpointed
from kerascnn.experiment.data import Split
from kerascnn.experiment.learning import LearningExperiment, predictions_on
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.run import Run
from kerascnn.results import Samples, TrainingResults, storage

SHOWN_SAMPLES = 25


@dataclass(frozen=True, kw_only=True)
class TrainingExperiment(LearningExperiment):
    """A claim about one network, and everything needed to train it.

    The test split serves as validation data: its accuracy is recorded after every epoch and has
    no influence on the training. A run that was killed resumes after its last finished epoch.

    Attributes:
        model: a registered model's name, or a builder.
    """

    model: Any

    def perform(self, run: Run[Split]) -> Outcome:
        """Train the network, resuming from a checkpoint if there is one."""
        classifier = self.classifier(self.model, run.options.seed)
        settings = self.settings(run, model=self.model)
        seconds = fit_checkpointed(classifier, run.material, run, settings)
        origin = run.provenance(settings, "one Keras training", {"training": seconds})
        samples = _first_samples(run.material)
        run.material = run.material.without_training_images()
        results = self._results(classifier, run, samples, origin)
        return Outcome(results, {"model.kerascnn": classifier})

    def describe(self, split: Split, options: RunOptions) -> str:
        """Return how long the training would be, and of how many parameters."""
        classifier = self.classifier(self.model, options.seed).initialize(split.X, split.y)
        return (
            f"1 training of {classifier.epochs} epochs on {len(split.y)} images, "
            f"{classifier.model_.count_params():,} parameters, tested on {len(split.y_test)} images"
        )

    def _results(
        self, classifier: Any, run: Run[Split], samples: Samples, origin: Mapping[str, Any]
    ) -> TrainingResults:
        from kerascnn.interpretation import inspect

        split = run.material
        history = storage.as_frame(classifier.history_)
        history.insert(0, "epoch", range(1, len(history) + 1))
        return TrainingResults(
            name=run.folder.name,
            **self.heading(run),
            history=history,
            predictions=predictions_on(split, classifier),
            expected=self.expectation(run),
            samples=samples,
            insight=inspect(classifier, split.X_test, split.y_test, split.dataset.class_names),
            parameters=classifier.model_.count_params(),
            provenance=origin,
            notices=run.notices,
        )


def _first_samples(split: Split) -> Samples:
    """Return the first training samples, or evenly spaced ones where data is sorted by class."""
    rows = np.arange(min(SHOWN_SAMPLES, len(split.y)))
    if len(np.unique(split.y[rows])) == 1:
        rows = np.linspace(0, len(split.y) - 1, len(rows)).astype(int)
    names = split.dataset.class_names
    return Samples(split.X[rows], tuple(names[label] for label in split.y[rows]))
