"""The base of all kinds of experiments."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kerascnn import environment
from kerascnn.experiment.data import Split, load_split
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.output import check_writable, make_room
from kerascnn.report import Expected, Predictions, write_index

SMOKE_SAMPLES = 200
SMOKE_EPOCHS = 2
# With 8 steps at once a training takes 0.90 (cifar_cnn), 0.89 (lenet5) or 0.82 (strided_cnn) of the
# time, measured in turn, and hardly less with 32. The weights are the same to the last bit.
STEPS_AT_ONCE = {"compile__steps_per_execution": 8}
SMOKE_NOTICE = "A smoke run: a few steps on a few images, to see that everything works."


@dataclass(frozen=True, kw_only=True)
class Experiment:
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

    def folder(self, name: str, options: RunOptions) -> Path:
        """Return the report's folder, after checking that one can be written there."""
        check_writable(options.output)
        return options.output / (f"{name}-smoke" if options.smoke else name)

    def load(self, options: RunOptions) -> Split:
        """Return the experiment's data, training and test samples apart.

        TensorFlow is started only then: data that cannot be had should be known of at once.
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

    def classifier(self, model: Any, seed: int) -> Any:
        """Return a `CNNClassifier` of this experiment, not yet fitted."""
        from kerascnn import CNNClassifier

        return CNNClassifier(model, random_state=seed, **{**STEPS_AT_ONCE, **self.parameters})

    def expectation(self, options: RunOptions) -> Expected | None:
        """Return the figure to expect of this run: none of a smoke run or of other data."""
        return None if options.smoke or options.data else self.expected

    def settings(self, split: Split, options: RunOptions, **own: Any) -> Any:
        """Return what the numbers depend on, as plain JSON data.

        Args:
            split: the data.
            options: of the run.
            **own: what only this kind of experiment depends on.
        """
        return plain(
            {
                **own,
                "parameters": self.parameters,
                "test_size": self.test_size,
                "n_train": self.n_train,
                "n_test": self.n_test,
                "seed": options.seed,
                "data": split.dataset.fingerprint,
            }
        )

    def notices(self, split: Split, options: RunOptions) -> tuple[str, ...]:
        """Return the sentences that a report must show in large letters."""
        return (*split.dataset.notices, *((SMOKE_NOTICE,) if options.smoke else ()))


def predictions(classifier: Any, split: Split) -> Predictions:
    """Return what a fitted classifier says of the test split."""
    probabilities = classifier.predict_proba(split.X_test)
    return Predictions(
        y_true=np.asarray(split.y_test),
        y_pred=np.asarray(classifier.classes_)[probabilities.argmax(axis=1)],
        confidence=probabilities.max(axis=1),
        images=split.X_test,
        class_names=split.dataset.class_names,
    )


def plain(settings: Any) -> Any:
    """Return settings as plain JSON data: builders by name, arrays as lists."""

    def plainer(value: Any) -> Any:
        if isinstance(value, np.ndarray | np.generic):
            return value.tolist()
        return getattr(value, "__name__", str(value))

    return json.loads(json.dumps(settings, default=plainer))


def provenance(
    split: Split,
    options: RunOptions,
    settings: Mapping[str, Any],
    how: str,
    durations: Mapping[str, Any],
) -> dict[str, Any]:
    """Return where a report's results come from, as sections of plain JSON data."""
    dataset = split.dataset
    return {
        "command": options.command,
        "how it ran": how,
        "seed": options.seed,
        "data": {
            "name": dataset.name,
            "source": dataset.source,
            "training images": " × ".join(str(size) for size in split.X.shape),
            "test images": len(split.y_test),
            "fingerprint": dataset.fingerprint,
        },
        "durations": dict(durations),
        "versions": environment.settings(),
        "settings": settings,
    }


def publish(write: Callable[[Path], Path], folder: Path, settings: Any) -> Path:
    """Write a report and the index; keep an earlier report that other settings made."""
    if earlier := make_room(folder, settings):
        print(f"the earlier report was made with other settings and is now in {earlier}")
    page = write(folder)
    write_index(folder.parent)
    return page


class Stopwatch:
    """Measures how long the parts of a run take."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def seconds(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self._start

    def read(self) -> str:
        """Return the time since the start as a person would write it."""
        return duration(self.seconds())


def duration(seconds: float) -> str:
    """Return a number of seconds as a person would write it."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
