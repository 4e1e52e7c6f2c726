"""The share of the differences between scores that each parameter explains: functional ANOVA.

F. Hutter, H. Hoos and K. Leyton-Brown (2014), "An efficient approach for assessing hyperparameter
importance", ICML. On a complete grid it is exact: the variance of the mean scores along a
parameter, as a share of the variance of all scores. Where some candidates of a grid have no score,
main effects that are fitted to the others by least squares fill in their cells, as far as scores
themselves go: F. Yates (1933), "The analysis of replicated experiments when the field results are
incomplete", Empire Journal of Experimental Agriculture 1. Elsewhere a random forest fills in a
complete grid of the values that were tried, or of as many of them, evenly spread, as take a moment;
the first paper averages over all values of a forest's trees instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

N_TREES = 100
MOST_POINTS = 20_000
MOST_VALUES = 30
FEWEST_PER_PARAMETER = 5
# Of the cells of a grid; with fewer scores a forest fills in a grid.
LEAST_KNOWN = 0.5


@dataclass(frozen=True)
class Importance:
    """What parameters explain of a score.

    Attributes:
        shares: of the variance, by one or two parameters' numbers: what one explains by itself, and
            what two explain together beyond that; from 0 to 1. The rest takes three or more.
        places: which of each parameter's values the effects are of.
        means: for each parameter, the mean score of each of those values, over all the others.
        spreads: their standard deviations over all the others.
        n_candidates: how many scores it rests on.
        n_filled: how many cells of a grid without a score were filled in by main effects.
        fit: of a forest's, the share of the variance that it explains of scores it has not seen;
            None where there was none.
    """

    shares: dict[tuple[int, ...], float]
    places: list[list[int]]
    means: list[np.ndarray]
    spreads: list[np.ndarray]
    n_candidates: int
    n_filled: int = 0
    fit: float | None = None


def importance_of(places: np.ndarray, scores: np.ndarray) -> Importance | None:
    """Tell how much each parameter matters for a score.

    Args:
        places: which of its values each candidate has of each parameter, int from 0 in their order,
            (n_candidates, n_parameters); −1 where it has none.
        scores: of each candidate, (n_candidates,) float; those that are not finite are left out,
            and so are values that no candidate has a score with.

    Returns:
        None if there are not two parameters with several values, if some candidates lack one, if
        all scores are equal, or if there are too few for a forest.
    """
    known = np.isfinite(scores)
    places, scores = places[known], scores[known]
    if places.shape[1] < 2 or not len(places) or places.min() < 0 or not scores.std():
        return None
    values = [np.unique(column) for column in places.T]
    if min(map(len, values)) < 2:
        return None
    grid = _grid(places, scores, values)
    if grid is not None and (filled := _filled(grid)) is not None:
        n_filled = int(np.isnan(grid).sum())
        return _importance(filled, values, len(scores), n_filled=n_filled)
    if len(scores) < FEWEST_PER_PARAMETER * places.shape[1]:
        return None
    chosen = _spread_out(values)
    grid, fit = _predicted(places, scores, chosen)
    return _importance(grid, chosen, len(scores), fit=fit) if grid.std() else None


def functional_anova(grid: np.ndarray) -> dict[tuple[int, ...], float]:
    """Return the share of the variance that one axis and two axes explain.

    Args:
        grid: finite numbers, not all equal, an axis for each parameter.
    """
    total = grid.var()
    shares: dict[tuple[int, ...], float] = {}
    for order in (1, 2):
        for axes in combinations(range(grid.ndim), order):
            others = tuple(axis for axis in range(grid.ndim) if axis not in axes)
            explained = grid.mean(axis=others).var() / total
            inner = sum(shares[(axis,)] for axis in axes) if order > 1 else 0.0
            shares[axes] = max(0.0, float(explained - inner))
    return shares


def _importance(
    grid: np.ndarray,
    values: Sequence[np.ndarray],
    n_candidates: int,
    *,
    n_filled: int = 0,
    fit: float | None = None,
) -> Importance:
    others = [tuple(a for a in range(grid.ndim) if a != axis) for axis in range(grid.ndim)]
    return Importance(
        functional_anova(grid),
        [each.tolist() for each in values],
        [grid.mean(axis=axes) for axes in others],
        [grid.std(axis=axes) for axes in others],
        n_candidates,
        n_filled,
        fit,
    )


def _grid(
    places: np.ndarray, scores: np.ndarray, values: Sequence[np.ndarray]
) -> np.ndarray | None:
    """Return the scores as a grid with an axis for each parameter, NaN where there is none.

    None if the candidates are no grid: if several have one cell, or too few cells have a score.
    """
    shape = tuple(map(len, values))
    n_known = len(np.unique(places, axis=0))
    if n_known != len(scores) or n_known < LEAST_KNOWN * np.prod(shape, dtype=float):
        return None
    grid = np.full(shape, np.nan)
    cells = [np.searchsorted(each, column) for each, column in zip(values, places.T, strict=True)]
    grid[tuple(cells)] = scores
    return grid


def _filled(grid: np.ndarray) -> np.ndarray | None:
    """Fill in the empty cells of a grid by main effects, fitted to the others.

    None if these do not determine them: if no two of some values were tried together.
    """
    known = np.isfinite(grid)
    if known.all():
        return grid
    levels = np.indices(grid.shape).reshape(grid.ndim, -1)
    dummies = [np.eye(n)[level] for n, level in zip(grid.shape, levels, strict=True)]
    design = np.hstack(dummies)
    effects, _, rank, _ = np.linalg.lstsq(design[known.ravel()], grid[known], rcond=None)
    if rank < design.shape[1] - (grid.ndim - 1):  # each axis but one has a mean of its own too many
        return None
    # A sum of effects may be a score that there cannot be.
    predicted = np.clip(design @ effects, grid[known].min(), grid[known].max())
    return np.where(known, grid, predicted.reshape(grid.shape))


def _spread_out(values: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return evenly spread values of each parameter, few enough for a complete grid of them."""
    most = min(MOST_VALUES, max(map(len, values)))
    while np.prod([min(most, len(each)) for each in values], dtype=float) > MOST_POINTS:
        most -= 1
    return [
        each[np.linspace(0, len(each) - 1, min(most, len(each))).round().astype(int)]
        for each in values
    ]


def _predicted(
    places: np.ndarray, scores: np.ndarray, values: Sequence[np.ndarray]
) -> tuple[np.ndarray, float]:
    """Fill a grid of values with a forest's predictions; return how well it predicts, too."""
    from sklearn.ensemble import RandomForestRegressor  # takes a second, and few pages need it

    forest = RandomForestRegressor(N_TREES, oob_score=True, random_state=0)
    forest.fit(places, scores)
    points = np.stack(np.meshgrid(*values, indexing="ij"), axis=-1)
    predictions = forest.predict(points.reshape(-1, len(values)))
    return predictions.reshape(points.shape[:-1]), float(forest.oob_score_)
