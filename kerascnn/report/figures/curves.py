"""Learning curves made small enough for a page."""

from math import ceil, isfinite
from typing import Any

import numpy as np
import pandas as pd

from kerascnn.utils.curves import in_order

SIGNIFICANT_DIGITS = 5
# About 4 MB of text: what a browser reads in a moment.
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
        `epochs` is the last one where those kept are 1, 1 + k, … and that one, else their list.
    """
    if curves is None or curves.empty:
        return {"step": 1, "fits": {}}
    step = max(1, ceil(len(curves) / largest))
    kept = thinned(curves.sort_values(["candidate", "split", "epoch"]), step)
    names = in_order(kept)
    places = kept[["candidate", "split", "epoch"]].to_numpy(int)
    values = {name: kept[name].to_numpy(float) for name in names}
    starts = np.flatnonzero(np.any(np.diff(places[:, :2], axis=0, prepend=-1), axis=1))
    fits: dict[int, list[dict[str, Any]]] = {}
    for start, end in zip(starts, [*starts[1:], len(places)], strict=True):
        candidate, split = places[start, :2].tolist()
        fit = {"split": split, "epochs": _epochs(places[start:end, 2].tolist(), step)}
        parts = {name: column[start:end] for name, column in values.items()}
        fit |= {name: rounded(part) for name, part in parts.items() if not np.isnan(part).all()}
        fits.setdefault(candidate, []).append(fit)
    return {"step": step, "fits": fits}


def thinned(curves: pd.DataFrame, step: int) -> pd.DataFrame:
    """Keep every `step`-th epoch, counted from the first, and the last one of each fit."""
    last = ~curves.duplicated(["candidate", "split"], keep="last")
    return curves[((curves["epoch"] - 1) % step == 0) | last]


def _epochs(epochs: list[int], step: int) -> int | list[int]:
    """Return the last of some epochs where it tells them all, else all of them."""
    last = epochs[-1]
    told = list(range(1, last + 1, step))
    return last if epochs == (told if told[-1] == last else [*told, last]) else epochs


def rounded(values: np.ndarray, digits: int = SIGNIFICANT_DIGITS) -> list[float | None]:
    """Round to so many significant digits; None stands for what is not finite."""
    return [float(f"{value:.{digits}g}") if isfinite(value) else None for value in values.tolist()]
