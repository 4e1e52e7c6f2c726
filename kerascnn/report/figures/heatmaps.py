"""The cells of heatmaps: their values, the range of their colours, which are hatched."""

from dataclasses import dataclass

import numpy as np

from kerascnn.report.figures.descriptions import Divergence


@dataclass(frozen=True)
class Scale:
    """The range of colours that all heatmaps of a metric share."""

    low: float
    high: float


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
