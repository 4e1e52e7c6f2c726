"""Exhibits of restored images: sheets of them, and how close each method comes to the originals."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kerascnn.laboratory.augmentation import contact_sheet
from kerascnn.laboratory.study import Quantity
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Panel, Picture
from kerascnn.results.predictions import Expected
from kerascnn.results.study import Headline
from kerascnn.utils.formatting import plural

if TYPE_CHECKING:
    import pandas as pd

IMAGES_SHOWN = 4
EXPLAINED = (
    "PSNR is the ratio of the squared range of values to the mean squared error, in decibels; SSIM "
    "compares brightness, contrast and structure in windows of at most 11×11 pixels, and is 1 for "
    "equal images. Both are means over test images."
)


def qualities(
    measurements: "pd.DataFrame", setting: str, setting_name: str
) -> tuple[Quantity, Quantity]:
    """Return PSNR and SSIM by method and setting."""
    return (
        Quantity(measurements, "psnr", "PSNR", setting, setting_name, unit="dB"),
        Quantity(measurements, "ssim", "SSIM", setting, setting_name, digits=3),
    )


def comparison(quantities: Sequence[Quantity], network: str, text: str) -> Exhibit:
    """Return curves and tables of each method's figures, with a verdict on the network in words.

    Where there are only one or two settings, points stand in place of curves.

    Args:
        quantities: over the same settings.
        network: the method that the verdict is on.
        text: what to know of the settings.
    """
    n_seeds = quantities[0].values[network].shape[1]
    spread = f"Means and standard deviations over {plural(n_seeds, 'seed')}."
    verdicts = " ".join(quantity.verdict(network) for quantity in quantities)
    panels: list[Panel] = []
    for quantity in quantities:
        name = f"{quantity.full_name}, by {quantity.setting_name}"
        is_curve = len(quantity.settings) > 2
        panels.append(quantity.bands(name) if is_curve else quantity.points(name))
        panels.append(quantity.table(f"{name}, mean ± standard deviation over seeds"))
    return Exhibit("How close each method comes", f"{verdicts} {EXPLAINED} {text} {spread}", panels)


def sheet(
    caption: str,
    rows: Mapping[str, np.ndarray],
    low: float = 0.0,
    high: float = 1.0,
    n_images: int = IMAGES_SHOWN,
) -> Picture:
    """Return the first images of each method below each other, a row for each.

    Args:
        caption: what it shows; the rows' names are added.
        rows: by name, (n, height, width, channels) real numbers, of one or three channels.
        low: the value that is drawn black.
        high: the value that is drawn white.
        n_images: how many images of each row are shown.
    """
    shown = [images[:n_images] for images in rows.values()]
    pixels = sheet_pixels(shown, low, high)
    return Picture(f"{caption}, from top to bottom: {', '.join(rows)}", pixels)


def sheet_pixels(rows: Sequence[np.ndarray], low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """Return rows of images as the pixels of one picture, white where a row is shorter.

    Args:
        rows: (n, height, width, channels) real numbers, of one or three channels.
        low: the value that is drawn black.
        high: the value that is drawn white.
    """
    longest = max(map(len, rows))
    blanks = [((0, longest - len(row)), (0, 0), (0, 0), (0, 0)) for row in rows]
    full = [
        np.pad(row, blank, constant_values=high) for row, blank in zip(rows, blanks, strict=True)
    ]
    levels = np.clip((np.stack(full).astype(np.float64) - low) / (high - low), 0, 1)
    pixels = contact_sheet(np.round(levels * 255).astype(np.uint8))
    return pixels[..., 0] if pixels.shape[-1] == 1 else pixels


def headlines(
    quantities: Sequence[Quantity],
    network: str,
    setting: object,
    expected: Expected | None,
) -> list[Headline]:
    """Return the network's figures at one setting, and what its training took.

    Args:
        quantities: the first of them is what is expected.
        network: the method.
        setting: one of the settings.
        expected: the figure that the claim states.
    """
    first, *rest = quantities
    measurements = first.measurements
    is_own = (measurements["method"] == network) & (measurements[first.setting] == setting)
    own = measurements[is_own]
    return [
        first.headline(network, setting, expected),
        *(quantity.headline(network, setting) for quantity in rest),
        Headline("Parameters", f"{int(own['parameters'].iloc[0]):,}", "of the network"),
        Headline("Training", f"{own['seconds'].mean():.0f} s", "per network, mean"),
    ]
