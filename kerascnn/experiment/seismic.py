"""An experiment on seismograms: simulated ones of a volcano, or those of a file, event by event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from kerascnn import environment
from kerascnn.datasets import Dataset
from kerascnn.datasets.dataset import make_dataset
from kerascnn.experiment.base import Experiment, Outcome
from kerascnn.experiment.data import load_dataset
from kerascnn.experiment.learning import STEPS_AT_ONCE
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.run import Run, Stopwatch, plain
from kerascnn.laboratory import seismic
from kerascnn.results import Expected, Insight, Predictions, RecordingsResults, storage

RATE = 50.0
SIMULATED = (
    "SIMULATED DATA: seismograms made by a formula, in place of records of a volcano. No figure "
    "here says how well real events are told."
)
NETWORK, BASELINE, TEXTBOOK = "network", "logistic regression", "P and S amplitudes, discriminant"
HELD_OUT, ONE_OUT = "simulated records held out", "one event left out at a time"
SMOKE_RECORDS = 90


@dataclass(frozen=True)
class Records:
    """Seismograms and their spectrograms.

    Attributes:
        dataset: the seismograms.
        images: (n, 32, 32, 1) float32.
        ratios: signal-to-noise ratios in decibels, (n,), of simulated records; None for others.
    """

    dataset: Dataset
    images: np.ndarray
    ratios: np.ndarray | None

    @property
    def origin(self) -> dict[str, Any]:
        """Where they come from, and how many there are."""
        return {
            "name": self.dataset.name,
            "source": self.dataset.source,
            "records": " × ".join(str(size) for size in self.dataset.X.shape),
            "fingerprint": self.dataset.fingerprint,
        }

    @property
    def notices(self) -> tuple[str, ...]:
        """The sentences about the data that a report must show in large letters."""
        return tuple(self.dataset.notices)


@dataclass(frozen=True, kw_only=True)
class SeismicExperiment(Experiment[Records]):
    """A claim about telling kinds of seismograms by their spectrograms.

    Simulated records are split into training and test records; those of a file, given by `--data`,
    are predicted one event at a time by a network trained on all others, beside the textbook's
    discriminant where there are two kinds.

    Attributes:
        model: a registered model's name, or a builder.
        parameters: of `CNNClassifier`.
        n_train: simulated records to train on.
        n_test: simulated records to test on.
        decibels: the range of their signal-to-noise ratios.
        seeds: how many trainings, with the seeds `--seed`, `--seed` + 1, ….
        expected: the accuracy on simulated records that the claim states.
    """

    model: Any
    parameters: Mapping[str, Any]
    n_train: int = 3000
    n_test: int = 1500
    decibels: tuple[float, float] = (-10.0, 20.0)
    seeds: int = 3
    expected: Expected | None = None

    OPTIONS: ClassVar[frozenset[str]] = frozenset({"epochs", "data", "seed"})

    def load(self, options: RunOptions) -> Records:
        """Return the records of a file, or simulated ones."""
        if options.data in (None, "synthetic"):
            records = self._simulated(options.seed)
        else:
            dataset = load_dataset(str(options.data), "", {})
            if dataset.X.ndim != 3 or dataset.X.shape[2] != 1:
                raise ValueError(
                    f"{dataset.name} holds no seismograms of one component: give a CSV file with "
                    "one in each column, such as EQ1, EQ2, EX1, EX2"
                )
            from kerascnn.datasets.seismic import spectrograms

            images = spectrograms(dataset.X, dataset.rate or 1.0)
            records = Records(dataset, images, None)
        environment.start_tensorflow_quietly()
        return records

    def adapted(self, options: RunOptions) -> Self:
        """Return the experiment as the options change it."""
        experiment = self
        if options.smoke:
            experiment = replace(self, seeds=1, n_train=SMOKE_RECORDS, n_test=SMOKE_RECORDS)
        epochs = options.epochs or (2 if options.smoke else None)
        if epochs is None:
            return experiment
        return replace(experiment, parameters={**self.parameters, "epochs": epochs})

    def perform(self, run: Run[Records]) -> Outcome:
        """Train and test with each seed."""
        records = run.material
        trial = self._on_simulated(run) if records.ratios is not None else self._on_events(run)
        is_stated = not (run.options.smoke or run.options.data)
        results = RecordingsResults(
            name=run.folder.name,
            title=self.title,
            claim=self.claim,
            trainings=storage.as_frame(trial.rows),
            predictions=trial.predictions,
            insight=trial.insight,
            expected=self.expected if is_stated else None,
            provenance=run.provenance(self._settings(run), "Keras trainings, one after another"),
            notices=run.notices,
        )
        dataset, images = records.dataset, records.images
        names, rate = dataset.class_names, dataset.rate
        shown = [
            seismic.examples(dataset.X, images, dataset.y, names, rate),
            seismic.accuracies(results, len(trial.predictions.y_true)),
        ]
        if records.ratios is not None:
            shown.append(seismic.by_noise(records.ratios[self.n_train :], trial.is_right))
        return Outcome(replace(results, exhibits=shown), trial.models)

    def describe(self, material: Records, options: RunOptions) -> str:
        """Return how many trainings there would be."""
        n_records = len(material.dataset.y)
        n_fits = self.seeds * (1 if material.ratios is not None else n_records)
        return f"{n_fits} trainings of {self.parameters['epochs']} epochs; {n_records} records"

    def _simulated(self, seed: int) -> Records:
        from kerascnn.datasets.seismic import KINDS, simulate_seismograms, spectrograms

        n = self.n_train + self.n_test
        made = simulate_seismograms(n, seed=seed, rate=RATE, decibels=self.decibels)
        dataset = make_dataset(
            "simulated seismograms",
            made.X,
            made.y,
            source=f"simulated by kerascnn (seed {seed}), {', '.join(KINDS)}",
            notices=[SIMULATED],
            rate=RATE,
        )
        return Records(dataset, spectrograms(made.X, RATE), made.signal_to_noise)

    def _settings(self, run: Run[Records]) -> Any:
        return plain(
            {
                "model": self.model,
                "parameters": self.parameters,
                "n_train": self.n_train,
                "n_test": self.n_test,
                "decibels": self.decibels,
                "seeds": self.seeds,
                "seed": run.options.seed,
                "data": run.material.dataset.fingerprint,
            }
        )

    def _classifier(self, seed: int) -> Any:
        from kerascnn.estimators import CNNClassifier

        return CNNClassifier(self.model, random_state=seed, **{**STEPS_AT_ONCE, **self.parameters})

    def _on_simulated(self, run: Run[Records]) -> "_Trial":
        from sklearn.linear_model import LogisticRegression

        images, dataset = run.material.images, run.material.dataset
        train, test = slice(None, self.n_train), slice(self.n_train, None)
        trial = _Trial(HELD_OUT, dataset, images[test], dataset.y[test])
        for seed in range(run.options.seed, run.options.seed + self.seeds):
            watch, classifier = Stopwatch(), self._classifier(seed)
            classifier.fit(images[train], dataset.y[train])
            trial.add(NETWORK, seed, classifier.predict_proba(images[test]), watch.seconds())
            trial.keep(classifier)
        watch, baseline = Stopwatch(), LogisticRegression(max_iter=2000)
        rows = images.reshape(len(images), -1)
        baseline.fit(rows[train], dataset.y[train])
        trial.add(BASELINE, run.options.seed, baseline.predict_proba(rows[test]), watch.seconds())
        return trial

    def _on_events(self, run: Run[Records]) -> "_Trial":
        from sklearn.model_selection import LeaveOneOut, cross_val_predict

        from kerascnn.laboratory.seismic_ratio import leave_one_out_predictions

        images, dataset = run.material.images, run.material.dataset
        trial = _Trial(ONE_OUT, dataset, images, dataset.y)
        for seed in range(run.options.seed, run.options.seed + self.seeds):
            watch, classifier = Stopwatch(), self._classifier(seed)
            said = cross_val_predict(
                classifier, images, dataset.y, cv=LeaveOneOut(), method="predict_proba"
            )
            trial.add(NETWORK, seed, said, watch.seconds())
        if len(dataset.class_names) == 2 and dataset.X.shape[1] % 2 == 0:
            told = leave_one_out_predictions(dataset.X, dataset.y)
            trial.add(TEXTBOOK, run.options.seed, np.eye(2)[told], 0.0)
        return trial


class _Trial:
    """What methods say of test records, seed by seed.

    Args:
        split: how they were held out.
        dataset: tells the classes.
        images: of the test records.
        y: their class indices.
    """

    def __init__(self, split: str, dataset: Dataset, images: np.ndarray, y: np.ndarray) -> None:
        self._split, self._dataset, self._images, self._y = split, dataset, images, y
        self.rows: list[dict[str, Any]] = []
        self.models: dict[str, Any] = {}
        self.insight: Insight | None = None
        self._said: dict[str, list[np.ndarray]] = {}
        self._confidence: np.ndarray | None = None

    def add(self, method: str, seed: int, probabilities: np.ndarray, seconds: float) -> None:
        """Note what a method says, (n, n_classes)."""
        said = probabilities.argmax(axis=1)
        self._said.setdefault(method, []).append(said)
        if self._confidence is None:
            self._confidence = probabilities.max(axis=1)
        self.rows.append(
            {
                "split": self._split,
                "model": method,
                "seed": seed,
                "accuracy": float(np.mean(said == self._y)),
                "seconds": seconds,
            }
        )

    def keep(self, classifier: Any) -> None:
        """Keep the first fitted network, and what it looks at."""
        from kerascnn.interpretation import inspect

        if not self.models:
            names = self._dataset.class_names
            self.models["model.kerascnn"] = classifier
            self.insight = inspect(classifier, self._images, self._y, names)

    @property
    def is_right(self) -> dict[str, np.ndarray]:
        """Whether each method is right, (n_seeds, n)."""
        return {name: np.stack(said) == self._y for name, said in self._said.items()}

    @property
    def predictions(self) -> Predictions:
        """What the first method says with the first seed."""
        first = next(iter(self._said.values()))[0]
        assert self._confidence is not None  # since something was added
        names = self._dataset.class_names
        return Predictions(self._y, first, self._confidence, self._images, names)
