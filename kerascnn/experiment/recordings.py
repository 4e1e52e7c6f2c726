"""An experiment on sounds: networks tested on voices that they know, and on others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from kerascnn import environment
from kerascnn.datasets import Dataset
from kerascnn.experiment.base import Experiment, Heading, Outcome
from kerascnn.experiment.data import Split, split_dataset
from kerascnn.experiment.kept import KeptTraining, kept_folder
from kerascnn.experiment.learning import SMOKE_SAMPLES, STEPS_AT_ONCE, predictions_on
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.progress import fit_with_progress
from kerascnn.experiment.run import Run, plain
from kerascnn.experiment.sounds import BY_GROUP, BY_SAMPLE, Recordings, load_recordings
from kerascnn.laboratory import recordings
from kerascnn.results import Expected, RecordingsResults, storage
from kerascnn.utils.formatting import plural
from kerascnn.utils.progress import announce

SMOKE_EPOCHS = 1


@dataclass(frozen=True, kw_only=True)
class RecordingsExperiment(Experiment[Recordings]):
    """A claim about networks of sounds, and everything needed to train them.

    Each is trained with several seeds, which also choose the test samples, in two ways: speakers of
    the test split are never trained on, or, which is easier, recordings are held out whoever
    speaks. What has been trained is kept, so a run that was killed resumes. A network that makes
    spectrograms takes the sounds for having the data's rate, unless its parameters state another.

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
        material = load_recordings(
            options.data or self.dataset,
            self.dataset,
            self.data_options,
            n_samples=self.n_samples,
            test_size=self.test_size,
            seeds=self._seeds(options),
        )
        environment.start_tensorflow_quietly()
        return material

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
        spectrogram = self._check(run)
        announce(self.describe(run.material, run.options), run.options.progress)
        trainings = {
            (split, name, seed): self._training(split, name, seed, run)
            for split in (BY_GROUP, BY_SAMPLE)
            for name in self.models
            for seed in self._seeds(run.options)
        }
        shown = next(iter(trainings.values()))
        results = RecordingsResults(
            name=run.folder.name,
            **self.heading(run),
            trainings=storage.as_frame([training.row for training in trainings.values()]),
            predictions=shown.predictions,
            insight=shown.insight,
            expected=None if run.options.smoke or run.options.data else self.expected,
            provenance=run.provenance(self._settings(run), "one Keras training each"),
            notices=run.notices,
        )
        exhibits = [
            recordings.examples(
                dataset.X, dataset.y, dataset.class_names, dataset.rate, spectrogram
            ),
            recordings.accuracies(results),
        ]
        return Outcome(replace(results, exhibits=exhibits))

    def describe(self, material: Recordings, options: RunOptions) -> str:
        """Return how many trainings there would be."""
        trainings = plural(2 * len(self.models) * self.seeds, "training")
        epochs = plural(self.parameters["epochs"], "epoch")
        return f"{trainings} of {epochs} on {plural(len(material.dataset.y), 'sound')}"

    def other_heading(self, material: Recordings) -> Heading:
        """Return the title and the claim of a report on other sounds."""
        return {
            "title": f"Networks of sounds: {material.dataset.name}",
            "claim": (
                "How well networks tell these sounds by speakers, or whatever else the groups "
                "are, that they know, and by others; nothing was claimed beforehand."
            ),
        }

    def _seeds(self, options: RunOptions) -> Sequence[int]:
        return range(options.seed, options.seed + self.seeds)

    def _own_parameters(self, name: str, dataset: Dataset) -> dict[str, Any]:
        """Return a network's parameters, the data's rate among them where it takes one."""
        from kerascnn.estimators.builders import find_builder, own_arguments

        own = dict(self.models[name])
        takes_rate = "rate" in own_arguments(find_builder(own["model"]))[0]
        if takes_rate and dataset.rate is not None:
            whole = dataset.rate.is_integer()
            own.setdefault("model__rate", int(dataset.rate) if whole else dataset.rate)
        return own

    def _classifier(self, name: str, seed: int, dataset: Dataset) -> Any:
        from kerascnn.estimators import CNNClassifier

        own = self._own_parameters(name, dataset)
        return CNNClassifier(random_state=seed, **{**STEPS_AT_ONCE, **self.parameters, **own})

    def _check(self, run: Run[Recordings]) -> dict[str, int] | None:
        """Build every network once, so that a wrong one is found before any is trained.

        Returns:
            The settings of the spectrograms that the first network to make some makes.
        """
        from kerascnn.interpretation import spectrogram_settings

        dataset, found = run.material.dataset, []
        for name in self.models:
            classifier = self._classifier(name, run.options.seed, dataset)
            classifier.initialize(dataset.X, dataset.y)
            found.append(spectrogram_settings(classifier.model_))
        return next((settings for settings in found if settings is not None), None)

    def _settings(self, run: Run[Recordings]) -> Any:
        dataset = run.material.dataset
        return plain(
            {
                "models": {name: self._own_parameters(name, dataset) for name in self.models},
                "parameters": self.parameters,
                "seeds": self.seeds,
                "test_size": self.test_size,
                "n_samples": self.n_samples,
                "seed": run.options.seed,
                "data": dataset.fingerprint,
                "rate": dataset.rate,
            }
        )

    def _training(self, way: str, name: str, seed: int, run: Run[Recordings]) -> KeptTraining:
        """Return one training, made now or kept from an earlier run."""
        settings = self._settings(run)
        own = settings["models"][name]
        relevant = {
            key: each for key, each in settings.items() if key not in ("models", "seeds", "seed")
        }
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
        from kerascnn.interpretation import inspect

        classifier = self._classifier(name, seed, split.dataset)
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
