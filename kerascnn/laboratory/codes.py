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
from kerascnn.utils.formatting import score_label, setting_label, setting_labels

if TYPE_CHECKING:
    import pandas as pd

AUTOENCODER, PCA = "autoencoder", "PCA"
N_NEIGHBOURS = 5
POINTS_SHOWN = 2_000
CHOSEN_MARK = "•"


@dataclass(frozen=True)
class Sweep:
    """Cross-validated errors by number of codes and setting of the other parameters.

    Attributes:
        n_codes: (n_numbers,), ascending.
        settings: the other parameters of each candidate, (n_settings,).
        means: mean squared error on the folds left out, (n_numbers, n_settings); inf where a
            training diverged.
        spreads: its standard deviation over folds, (n_numbers, n_settings).
    """

    n_codes: list[int]
    settings: list[dict[str, Any]]
    means: np.ndarray
    spreads: np.ndarray

    @classmethod
    def of(cls, cv_results: Mapping[str, Any]) -> "Sweep":
        """Return that of a search over `n_codes` and other parameters, scored by minus error."""
        n_codes = sorted({params["n_codes"] for params in cv_results["params"]})
        others = [_without_codes(params) for params in cv_results["params"]]
        settings = [each for place, each in enumerate(others) if each not in others[:place]]
        means, spreads = np.zeros((2, len(n_codes), len(settings)))
        for params, score, spread in zip(
            cv_results["params"],
            cv_results["mean_test_score"],
            cv_results["std_test_score"],
            strict=True,
        ):
            cell = n_codes.index(params["n_codes"]), settings.index(_without_codes(params))
            means[cell], spreads[cell] = -score, spread
        return cls(n_codes, settings, np.nan_to_num(means, nan=np.inf), spreads)

    @property
    def chosen(self) -> dict[int, dict[str, Any]]:
        """The setting of the smallest error for each number of codes."""
        best = self.means.argmin(axis=1)
        return {number: self.settings[at] for number, at in zip(self.n_codes, best, strict=True)}


def _without_codes(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name != "n_codes"}


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
    """Return the cross-validated errors that chose the networks, a row for each setting."""
    chosen = [found.chosen[number] for number in found.n_codes]
    rows = [
        [
            setting_label(labels),
            *(
                _cell(mean, spread, is_chosen=setting == best)
                for best, mean, spread in zip(chosen, means, spreads, strict=True)
            ),
        ]
        for labels, setting, means, spreads in zip(
            setting_labels(found.settings),
            found.settings,
            found.means.T,
            found.spreads.T,
            strict=True,
        )
    ]
    return Exhibit(
        "How networks were chosen",
        f"The mean squared error on {folds} folds of the training images, each left out once. The "
        f"smallest for each number of codes, marked {CHOSEN_MARK}, is the setting that was "
        "measured above; no test image took part.",
        [
            Table(
                "Cross-validated error, mean ± standard deviation over folds",
                ["setting", *(f"codes: {number}" for number in found.n_codes)],
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
