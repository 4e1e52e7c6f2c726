"""Exhibits of codes: errors against their number, the two codes as points, reconstructions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascnn.laboratory.restoration import sheet
from kerascnn.laboratory.study import Quantity
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Scatter, Table
from kerascnn.results.predictions import Expected
from kerascnn.results.study import Headline
from kerascnn.utils.formatting import score_label

if TYPE_CHECKING:
    import pandas as pd

AUTOENCODER, PCA = "autoencoder", "PCA"
N_NEIGHBOURS = 5
POINTS_SHOWN = 2_000
CHOSEN_MARK = "•"


@dataclass(frozen=True)
class Sweep:
    """Cross-validated errors by number of codes and learning rate.

    Attributes:
        n_codes: (n_numbers,), ascending.
        rates: learning rates, (n_rates,), ascending.
        means: mean squared error on the folds left out, (n_numbers, n_rates); inf where a
            training diverged.
        spreads: its standard deviation over folds, (n_numbers, n_rates).
    """

    n_codes: list[int]
    rates: list[float]
    means: np.ndarray
    spreads: np.ndarray

    @classmethod
    def of(cls, cv_results: Mapping[str, Any]) -> "Sweep":
        """Return that of a search over `n_codes` and `learning_rate`, scored by −error."""
        places = [(each["n_codes"], each["learning_rate"]) for each in cv_results["params"]]
        n_codes, rates = (sorted(set(values)) for values in zip(*places, strict=True))
        means, spreads = (np.zeros((len(n_codes), len(rates))) for _ in range(2))
        for (number, rate), score, spread in zip(
            places, cv_results["mean_test_score"], cv_results["std_test_score"], strict=True
        ):
            cell = n_codes.index(number), rates.index(rate)
            means[cell], spreads[cell] = -score, spread
        return cls(n_codes, rates, np.nan_to_num(means, nan=np.inf), spreads)

    @property
    def chosen(self) -> dict[int, float]:
        """The learning rate of the smallest error for each number of codes."""
        best = self.means.argmin(axis=1)
        return {number: self.rates[at] for number, at in zip(self.n_codes, best, strict=True)}


def first_of_each(y: np.ndarray) -> np.ndarray:
    """Return the row of the first sample of each class, in the order of classes."""
    return np.unique(y, return_index=True)[1]


def headlines(measurements: "pd.DataFrame", expected: Expected | None) -> list[Headline]:
    """Return the figures with the fewest codes, beside PCA's.

    Args:
        measurements: see `StudyResults`.
        expected: the autoencoder's error with the fewest codes, as a share of PCA's.
    """
    error, accuracy = _errors(measurements), _accuracies(measurements)
    fewest = error.settings[0]
    shares = error.values[AUTOENCODER][0] / error.values[PCA][0]
    note = f"mean squared error on test images, {fewest} codes"
    if expected is not None:
        figure = score_label(expected.figure, expected.spread)
        note += f"; expected {figure}: {expected.verdict(float(shares.mean()))}"
    return [
        Headline("Error as a share of PCA's", score_label(shares.mean(), shares.std()), note),
        replace(error.headline(AUTOENCODER, fewest), label=f"Error with {fewest} codes"),
        replace(
            accuracy.headline(AUTOENCODER, fewest), label=f"Told by neighbours, {fewest} codes"
        ),
    ]


def errors(measurements: "pd.DataFrame") -> Exhibit:
    """Return the error against the number of codes, and a verdict."""
    error = _errors(measurements)
    return Exhibit(
        "What few numbers keep of an image",
        "The mean squared error between a test image and what a method makes of its codes; pixels "
        f"go from 0 to 1. {error.verdict(AUTOENCODER)} PCA has no seed: its components are those "
        "of the training images.",
        [
            error.bands("Error on test images", is_logarithmic=True),
            error.table("Error on test images, mean ± standard deviation over seeds"),
        ],
    )


def neighbours(measurements: "pd.DataFrame", by_pixels: float, n_tests: int) -> Exhibit:
    """Return how well neighbours among codes tell classes.

    Args:
        measurements: see `StudyResults`.
        by_pixels: the accuracy of neighbours among the images themselves, from 0 to 1.
        n_tests: the number of test images.
    """
    accuracy = _accuracies(measurements)
    standard_error = np.sqrt(by_pixels * (1 - by_pixels) / n_tests)
    return Exhibit(
        "What codes know of classes",
        f"No label was trained on. The class of a test image is taken from the {N_NEIGHBOURS} "
        "training images whose codes are the nearest to its own; the nearest by pixels tell "
        f"{by_pixels:.3f} of them. {accuracy.verdict(AUTOENCODER)} The {n_tests:,} test images are "
        f"the same for all: they leave an accuracy like that by pixels a standard error of "
        f"{standard_error:.3f}.",
        [
            accuracy.bands("Test accuracy of the nearest neighbours", is_logarithmic=True),
            accuracy.table("Test accuracy, mean ± standard deviation over seeds"),
        ],
    )


def maps(arrays: Mapping[str, np.ndarray], y: np.ndarray, names: Sequence[str]) -> Exhibit:
    """Return the two codes of test images as points, beside their two components.

    Args:
        arrays: "autoencoder points" and "PCA points", (n, 2).
        y: class indices, (n,).
        names: of the classes.
    """
    return Exhibit(
        "Two numbers for each image",
        "Test images by class, each where its two codes put it. Neither method was told a class.",
        [
            _scatter(f"The two codes of the {AUTOENCODER}", "code", arrays, AUTOENCODER, y, names),
            _scatter("The first two components of PCA", "component", arrays, PCA, y, names),
        ],
    )


def _scatter(
    caption: str,
    what: str,
    arrays: Mapping[str, np.ndarray],
    method: str,
    y: np.ndarray,
    names: Sequence[str],
) -> Scatter:
    points, labels = arrays[f"{method} points"][:POINTS_SHOWN], y[:POINTS_SHOWN]
    groups = {names[label]: points[labels == label] for label in np.unique(labels)}
    return Scatter(caption, groups, f"first {what}", f"second {what}")


def reconstructions(images: np.ndarray, made: Mapping[int, Mapping[str, np.ndarray]]) -> Exhibit:
    """Return sheets of images and of what the methods make of them.

    Args:
        images: (n, height, width, channels), from 0 to 1.
        made: by number of codes "autoencoder made" and "PCA made", like images.
    """
    panels = [
        sheet(
            f"{number} codes",
            {"the image": images, **{name: arrays[f"{name} made"] for name in (AUTOENCODER, PCA)}},
            n_images=len(images),
        )
        for number, arrays in made.items()
    ]
    return Exhibit(
        "What comes back",
        "The first test image of each class as it is, as the autoencoder makes it from its codes, "
        "and as PCA makes it from as many components.",
        panels,
    )


def sweep(found: Sweep, folds: int) -> Exhibit:
    """Return the cross-validated errors that chose the learning rates."""
    chosen = found.chosen
    rows = [
        [
            str(number),
            *(
                _cell(mean, spread, is_chosen=rate == chosen[number])
                for rate, mean, spread in zip(found.rates, means, spreads, strict=True)
            ),
        ]
        for number, means, spreads in zip(found.n_codes, found.means, found.spreads, strict=True)
    ]
    return Exhibit(
        "How learning rates were chosen",
        f"The mean squared error on {folds} folds of the training images, each left out once. The "
        f"smallest of each row, marked {CHOSEN_MARK}, is the learning rate of the curves above; "
        "no test image took part.",
        [
            Table(
                "Cross-validated error, mean ± standard deviation over folds",
                ["codes", *(f"learning rate {rate:g}" for rate in found.rates)],
                rows,
            )
        ],
    )


def _cell(mean: float, spread: float, *, is_chosen: bool) -> str:
    if not np.isfinite(mean):
        return "diverged"
    return f"{mean:.4f} ± {spread:.4f}" + (f" {CHOSEN_MARK}" if is_chosen else "")


def _errors(measurements: "pd.DataFrame") -> Quantity:
    return Quantity(
        measurements, "error", "mean squared error", "n_codes", "codes", digits=4, is_error=True
    )


def _accuracies(measurements: "pd.DataFrame") -> Quantity:
    name = "accuracy of the nearest neighbours"
    return Quantity(measurements, "accuracy", name, "n_codes", "codes", digits=3)
