"""The cells of heatmaps: their values, the range of their colours, which are hatched."""

from dataclasses import dataclass

import numpy as np

from kerascnn.report.figures.descriptions import Divergence
from kerascnn.results.sweep import Scores

# Up to so many columns, scores are written with so many decimals; beyond, not at all.
DECIMALS = ((9, 3), (14, 2))


@dataclass(frozen=True)
class Scale:
    """The range of colours that all heatmaps of a metric share."""

    low: float
    high: float


def common_scale(*scores: Scores | None) -> Scale:
    """Return the range of all finite means, 0 to 1 where there are none."""
    means = np.concatenate([part.mean for part in scores if part is not None] or [np.zeros(0)])
    means = means[np.isfinite(means)]
    if len(means) == 0:
        return Scale(0.0, 1.0)
    low, high = float(means.min()), float(means.max())
    return Scale(low, high) if high > low else Scale(low - 0.5, high + 0.5)


def annotation_decimals(n_columns: int) -> int | None:
    """Return with how many decimals to write scores into cells, None for not at all."""
    return next((decimals for most, decimals in DECIMALS if n_columns <= most), None)


def cell_values(candidates: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return each cell's value, NaN where there is no candidate.

    Args:
        candidates: the candidate in each cell, int, any shape, −1 where there is none.
        values: a value for each candidate, (n_candidates,).
    """
    return np.where(candidates >= 0, values[candidates], np.nan)


def hatched_cells(candidates: np.ndarray, mean: np.ndarray, divergence: Divergence) -> np.ndarray:
    """Return which cells hold a candidate that diverged or has no finite score, bool.

    Args:
        candidates: the candidate in each cell, int, any shape, −1 where there is none.
        mean: each candidate's score, (n_candidates,).
        divergence: the fits that diverged, by candidate.
    """
    diverged = np.isin(candidates, list(divergence))
    return (candidates >= 0) & (diverged | ~np.isfinite(mean[candidates]))
