"""Learning curves made small enough for a page."""

from math import ceil, isfinite
from typing import Any

import numpy as np
import pandas as pd

from kerascnn.utils.curves import in_order

SIGNIFICANT_DIGITS = 5
# About 5 MB of text: what a browser reads in a moment.
LARGEST_NUMBER_OF_EPOCHS = 150_000


def page_curves(
    curves: pd.DataFrame | None, largest: int = LARGEST_NUMBER_OF_EPOCHS
) -> dict[str, Any]:
    """Prepare the curves of every fit for a page.

    Args:
        curves: a row per epoch of every fit, see `SweepResults.learning_curves`.
        largest: how many rows to keep at most, roughly; above that, every k-th epoch is kept and
            each fit's last one.

    Returns:
        `step`: k, 1 where every epoch is kept. `fits`: by candidate, a list of fits, each with
        its `split`, its `epochs`, and a list per quantity measured (None where not finite).
    """
    if curves is None or curves.empty:
        return {"step": 1, "fits": {}}
    step = max(1, ceil(len(curves) / largest))
    kept = thinned(curves.sort_values(["candidate", "split", "epoch"]), step)
    fits: dict[int, list[dict[str, Any]]] = {}
    for (candidate, split), fit in kept.groupby(["candidate", "split"], sort=True):
        fits.setdefault(int(candidate), []).append({"split": int(split), **_lists(fit)})
    return {"step": step, "fits": fits}


def thinned(curves: pd.DataFrame, step: int) -> pd.DataFrame:
    """Keep every `step`-th epoch, counted from the first, and the last one of each fit."""
    last = ~curves.duplicated(["candidate", "split"], keep="last")
    return curves[((curves["epoch"] - 1) % step == 0) | last]


def _lists(fit: pd.DataFrame) -> dict[str, list[Any]]:
    measured = [name for name in in_order(fit) if fit[name].notna().any()]
    numbers = {name: rounded(fit[name].to_numpy(float)) for name in measured}
    return {"epochs": fit["epoch"].astype(int).tolist(), **numbers}


def rounded(values: np.ndarray) -> list[float | None]:
    """Round to 5 significant digits; None stands for what is not finite."""
    return [
        float(f"{value:.{SIGNIFICANT_DIGITS}g}") if isfinite(value) else None
        for value in values.tolist()
    ]
