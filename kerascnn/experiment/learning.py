"""Experiments that train networks on labelled images: their data, options and settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from kerascnn import environment
from kerascnn.experiment.base import Experiment
from kerascnn.experiment.data import Split, load_split
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.run import Run, plain
from kerascnn.results import Expected, Predictions
from kerascnn.utils.formatting import plural

SMOKE_SAMPLES = 200
# With 8 steps at once a training takes 0.90 (cifar_cnn), 0.89 (lenet5) or 0.82 (strided_cnn) of the
# time, measured in turn, and hardly less with 32. The weights are the same to the last bit.
STEPS_AT_ONCE = {"compile__steps_per_execution": 8}


@dataclass(frozen=True, kw_only=True)
class LearningExperiment(Experiment[Split]):
    """A claim about what networks learn, and the data that it is about.

    Attributes:
        dataset: a name or path for `kerascnn.datasets.load`.
        test_size: the share of samples in the test split, in (0, 1); unused where the data has
            a fixed test split.
        by_group: whether the test split holds groups of samples, such as speakers, of which
            nothing is trained on.
        data_options: of the data's loader, such as the rate of sounds.
        n_train: how many training samples to use, drawn by class share; None for all.
        n_test: how many test samples to use; None for all.
        expected: the figure that the claim states, of most kinds the test accuracy, and its spread.
        parameters: of `CNNClassifier`.
    """

    dataset: str
    test_size: float = 0.2
    by_group: bool = False
    data_options: Mapping[str, Any] = field(default_factory=dict)
    n_train: int | None = None
    n_test: int | None = None
    expected: Expected | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    OPTIONS: ClassVar[frozenset[str]] = frozenset({"epochs", "data", "seed", "fresh"})
    SMOKE_EPOCHS: ClassVar[int] = 2

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
            by_group=self.by_group,
            options=self.data_options,
        )
        environment.start_tensorflow_quietly()
        return split

    def adapted(self, options: RunOptions) -> Self:
        """Return the experiment as the options change it."""
        experiment = self.reduced() if options.smoke else self
        epochs = options.epochs or (self.SMOKE_EPOCHS if options.smoke else None)
        return experiment if epochs is None else experiment.with_epochs(epochs)

    def reduced(self) -> Self:
        """Return the experiment as a smoke run takes it."""
        return replace(self, n_train=SMOKE_SAMPLES, n_test=SMOKE_SAMPLES)

    def with_epochs(self, epochs: int) -> Self:
        """Return the experiment with another number of epochs."""
        return replace(self, parameters={**self.parameters, "epochs": epochs})

    def classifier(self, model: Any, seed: int) -> Any:
        """Return a `CNNClassifier` of this experiment, not yet fitted."""
        from kerascnn.estimators import CNNClassifier

        return CNNClassifier(model, random_state=seed, **{**STEPS_AT_ONCE, **self.parameters})

    def departures(self, options: RunOptions) -> tuple[str, ...]:
        """Return in what a run with options is not what the claim is about, a phrase each."""
        is_own = options.epochs in (None, self.parameters.get("epochs"))
        epochs = () if is_own else (plural(options.epochs or 0, "epoch"),)
        return (*super().departures(options), *epochs)

    def expectation(self, run: Run[Split]) -> Expected | None:
        """Return the figure to expect of a run: none where it is not what the claim is about."""
        return None if run.departures else self.expected

    def settings(self, run: Run[Split], **own: Any) -> Any:
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
                **({"by_group": True} if self.by_group else {}),
                "n_train": self.n_train,
                "n_test": self.n_test,
                "seed": run.options.seed,
                "data": run.material.dataset.fingerprint,
            }
        )


def predictions_on(split: Split, classifier: Any) -> Predictions:
    """Return what a fitted classifier says of the test split."""
    probabilities = classifier.predict_proba(split.X_test)
    return Predictions(
        y_true=np.asarray(split.y_test),
        y_pred=np.asarray(classifier.classes_)[probabilities.argmax(axis=1)],
        confidence=probabilities.max(axis=1),
        images=split.X_test,
        class_names=split.dataset.class_names,
        rate=split.dataset.rate,
        groups=split.dataset.groups_test,
    )
