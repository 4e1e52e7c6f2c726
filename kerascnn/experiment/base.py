"""The template of all kinds of experiments: the steps that they share, in order.

A kind is a subclass in a file of its own that says what it trains (`perform`), what it would
train (`describe`), and what its smoke run leaves out (`reduced`).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from kerascnn import environment
from kerascnn.experiment.data import Split, load_split
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.output import check_writable, make_room
from kerascnn.experiment.run import Run, Stopwatch, plain
from kerascnn.report import render_report, write_index
from kerascnn.results import Expected

SMOKE_SAMPLES = 200
# With 8 steps at once a training takes 0.90 (cifar_cnn), 0.89 (lenet5) or 0.82 (strided_cnn) of the
# time, measured in turn, and hardly less with 32. The weights are the same to the last bit.
STEPS_AT_ONCE = {"compile__steps_per_execution": 8}


class Results(Protocol):
    """Plain results that a report can be drawn from."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What made the results; its section "settings" is what their numbers depend on."""

    def save(self, folder: Path) -> None:
        """Write the results to a folder."""


@dataclass(frozen=True)
class Outcome:
    """What a run has made.

    Attributes:
        results: what the report is drawn from.
        models: fitted classifiers by the names of the files that they are saved in.
    """

    results: Results
    models: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Experiment(ABC):
    """A claim, and the data that it is about.

    Attributes:
        title: the report's title.
        claim: one or two sentences that the run can confirm or refute.
        dataset: a name or path for `kerascnn.datasets.load`.
        test_size: the share of samples in the test split, in (0, 1); unused where the data has
            a fixed test split.
        n_train: how many training samples to use, drawn by class share; None for all.
        n_test: how many test samples to use; None for all.
        expected: the test accuracy that the claim states, and its spread.
        parameters: of `CNNClassifier`.
    """

    title: str
    claim: str
    dataset: str
    test_size: float = 0.2
    n_train: int | None = None
    n_test: int | None = None
    expected: Expected | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    SMOKE_EPOCHS: ClassVar[int] = 2

    # What all kinds share

    def run(self, name: str, options: RunOptions) -> Path:
        """Run the experiment and return its report's page.

        Raises:
            ValueError: if an option or the data is wrong; before anything is trained.
        """
        watch, experiment = Stopwatch(), self.adapted(options)
        check_writable(options.output)
        folder = options.output / (f"{name}-smoke" if options.smoke else name)
        run = Run(name, folder, options, experiment.load(options), watch)
        return _publish(experiment.perform(run), folder)

    def plan(self, options: RunOptions) -> str:
        """Return what a run would train, without training anything."""
        experiment = self.adapted(options)
        return experiment.describe(experiment.load(options), options)

    def adapted(self, options: RunOptions) -> Self:
        """Return the experiment as the options change it."""
        experiment = self.reduced() if options.smoke else self
        epochs = options.epochs or (self.SMOKE_EPOCHS if options.smoke else None)
        return experiment if epochs is None else experiment.with_epochs(epochs)

    def classifier(self, model: Any, seed: int) -> Any:
        """Return a `CNNClassifier` of this experiment, not yet fitted."""
        from kerascnn.estimators import CNNClassifier

        return CNNClassifier(model, random_state=seed, **{**STEPS_AT_ONCE, **self.parameters})

    def expectation(self, options: RunOptions) -> Expected | None:
        """Return the figure to expect of this run: none of a smoke run or of other data."""
        return None if options.smoke or options.data else self.expected

    def settings(self, run: Run, **own: Any) -> Any:
        """Return what the numbers depend on, as plain JSON data.

        Args:
            run: the run.
            **own: what only this kind of experiment depends on.
        """
        return plain(
            {
                **own,
                "parameters": self.parameters,
                "test_size": self.test_size,
                "n_train": self.n_train,
                "n_test": self.n_test,
                "seed": run.options.seed,
                "data": run.split.dataset.fingerprint,
            }
        )

    # What each kind says itself

    @abstractmethod
    def perform(self, run: Run) -> Outcome:
        """Train, and return what came of it."""

    @abstractmethod
    def describe(self, split: Split, options: RunOptions) -> str:
        """Return what would be trained."""

    def reduced(self) -> Self:
        """Return the experiment as a smoke run takes it."""
        return replace(self, n_train=SMOKE_SAMPLES, n_test=SMOKE_SAMPLES)

    def with_epochs(self, epochs: int) -> Self:
        """Return the experiment with another number of epochs."""
        return replace(self, parameters={**self.parameters, "epochs": epochs})

    def load(self, options: RunOptions) -> Split:
        """Return the experiment's data, training and test samples apart.

        TensorFlow is started only then: missing data should be known of at once.
        """
        split = load_split(
            options.data or self.dataset,
            like=self.dataset,
            test_size=self.test_size,
            n_train=self.n_train,
            n_test=self.n_test,
            seed=options.seed,
        )
        environment.start_tensorflow_quietly()
        return split


def _publish(outcome: Outcome, folder: Path) -> Path:
    """Write a report and the index; keep an earlier report that other settings made."""
    if earlier := make_room(folder, outcome.results.provenance["settings"]):
        print(f"the earlier report was made with other settings and is now in {earlier}")
    outcome.results.save(folder)
    page = render_report(folder)
    for file, classifier in outcome.models.items():
        classifier.save(folder / file)
    write_index(folder.parent)
    return page
