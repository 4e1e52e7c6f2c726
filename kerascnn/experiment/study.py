"""A study: methods measured side by side, each part of it with several seeds."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kerascnn.experiment.base import Outcome
from kerascnn.experiment.data import Split
from kerascnn.experiment.kept import Measured, kept_folder, measured
from kerascnn.experiment.learning import STEPS_AT_ONCE, LearningExperiment
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.run import Run, plain
from kerascnn.results import Exhibit, Expected, Headline, Insight, StudyResults, storage

if TYPE_CHECKING:
    import pandas as pd

Part = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class StudyExperiment(LearningExperiment):
    """A claim about what networks do with images, beside other ways to do the same.

    A study has parts, such as one for each factor of enlargement. Each part is measured with
    several seeds, and kept once it is, so a run that was killed resumes. A kind of study says
    what is measured (`measure`), and how that is shown (`headlines`, `exhibits`).

    Attributes:
        model: a registered model's name, or a builder.
        seeds: how often each part is measured, with the seeds `--seed`, `--seed` + 1, ….
        validation_share: the share of training images, evenly spaced, that nothing is trained on:
            all choices are made on them, in (0, 1).
    """

    model: Any
    seeds: int = 3
    validation_share: float = 0.1

    def load(self, options: RunOptions) -> Split:
        """Return the experiment's data, training and test images apart.

        Raises:
            ValueError: if it holds signals, or images of which nothing is to be seen.
        """
        split = super().load(options)
        if split.X.ndim != 4:
            raise ValueError(f"{split.dataset.name} holds signals, not images: give images")
        if (channels := split.X.shape[-1]) not in (1, 3):
            raise ValueError(
                f"{split.dataset.name} has images of {channels} channels, which no sheet can show: "
                "give images of 1 or 3"
            )
        if split.X.min() == split.X.max():
            raise ValueError(f"all pixels of {split.dataset.name} are {split.X.max()}: give others")
        return split

    def perform(self, run: Run[Split]) -> Outcome:
        """Measure each part with each seed, or take over what an earlier run has measured."""
        settings = self.settings(run, **self._own())
        first = run.options.seed
        made = {
            (seed, number): self._measured(part, seed, settings, run)
            for seed in range(first, first + self.seeds)
            for number, part in enumerate(self.parts(run.material))
        }
        rows = [{**row, "seed": seed} for (seed, _), each in made.items() for row in each.rows]
        measurements = storage.as_frame(rows)
        shown = [each for (seed, _), each in made.items() if seed == first]
        results = StudyResults(
            name=run.folder.name,
            **self.heading(run),
            measurements=measurements,
            headlines=self.headlines(measurements, self.expectation(run)),
            exhibits=self.exhibits(run.material, measurements, shown),
            insight=next((each.insight for each in shown if each.insight is not None), None),
            provenance=run.provenance(settings, "one Keras training each"),
            notices=run.notices,
        )
        return Outcome(results)

    def describe(self, split: Split, options: RunOptions) -> str:
        """Return how many trainings there would be, and how long."""
        n_trainings = self.seeds * len(self.parts(split))
        images, _ = self.divided(split)
        epochs = self.parameters["epochs"]
        return f"{n_trainings} trainings of {epochs} epochs on {len(images)} images"

    def reduced(self) -> Self:
        """Return one seed, on a few samples."""
        return replace(super().reduced(), seeds=1)

    # What each kind says itself

    def parts(self, split: Split) -> Sequence[Part]:
        """Return what is measured separately, as plain JSON data: by default all at once."""
        return [{}]

    @abstractmethod
    def measure(self, part: Part, seed: int, run: Run[Split]) -> Measured:
        """Train what a part needs with one seed, and measure it on the test images."""

    @abstractmethod
    def headlines(
        self, measurements: "pd.DataFrame", expected: Expected | None
    ) -> Sequence[Headline]:
        """Return the figures at the top of the page, the most telling first."""

    @abstractmethod
    def exhibits(
        self, split: Split, measurements: "pd.DataFrame", shown: Sequence[Measured]
    ) -> Sequence[Exhibit]:
        """Return what the page shows.

        Args:
            split: the data.
            measurements: a row per method, setting and seed.
            shown: the parts in order, as measured with the first seed.
        """

    # What kinds need for that

    def divided(self, split: Split) -> tuple[np.ndarray, np.ndarray]:
        """Return images to train on, and others to choose by, as the data has them.

        Raises:
            ValueError: if one side would be empty.
        """
        n_images = len(split.X)
        n_chosen = round(self.validation_share * n_images)
        if not 0 < n_chosen < n_images:
            raise ValueError(
                f"validation_share={self.validation_share!r} of {n_images} images leaves one side "
                "empty: give more images, or another share"
            )
        is_chosen = np.zeros(n_images, bool)
        is_chosen[np.linspace(0, n_images - 1, n_chosen).astype(int)] = True
        return split.X[~is_chosen], split.X[is_chosen]

    def training_parameters(self, seed: int) -> dict[str, Any]:
        """Return the arguments of an estimator of this study."""
        return {"model": self.model, "random_state": seed, **STEPS_AT_ONCE, **self.parameters}

    def _own(self) -> dict[str, Any]:
        """Return what studies, and this kind of study, depend on beside other experiments."""
        shared = {field.name for field in fields(LearningExperiment)}
        names = (field.name for field in fields(self))
        return {name: getattr(self, name) for name in names if name not in shared}

    def _measured(self, part: Part, seed: int, settings: Any, run: Run[Split]) -> Measured:
        """Return a part as measured with one seed, now or by an earlier run."""
        relevant = {name: each for name, each in settings.items() if name != "seeds"}
        key = {**relevant, "part": plain(part), "own seed": seed}
        kept = kept_folder(run.folder, key)
        return measured(kept, lambda: self.measure(part, seed, run), afresh=run.starts_afresh)


def insight_of(network: Any, image: np.ndarray) -> Insight:
    """Return the first filters and the feature maps of a fitted estimator's network on one image.

    Args:
        network: the estimator.
        image: (height, width, channels), as it is given to the estimator.
    """
    from kerascnn.interpretation import inspect_layers

    [taken] = network.images(image[np.newaxis])
    return inspect_layers(network.model_, taken)


def unit_images(images: np.ndarray) -> np.ndarray:
    """Return images as float32, bytes divided by 255."""
    real = images.astype(np.float32)
    return real / np.float32(255) if images.dtype == np.uint8 else real
