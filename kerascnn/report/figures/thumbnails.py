"""Small pictures of reports as SVG, in the colours of the page that they stand in."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from markupsafe import Markup

from kerascnn.report.figures.exhibits import grey_levels
from kerascnn.report.figures.grid_view import grid_view
from kerascnn.report.figures.thumbnail_parts import (
    HEIGHT,
    MOST_PARTS,
    WIDTH,
    cells,
    dots,
    image,
    lines,
)
from kerascnn.results import storage
from kerascnn.results.comparison import MODELS_FILE
from kerascnn.results.files import load_exhibits_of
from kerascnn.results.panels import Matrix, Panel, Picture
from kerascnn.results.plots import Bands, Plot, Points, Scatter
from kerascnn.results.sweep import CANDIDATES_FILE
from kerascnn.results.training import HISTORY_FILE
from kerascnn.results.waveform import Waveform
from kerascnn.utils.curves import quantities

COLOURS = ("var(--training)", "var(--validation)", "var(--right)", "var(--chosen)", "var(--soft)")
MOST_POINTS = 400


def thumbnail(folder: Path, kind: str) -> Markup:
    """Return a report's picture, "" where its results have none."""
    try:
        parts = DRAWN.get(kind, _exhibits)(folder)
    except (OSError, ValueError, KeyError):  # damaged, or written by an earlier version
        parts = []
    if not parts:
        return Markup("")
    # All that is put in here are numbers, colours and images.
    return Markup(
        f'<svg class="thumbnail" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def _sweep(folder: Path) -> list[str]:
    """Draw the panel of the best candidate, or all scores in order where there is no grid."""
    texts = storage.read_json(folder / storage.RESULTS_FILE)
    table = storage.read_candidates(folder / CANDIDATES_FILE)
    means = table[f"mean_test_{texts['metric']}"].to_numpy(float)
    view = grid_view(list(table["params"]))
    if view is None or view.facets[0].candidates.size > MOST_PARTS:
        ordered = np.sort(means[np.isfinite(means)])[::-1]
        return dots(np.arange(len(ordered)), ordered)
    best = int(texts["best_index"])
    candidates = view.facets[view.facet_of(best)].candidates
    [place] = np.argwhere(candidates == best).tolist()
    scores = np.where(candidates < 0, np.nan, means[candidates])
    return cells(scores, (place[0], place[1]))


def _training(folder: Path) -> list[str]:
    """Draw the curves of what was measured last: the accuracy, or else the loss."""
    history = storage.read_frame(folder / HISTORY_FILE)
    if history is None or len(history) < 2:
        return []
    shown = (quantities(history) or ["loss"])[-1]
    names = [name for name in (shown, f"val_{shown}") if name in history]
    colours = ["var(--training)" if name == shown else "var(--validation)" for name in names]
    return lines(history["epoch"].to_numpy(float), history[names].to_numpy(float).T, colours)


def _comparison(folder: Path) -> list[str]:
    """Draw accuracies over the numbers of parameters."""
    models = storage.read_frame(folder / MODELS_FILE)
    if models is None:
        return []
    sizes = np.log10(np.maximum(models["parameters"].to_numpy(float), 1))
    return dots(sizes, models["accuracy"].to_numpy(float), radius=4.5)


def _exhibits(folder: Path) -> list[str]:
    """Draw the first panel that is not text."""
    panels = (panel for exhibit in load_exhibits_of(folder) for panel in exhibit.panels)
    return next(filter(None, map(_panel, panels)), [])


def _panel(panel: Panel) -> list[str]:
    """Draw a panel of exhibits, [] if it is text."""
    match panel:
        case Picture():
            return image(grey_levels(panel.pixels))
        case Matrix():
            return cells(np.asarray(panel.values, float)) if panel.values.size < MOST_PARTS else []
        case Plot():
            first = np.asarray(next(iter(panel.signals.values())), float)
            return lines(np.arange(len(first)), [first], COLOURS)
        case Points():
            return lines(np.arange(len(panel.names)), list(panel.means.values()), COLOURS)
        case Bands():
            across = np.log10(panel.x) if panel.is_logarithmic else panel.x
            return lines(across, list(panel.means.values()), COLOURS)
        case Scatter():
            return _scatter(panel)
        case Waveform():
            return lines(np.arange(len(panel.lows)), [panel.lows, panel.highs], COLOURS[:1])
        case _:
            return []


def _scatter(panel: Scatter) -> list[str]:
    """Draw a part of the points of each group in its colour."""
    step = 1 + sum(map(len, panel.groups.values())) // MOST_POINTS
    groups = [np.asarray(points, float)[::step] for points in panel.groups.values()]
    colours = [COLOURS[n % len(COLOURS)] for n, points in enumerate(groups) for _ in points]
    across, up = np.concatenate(groups).T
    return dots(across, up, colours=colours)


DRAWN: dict[str, Callable[[Path], list[str]]] = {
    "sweep": _sweep,
    "training": _training,
    "comparison": _comparison,
}
