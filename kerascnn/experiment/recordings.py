"""An experiment on sounds: networks tested on voices that they know, and on others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from kerascnn import environment
from kerascnn.datasets import Dataset
from kerascnn.experiment.base import Experiment, Outcome
from kerascnn.experiment.data import Split, load_dataset, split_dataset
from kerascnn.experiment.kept import KeptTraining, kept_folder
from kerascnn.experiment.learning import SMOKE_SAMPLES, STEPS_AT_ONCE, predictions_on
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.progress import fit_with_progress
from kerascnn.experiment.run import Run, plain
from kerascnn.laboratory import recordings
from kerascnn.results import Expected, RecordingsResults, storage

BY_GROUP, BY_SAMPLE = "unknown speakers", "known speakers"
SMOKE_EPOCHS = 1


@dataclass(frozen=True)
class Recordings:
    """Sounds, not yet split."""

    dataset: Dataset

    @property
    def origin(self) -> dict[str, Any]:
        """Where they come from, and how many there are."""
        groups = self.dataset.groups
        return {
            "name": self.dataset.name,
            "source": self.dataset.source,
            "sounds": " × ".join(str(size) for size in self.dataset.X.shape),
            "speakers": 0 if groups is None else len(np.unique(groups)),
            "fingerprint": self.dataset.fingerprint,
        }

    @property
    def notices(self) -> tuple[str, ...]:
        """The sentences about the data that a report must show in large letters."""
        return tuple(self.dataset.notices)


@dataclass(frozen=True, kw_only=True)
class RecordingsExperiment(Experiment[Recordings]):
    """A claim about networks of sounds, and everything needed to train them.

    Each is trained with several seeds, which also choose the test samples, in two ways: speakers of
    the test split are never trained on, or, which is easier, recordings are held out whoever
    speaks. What has been trained is kept, so a run that was killed resumes.

    Attributes:
        dataset: a name or path for `kerascnn.datasets.load`, of sounds whose groups are speakers.
        models: parameters of `CNNClassifier`, `model` among them, by the network's name.
        parameters: further ones that all have.
        seeds: how many trainings of each, with the seeds `--seed`, `--seed` + 1, ….
        test_size: the share of speakers, and of recordings, that is held out, in (0, 1).
        data_options: of the data's loader, such as the rate.
        expected: the accuracy of the first model with unknown speakers that the claim states.
        n_samples: how many sounds to use, evenly spaced; None for all.
    """

    dataset: str
    models: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Any]
    seeds: int = 3
    test_size: float = 0.3
    data_options: Mapping[str, Any]
    expected: Expected | None = None
    n_samples: int | None = None

    OPTIONS: ClassVar[frozenset[str]] = frozenset({"epochs", "data", "seed", "fresh"})

    def load(self, options: RunOptions) -> Recordings:
        """Return the sounds."""
        dataset = load_dataset(options.data or self.dataset, self.dataset, self.data_options)
        if dataset.X.ndim != 3:
            raise ValueError(f"{dataset.name} holds images, not sounds: give WAV files")
        if dataset.X_test is not None:
            raise ValueError(
                f"{dataset.name} has a test split of its own, but speakers are to be held out: "
                "give all recordings in one folder"
            )
        environment.start_tensorflow_quietly()
        return Recordings(_thinned(dataset, self.n_samples))

    def adapted(self, options: RunOptions) -> Self:
        """Return the experiment as the options change it."""
        experiment = self
        if options.smoke:
            experiment = replace(self, seeds=1, n_samples=SMOKE_SAMPLES)
        epochs = options.epochs or (SMOKE_EPOCHS if options.smoke else None)
        if epochs is None:
            return experiment
        return replace(experiment, parameters={**self.parameters, "epochs": epochs})

    def perform(self, run: Run[Recordings]) -> Outcome:
        """Train each network in each way with each seed."""
        dataset = run.material.dataset
        trainings = {
            (split, name, seed): self._training(split, name, seed, run)
            for split in (BY_GROUP, BY_SAMPLE)
            for name in self.models
            for seed in self._seeds(run.options)
        }
        shown = next(iter(trainings.values()))
        settings = self._settings(run)
        results = RecordingsResults(
            name=run.folder.name,
            title=self.title,
            claim=self.claim,
            trainings=storage.as_frame([training.row for training in trainings.values()]),
            predictions=shown.predictions,
            insight=shown.insight,
            expected=None if run.options.smoke or run.options.data else self.expected,
            provenance=run.provenance(settings, "one Keras training each"),
            notices=run.notices,
        )
        names, rate = dataset.class_names, dataset.rate or 1.0
        exhibits = [
            recordings.examples(dataset.X, dataset.y, names, rate, self._spectrogram(rate)),
            recordings.accuracies(results),
        ]
        return Outcome(replace(results, exhibits=exhibits))

    def describe(self, material: Recordings, options: RunOptions) -> str:
        """Return how many trainings there would be."""
        n_trainings = 2 * len(self.models) * self.seeds
        n_sounds = len(material.dataset.y)
        return f"{n_trainings} trainings of {self.parameters['epochs']} epochs on {n_sounds} sounds"

    def _seeds(self, options: RunOptions) -> Sequence[int]:
        return range(options.seed, options.seed + self.seeds)

    def _spectrogram(self, rate: float) -> dict[str, Any]:
        """Return the settings of spectrograms that the networks state."""
        stated = {
            name.removeprefix("model__"): value
            for parameters in self.models.values()
            for name, value in parameters.items()
        }
        kept = {name: stated[name] for name in recordings.SPECTROGRAM if name in stated}
        return {**kept, "rate": int(rate)}

    def _settings(self, run: Run[Recordings]) -> Any:
        return plain(
            {
                "models": self.models,
                "parameters": self.parameters,
                "seeds": self.seeds,
                "test_size": self.test_size,
                "seed": run.options.seed,
                "data": run.material.dataset.fingerprint,
            }
        )

    def _training(self, way: str, name: str, seed: int, run: Run[Recordings]) -> KeptTraining:
        """Return one training, made now or kept from an earlier run."""
        relevant = {
            key: each
            for key, each in self._settings(run).items()
            if key not in ("models", "seeds", "seed")
        }
        own = plain(self.models[name])
        kept = kept_folder(run.folder, {**relevant, "way": way, "model": own, "own seed": seed})
        earlier = None if run.starts_afresh else KeptTraining.load(kept)
        if earlier is not None:
            return earlier
        split = split_dataset(
            run.material.dataset,
            test_size=self.test_size,
            n_train=None,
            n_test=None,
            seed=seed,
            by_group=way == BY_GROUP,
        )
        training = self._trained(split, way, name, seed, run)
        training.save(kept)
        return training

    def _trained(
        self, split: Split, way: str, name: str, seed: int, run: Run[Recordings]
    ) -> KeptTraining:
        from kerascnn.estimators import CNNClassifier
        from kerascnn.interpretation import inspect

        parameters = {**STEPS_AT_ONCE, **self.parameters, **self.models[name]}
        classifier = CNNClassifier(random_state=seed, **parameters)
        seconds = fit_with_progress(
            classifier, f"{name}, {way}", run.options.progress, split.X, split.y
        )
        predictions = predictions_on(split, classifier)
        row = {
            "split": way,
            "model": name,
            "seed": seed,
            "accuracy": predictions.accuracy,
            "parameters": classifier.model_.count_params(),
            "seconds": seconds,
        }
        names = split.dataset.class_names
        return KeptTraining(
            row, inspect(classifier, split.X_test, split.y_test, names), predictions
        )


def _thinned(dataset: Dataset, n_samples: int | None) -> Dataset:
    """Return a dataset of evenly spaced samples."""
    if n_samples is None or n_samples >= len(dataset.y):
        return dataset
    rows = np.linspace(0, len(dataset.y) - 1, n_samples).astype(int)
    groups = None if dataset.groups is None else dataset.groups[rows]
    return replace(dataset, X=dataset.X[rows], y=dataset.y[rows], groups=groups)
