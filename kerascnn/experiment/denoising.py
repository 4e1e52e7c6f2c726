"""A study of denoising: a network beside classical filters, at several levels of noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascnn.experiment.data import Split
from kerascnn.experiment.kept import Measured
from kerascnn.experiment.progress import fit_with_progress
from kerascnn.experiment.run import Run
from kerascnn.experiment.study import Part, StudyExperiment, insight_of
from kerascnn.experiment.values import Values
from kerascnn.laboratory import denoising, restoration
from kerascnn.laboratory.denoising import SMOOTHERS, shown, with_noise
from kerascnn.laboratory.image_quality import quality
from kerascnn.results import Exhibit, Expected, Headline, Table

if TYPE_CHECKING:
    import pandas as pd

NETWORK, NOISY, ORIGINAL = "network", "noisy image", "original"
SETTING, SETTING_NAME = "sigma", "noise σ"
CONDITIONS = (
    "Gaussian noise of standard deviation σ is added to pixels from 0 to 1, and not clipped; what "
    "a method returns is clipped to 0–1 before it is measured, each alike. One network serves all "
    "σ and is not told which it is given; the filters' widths are chosen for each σ on validation "
    "images, by PSNR."
)


@dataclass(frozen=True, kw_only=True)
class DenoisingExperiment(StudyExperiment):
    """A claim about how well a network removes noise from images, beside classical filters.

    One network is trained for all levels of noise, as the level of a noisy image is not known as a
    rule; each training image has one between the lowest and the highest.

    Attributes:
        sigmas: standard deviations of the noise, relative to the range of pixels, 255 of bytes,
            ascending; the figures at the middle one stand at the top of the page.
    """

    model: Any = "denoiser"
    sigmas: Sequence[float] = (0.1, 0.2, 0.4)

    def measure(self, part: Part, seed: int, run: Run[Split]) -> Measured:
        """Train a network, and measure it and the filters at each level of noise."""
        images, choosing = self.divided(run.material)
        values = Values.of(images)
        training, validation = values.relative(images), values.relative(choosing)
        test = values.relative(run.material.X_test)
        network, seconds = self._trained(training, seed, run)
        rows: list[dict[str, Any]] = []
        restored: dict[str, np.ndarray] = {}
        cost = {"parameters": network.model_.count_params(), "seconds": seconds}
        for number, sigma in enumerate(self.sigmas, start=1):
            generator = np.random.default_rng((seed, number))
            noisy, choice = (with_noise(each, sigma, generator) for each in (test, validation))
            results: dict[str, tuple[np.ndarray, dict[str, Any]]] = {NOISY: (noisy, {})}
            for name, smoother in SMOOTHERS.items():
                width = smoother.best_width(choice, validation)
                results[name] = (smoother.filtered(noisy, width), {"width": width})
            results[NETWORK] = (network.predict(noisy), cost)
            for name, (images, known) in results.items():
                figures = quality(shown(images), test, 1.0)
                rows.append({"method": name, SETTING: sigma, **figures, **known})
                restored[f"{sigma} {name}"] = images[: restoration.IMAGES_SHOWN]
        restored[ORIGINAL] = test[: restoration.IMAGES_SHOWN]
        return Measured(rows, restored, insight_of(network, noisy[0]))

    def headlines(
        self, measurements: "pd.DataFrame", expected: Expected | None
    ) -> Sequence[Headline]:
        """Return the network's figures at the middle level of noise."""
        quantities = restoration.qualities(measurements, SETTING, SETTING_NAME)
        middle = self.sigmas[len(self.sigmas) // 2]
        return restoration.headlines(quantities, NETWORK, middle, expected)

    def exhibits(
        self, split: Split, measurements: "pd.DataFrame", shown: Sequence[Measured]
    ) -> Sequence[Exhibit]:
        """Return sheets of restored images, curves over the noise, and the widths chosen."""
        quantities = restoration.qualities(measurements, SETTING, SETTING_NAME)
        return [
            self._sheets(shown[0].arrays),
            restoration.comparison(quantities, NETWORK, CONDITIONS),
            _widths(measurements),
        ]

    def _trained(self, training: np.ndarray, seed: int, run: Run[Split]) -> tuple[Any, float]:
        """Return a network of noisy and clean images, and the seconds that its training took."""
        from kerascnn.estimators import CNNRegressor

        generator = np.random.default_rng((seed, 0))
        levels = generator.uniform(min(self.sigmas), max(self.sigmas), len(training))
        network = CNNRegressor(**self.training_parameters(seed))
        noisy = with_noise(training, levels, generator)
        name = f"{run.name}, seed {seed}"
        return network, fit_with_progress(network, name, run.options.progress, noisy, training)

    def _sheets(self, images: Mapping[str, np.ndarray]) -> Exhibit:
        names = [NOISY, *SMOOTHERS, NETWORK]
        sheets = [
            restoration.sheet(
                f"σ = {sigma}",
                {ORIGINAL: images[ORIGINAL], **{n: images[f"{sigma} {n}"] for n in names}},
            )
            for sigma in self.sigmas
        ]
        return Exhibit(
            "Noisy images, and what each method makes of them",
            "The first test images with the first seed, a column for each.",
            sheets,
        )


def _widths(measurements: "pd.DataFrame") -> Exhibit:
    """Return the widths chosen, of each filter at each level of noise."""
    chosen = measurements[measurements["method"].isin(list(SMOOTHERS))]
    rows = [
        [str(name), f"{sigma}", ", ".join(f"{width:g}" for width in own["width"])]
        for (name, sigma), own in chosen.groupby(["method", SETTING], sort=False)
    ]
    return Exhibit(
        "Widths of the filters",
        "Those with the highest PSNR on validation images, among "
        f"{len(denoising.GAUSSIAN_WIDTHS)} of the Gaussian and {len(denoising.MEDIAN_SIZES)} of "
        "the median filter. A Gaussian of 0 and a median of 1 leave images as they are.",
        [
            Table(
                "Standard deviation or side in pixels, for each seed",
                ["filter", SETTING_NAME, "width"],
                rows,
            )
        ],
    )
