"""Exhibits of transfer learning: accuracy against images per class, and where it stops paying."""

from collections.abc import Mapping, Sequence

import numpy as np

from kerascnn.laboratory.augmentation import contact_sheet
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Bands, Panel, Picture, Table
from kerascnn.results.transfer import STANDARD_ERRORS, TransferResults
from kerascnn.utils.formatting import plural

IMAGES_SHOWN = 10


def figures(results: TransferResults) -> list[Exhibit]:
    """Return the main picture and the tables beside it."""
    return [_curves(results), _catching_up(results)]


def classes_shown(groups: Mapping[str, Mapping[str, np.ndarray]]) -> Exhibit:
    """Return a sheet of images for each group of classes, a row per class.

    Args:
        groups: by what a group is for, its classes' images by name, uint8 (n, height, width,
            channels).
    """
    panels: list[Panel] = []
    for purpose, classes in groups.items():
        n_shown = min(IMAGES_SHOWN, *(len(images) for images in classes.values()))
        rows = np.stack([images[:n_shown] for images in classes.values()])
        caption = f"{purpose}, from top to bottom: {', '.join(classes)}"
        panels.append(Picture(caption, _shown(contact_sheet(rows))))
    return Exhibit("The classes", "The first training images of each class.", panels)


def _shown(sheet: np.ndarray) -> np.ndarray:
    return sheet[..., 0] if sheet.shape[-1] == 1 else sheet


def _curves(results: TransferResults) -> Exhibit:
    found = {name: results.accuracies(name) for name in results.strategies}
    return Exhibit(
        "Accuracy against training images",
        f"Each point is the mean of {_n_draws(results)}, each with training images, test images "
        "and initial weights of its own; bands are standard deviations over draws.",
        [
            Bands(
                "Test accuracy on the new classes",
                results.sizes,
                {name: values.mean(axis=1) for name, values in found.items()},
                {name: values.std(axis=1) for name, values in found.items()},
                "training images per class",
                "test accuracy",
            )
        ],
    )


def _n_draws(results: TransferResults) -> str:
    return plural(results.accuracies(results.scratch).shape[1], "draw")


def _catching_up(results: TransferResults) -> Exhibit:
    sizes = [f"{size:,}" for size in results.sizes]
    accuracies = [
        [name, *map(_with_spread, results.accuracies(name)), f"{_seconds(results, name):.1f}"]
        for name in results.strategies
    ]
    leads = [
        [name, *_leads(results, name), _catch(results, name)]
        for name in results.strategies
        if name != results.scratch
    ]
    return Exhibit(
        "Where transfer stops paying",
        "The lead of a strategy is its accuracy minus that of training from scratch on the same "
        "images, draw by draw. Training from scratch has caught up where that is no more than "
        f"{STANDARD_ERRORS} of its standard errors, there and for all larger numbers.",
        [
            Table(
                "Test accuracy, mean ± standard deviation over draws, by training images per class",
                ["strategy", *sizes, "seconds per fit"],
                accuracies,
            ),
            Table(
                "Lead over training from scratch, mean ± standard error, by images per class",
                ["strategy", *sizes, "from scratch has caught up at"],
                leads,
            ),
        ],
    )


def _with_spread(values: np.ndarray) -> str:
    return f"{values.mean():.3f} ± {values.std():.3f}"


def _leads(results: TransferResults, strategy: str) -> Sequence[str]:
    return [
        f"{mean:+.3f}".replace("-", "−") + ("" if np.isnan(error) else f" ± {error:.3f}")
        for mean, error in zip(*results.lead(strategy), strict=True)
    ]


def _catch(results: TransferResults, strategy: str) -> str:
    size = results.caught_up_at(strategy)
    return f"more than {results.sizes[-1]:,}" if size is None else f"{size:,}"


def _seconds(results: TransferResults, strategy: str) -> float:
    return float(results.fits.loc[results.fits["strategy"] == strategy, "seconds"].mean())
