"""A study of super-resolution: a network that enlarges images, beside classical interpolation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from kerascnn import environment
from kerascnn.datasets.fields import load_fields
from kerascnn.experiment.data import Split, split_dataset
from kerascnn.experiment.kept import Measured
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.progress import fit_with_progress
from kerascnn.experiment.run import Run
from kerascnn.experiment.study import Part, StudyExperiment, insight_of
from kerascnn.experiment.values import Values
from kerascnn.laboratory import restoration
from kerascnn.laboratory.image_quality import quality
from kerascnn.laboratory.super_resolution import METHODS, enlarged, reduced
from kerascnn.results import Exhibit, Expected, Headline
from kerascnn.utils.formatting import joined

if TYPE_CHECKING:
    import pandas as pd

NETWORK, SETTING, SHOWN = "network", "factor", "bicubic"
CONDITIONS = (
    "Each image is reduced by area averaging: a pixel of the smaller image is the mean of a block "
    "of factor × factor pixels. Each method is given nothing but that."
)
BYTES = "All results are clipped to the range of pixels before they are measured."
FIELDS = (
    "Values are scaled by mean and standard deviation of the training fields; PSNR and SSIM "
    "are relative to the range of their values."
)


@dataclass(frozen=True, kw_only=True)
class SuperResolutionExperiment(StudyExperiment):
    """A claim about how well a network enlarges images, beside classical interpolation.

    The data is images, or fields of real numbers without labels: an `.npz` file with one array
    (n, height, width), whose last fields are the test split.

    Attributes:
        factors: by which images are enlarged, ascending; the figures of the first stand at the
            top of the page.
        periodic: whether the last column's neighbour is the first, as on a map of the earth.
    """

    model: Any = "super_resolution"
    factors: Sequence[int] = (2, 4)
    periodic: bool = False

    OPTIONS: ClassVar[frozenset[str]] = StudyExperiment.OPTIONS | {"periodic"}

    def adapted(self, options: RunOptions) -> Self:
        """Return the experiment as the options change it."""
        experiment = super().adapted(options)
        return replace(experiment, periodic=self.periodic or options.periodic)

    def load(self, options: RunOptions) -> Split:
        """Return images or fields, whose sizes are multiples of all factors.

        Raises:
            ValueError: if they are not.
        """
        path = Path(options.data or self.dataset).expanduser()
        fields = None
        if path.suffix == ".npz" and path.is_file():
            fields = load_fields(path, test_size=self.test_size)
        if fields is None:
            split = super().load(options)
        else:
            split = split_dataset(
                fields,
                test_size=self.test_size,
                n_train=self.n_train,
                n_test=self.n_test,
                seed=options.seed,
            )
            environment.start_tensorflow_quietly()
        self._check_size(*split.X.shape[1:3])
        return split

    def parts(self, split: Split) -> Sequence[Part]:
        """Return one for each factor."""
        return [{SETTING: factor} for factor in self.factors]

    def measure(self, part: Part, seed: int, run: Run[Split]) -> Measured:
        """Train a network for one factor, and measure it and the interpolations."""
        factor = part[SETTING]
        training, _ = self.divided(run.material)
        values = Values.of(training)
        test = values.scaled(run.material.X_test)
        small = reduced(test, factor)
        network, seconds = self._trained(values.scaled(training), factor, seed, run)
        results = {
            name: enlarged(small, factor, method, periodic=self.periodic)
            for name, method in METHODS.items()
        } | {NETWORK: network.predict(small)}
        rows: list[dict[str, Any]] = [
            {"method": name, **part, **quality(values.unit(images), values.unit(test), 1.0)}
            for name, images in results.items()
        ]
        rows[-1] |= {"parameters": network.model_.count_params(), "seconds": seconds}
        named = {"nearest": "low resolution", SHOWN: SHOWN, NETWORK: NETWORK}
        shown = {label: values.unit(results[name]) for name, label in named.items()}
        shown["original"] = values.unit(test)
        arrays = {name: images[: restoration.IMAGES_SHOWN] for name, images in shown.items()}
        return Measured(rows, arrays, insight_of(network, small[0]))

    def headlines(
        self, measurements: "pd.DataFrame", expected: Expected | None
    ) -> Sequence[Headline]:
        """Return the network's figures at the first factor."""
        quantities = restoration.qualities(measurements, SETTING, SETTING)
        return restoration.headlines(quantities, NETWORK, self.factors[0], expected)

    def exhibits(
        self, split: Split, measurements: "pd.DataFrame", shown: Sequence[Measured]
    ) -> Sequence[Exhibit]:
        """Return sheets of enlarged images, and the figures of each method."""
        quantities = restoration.qualities(measurements, SETTING, SETTING)
        values = BYTES if split.X.dtype == np.uint8 else FIELDS
        sheets = [
            restoration.sheet(f"×{factor}", each.arrays)
            for factor, each in zip(self.factors, shown, strict=True)
        ]
        return [
            Exhibit(
                "Small images, and what each method makes of them",
                "The first test images with the first seed, a column for each.",
                sheets,
            ),
            restoration.comparison(quantities, NETWORK, f"{CONDITIONS} {values}"),
        ]

    def _check_size(self, height: int, width: int) -> None:
        step = math.lcm(*self.factors)
        if height % step or width % step:
            raise ValueError(
                f"images of {height}×{width} cannot be reduced by {joined(self.factors)}: cut "
                f"them to {height // step * step}×{width // step * step}"
            )

    def _trained(
        self, training: np.ndarray, factor: int, seed: int, run: Run[Split]
    ) -> tuple[Any, float]:
        """Return a network of small and original images, and the seconds its training took."""
        from kerascnn.estimators import CNNRegressor

        parameters = self.training_parameters(seed)
        if self.periodic:
            parameters["model__padding"] = "periodic"
        network = CNNRegressor(**parameters)
        name = f"{run.name} ×{factor}, seed {seed}"
        data = reduced(training, factor), training
        return network, fit_with_progress(network, name, run.options.progress, *data)
