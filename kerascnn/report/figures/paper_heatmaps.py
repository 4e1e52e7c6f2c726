"""Heatmaps fit for a paper: drawn on figures of their own, never through pyplot."""

from pathlib import Path

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from kerascnn.report.figures.grid_view import Facet, GridView
from kerascnn.report.figures.heatmaps import Scale
from kerascnn.report.figures.paper_cells import COLOUR_MAP, Cells
from kerascnn.report.figures.paper_style import (
    PaperStyle,
    paper_type,
    plain_text,
    room_for_turned,
    save_figure,
    unread,
)
from kerascnn.results.sweep import SweepResults
from kerascnn.results.sweep_data import Scores

__all__ = ["heatmap_figure", "plain_text", "save_figure", "unread", "write_heatmaps"]

MOST_PANELS = 12
PANELS_ACROSS = 3
WORDS = {"test": "Validation", "train": "Training"}
# Inches: what stands beside the cells of a panel, and the least that a cell needs.
BESIDE_CELLS, COLOUR_BAR = 0.55, 0.75
NARROWEST_CELL = 0.3
CELL_HEIGHT, CELL_HEIGHT_WITH_SPREAD = 0.25, 0.36
BELOW_CELLS = 0.55


def write_heatmaps(results: SweepResults, view: GridView | None, folder: Path) -> list[Path]:
    """Write one PNG for the validation scores and one for the training scores, if measured.

    More than 12 panels are cut to the best candidate's. Without a grid there is nothing to write,
    and what an earlier run left is removed.
    """
    written = []
    for part in WORDS:
        scores, path = results.scores(part, results.metric), folder / _file_name(part, results)
        if scores is None or view is None:
            path.unlink(missing_ok=True)
            continue
        title = f"{WORDS[part]} {results.label(results.metric)}"
        scale = shown_scale(results, view, scores)
        figure = heatmap_figure(results, view, scores, scale, title)
        written.append(save_figure(figure, path))
    return written


def _file_name(part: str, results: SweepResults) -> str:
    quantity = "accuracy" if results.label(results.metric) == "accuracy" else "score"
    return f"{WORDS[part].lower()}_{quantity}.png"


def shown_facets(results: SweepResults, view: GridView) -> tuple[Facet, ...]:
    """Return the panels that a figure has room for: all, or the best candidate's."""
    if len(view.facets) <= MOST_PANELS:
        return view.facets
    return (view.facets[view.facet_of(results.best_index)],)


def shown_scale(results: SweepResults, view: GridView, scores: Scores) -> Scale:
    """Return the range of the finite means that a figure shows, 0 to 1 where there are none."""
    shown = np.concatenate([facet.candidates.ravel() for facet in shown_facets(results, view)])
    means = scores.mean[shown[shown >= 0]]
    means = means[np.isfinite(means)]
    if not len(means):
        return Scale(0.0, 1.0)
    low, high = float(means.min()), float(means.max())
    return Scale(low, high) if high > low else Scale(low - 0.5, high + 0.5)


def heatmap_figure(
    results: SweepResults,
    view: GridView,
    scores: Scores,
    scale: Scale,
    title: str,
    style: PaperStyle | None = None,
    metric: str | None = None,
) -> Figure:
    """Draw the panels of a grid side by side with one colour bar.

    Args:
        results: the sweep, which says what diverged and what is best.
        view: the grid.
        scores: one metric of every candidate.
        scale: the colours' range.
        title: what the colours mean.
        style: how the figure is made.
        metric: dots mark the candidates that cannot be told from the best one by it; None for
            no dots.
    """
    style = style or PaperStyle()
    facets = shown_facets(results, view)
    across = _panels_across(len(facets), view, style)
    cells = Cells(results, scores, scale, style, _cell_width(across, view, style), metric)
    with paper_type():
        figure, grid = _empty_panels(len(facets), across, view, style)
        for ax, facet in zip(grid.flat, facets, strict=False):
            cells.draw(ax, view, facet)
        for ax in grid.flat[len(facets) :]:
            ax.remove()
        draw_colour_bar(figure, grid, scale, title)
    return figure


def _panels_across(n_panels: int, view: GridView, style: PaperStyle) -> int:
    """Return how many panels stand side by side."""
    narrowest = NARROWEST_CELL * len(view.columns.values) + BESIDE_CELLS
    fitting = int((style.width - COLOUR_BAR) // narrowest)
    return max(1, min(n_panels, PANELS_ACROSS, fitting))


def _cell_width(across: int, view: GridView, style: PaperStyle) -> float:
    """Return how wide a cell will be, in inches."""
    panel = (style.width - COLOUR_BAR) / across - BESIDE_CELLS
    return panel / len(view.columns.values)


def _empty_panels(
    n_panels: int, across: int, view: GridView, style: PaperStyle
) -> tuple[Figure, np.ndarray]:
    """Return a figure and its axes, (n_down, n_across), sized for the cells of each panel."""
    down = -(-n_panels // across)
    cell = CELL_HEIGHT_WITH_SPREAD if style.spread else CELL_HEIGHT
    height = max(1.1, cell * len(view.rows.values)) + BELOW_CELLS + (0.2 if n_panels > 1 else 0)
    height += room_for_turned(style.tick_labels(view.columns))
    figure = Figure(figsize=(style.width, height * down), layout="constrained")
    return figure, figure.subplots(down, across, squeeze=False)


def draw_colour_bar(figure: Figure, axes: np.ndarray, scale: Scale, title: str) -> None:
    """Draw the scale of the colours beside the panels."""
    colours = ScalarMappable(Normalize(scale.low, scale.high), COLOUR_MAP)
    drawn = [ax for ax in axes.flat if ax in figure.axes]  # the last row may lack some
    bar = figure.colorbar(colours, ax=drawn, shrink=0.9, pad=0.02, aspect=20 * len(axes))
    bar.set_label(plain_text(title))
    bar.outline.set_visible(False)
