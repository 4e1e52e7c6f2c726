"""Heatmaps fit for a paper, with seaborn: drawn on figures of their own, never through pyplot."""

import warnings
from pathlib import Path

import numpy as np
import seaborn
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kerascnn.report.figures.descriptions import facet_label
from kerascnn.report.figures.grid_view import Axis, GridView
from kerascnn.report.figures.heatmaps import (
    Scale,
    annotation_decimals,
    cell_values,
    common_scale,
    hatched_cells,
)
from kerascnn.results.sweep import Scores, SweepResults
from kerascnn.utils.files import replacing
from kerascnn.utils.formatting import (
    axis_labels,
    mathtext_power,
    parameter_label,
    shortened,
    value_label,
)

COLOUR_MAP = "viridis"
DOTS_PER_INCH = 300
MOST_PANELS = 12
PANELS_ACROSS = 3
WORDS = {"test": "Validation", "train": "Training"}
PAPER_SYMBOLS = {"learning_rate": r"Learning rate $\eta$", "l2": r"L2 penalty $\lambda$"}


def write_heatmaps(results: SweepResults, view: GridView | None, folder: Path) -> list[Path]:
    """Write one PNG for the validation scores and one for the training scores, if measured.

    Both share their colour scale. More than 12 panels are cut to the best candidate's. Without
    a grid there is nothing to write, and what an earlier run left is removed.
    """
    parts = {part: results.scores(part, results.metric) for part in WORDS}
    scale = common_scale(*parts.values())
    written = []
    for part, scores in parts.items():
        path = folder / _file_name(part, results)
        if scores is None or view is None:
            path.unlink(missing_ok=True)
            continue
        title = f"{WORDS[part]} {results.label(results.metric)}"
        figure = heatmap_figure(results, view, scores, scale, title)
        written.append(save_figure(figure, path))
    return written


def _file_name(part: str, results: SweepResults) -> str:
    quantity = "accuracy" if results.label(results.metric) == "accuracy" else "score"
    return f"{WORDS[part].lower()}_{quantity}.png"


def save_figure(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG, replacing the file as a whole."""
    FigureCanvasAgg(figure)
    with replacing(path) as temporary, warnings.catch_warnings():
        # A name in a script that the font lacks is drawn as boxes: no reason to warn.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(temporary, dpi=DOTS_PER_INCH, bbox_inches="tight", facecolor="white")
    return path


def heatmap_figure(
    results: SweepResults, view: GridView, scores: Scores, scale: Scale, title: str
) -> Figure:
    """Draw the panels of a grid side by side with one colour bar.

    Args:
        results: the sweep, which says what diverged and what is best.
        view: the grid.
        scores: one metric of every candidate.
        scale: the colours' range.
        title: what the colours mean.
    """
    facets = view.facets
    if len(facets) > MOST_PANELS:
        facets = (facets[view.facet_of(results.best_index)],)
    figure, grid = _empty_panels(len(facets), view)
    for ax, facet in zip(grid.flat, facets, strict=False):
        hatched = hatched_cells(facet.candidates, scores.mean, results.divergence)
        _draw_cells(ax, cell_values(facet.candidates, scores.mean), scale)
        _draw_marks(ax, hatched, facet.candidates == results.best_index)
        _label_axes(ax, view)
        if facet.setting:
            ax.set_title(plain_text(facet_label(results, facet)), fontsize=9)
    for ax in grid.flat[len(facets) :]:
        ax.remove()
    _draw_colour_bar(figure, grid, scale, title)
    return figure


def _empty_panels(n_panels: int, view: GridView) -> tuple[Figure, np.ndarray]:
    """Return a figure and its axes, (n_down, n_across), sized for the cells of each panel."""
    across = min(n_panels, PANELS_ACROSS)
    down = -(-n_panels // across)
    width = max(2.4, 0.62 * len(view.columns.values) + 0.8)
    height = max(1.4, 0.5 * len(view.rows.values) + 0.9)
    figure = Figure(figsize=(width * across + 0.8, height * down), layout="constrained")
    return figure, figure.subplots(down, across, squeeze=False)


def _draw_cells(ax: Axes, values: np.ndarray, scale: Scale) -> None:
    decimals = annotation_decimals(values.shape[1])
    seaborn.heatmap(
        values,
        ax=ax,
        cmap=COLOUR_MAP,
        vmin=scale.low,
        vmax=scale.high,
        cbar=False,
        annot=decimals is not None,
        fmt=f".{decimals or 0}f",
        annot_kws={"fontsize": 8},
        linewidths=0.6,
        linecolor="white",
    )


def _draw_marks(ax: Axes, hatched: np.ndarray, best: np.ndarray) -> None:
    """Hatch cells and frame the best one: both arrays bool, (n_rows, n_columns)."""
    for row, column in np.argwhere(hatched):
        ax.add_patch(
            Rectangle((column, row), 1, 1, fill=False, hatch="////", edgecolor="0.6", linewidth=0)
        )
    for row, column in np.argwhere(best):
        for colour, width in (("black", 4.0), ("white", 1.6)):
            ax.add_patch(
                Rectangle(
                    (column, row),
                    1,
                    1,
                    fill=False,
                    edgecolor=colour,
                    linewidth=width,
                    clip_on=False,
                    zorder=5,
                )
            )


def _label_axes(ax: Axes, view: GridView) -> None:
    ax.set_xticklabels(_tick_labels(view.columns), rotation=0, fontsize=9)
    ax.set_yticklabels(_tick_labels(view.rows), rotation=0, fontsize=9)
    ax.set_xlabel(_axis_title(view.columns.name))
    ax.set_ylabel(_axis_title(view.rows.name))
    ax.tick_params(length=0)


def _tick_labels(axis: Axis) -> list[str]:
    if not axis.name:
        return [""] * len(axis.values)
    return axis_labels(axis.values, mathtext_power, lambda v: plain_text(value_label(v)))


def _axis_title(name: str) -> str:
    return PAPER_SYMBOLS.get(name.rsplit("__", 1)[-1], plain_text(parameter_label(name)))


def plain_text(text: str) -> str:
    """Keep a user's text on one line, and Matplotlib from reading its dollars as mathematics."""
    return unread(shortened(" ".join(text.split())))


def unread(text: str) -> str:
    """Keep Matplotlib from reading a text's dollars as mathematics."""
    return text.replace("$", r"\$")


def _draw_colour_bar(figure: Figure, grid: np.ndarray, scale: Scale, title: str) -> None:
    colours = ScalarMappable(Normalize(scale.low, scale.high), COLOUR_MAP)
    bar = figure.colorbar(colours, ax=grid, shrink=0.9, pad=0.02)
    bar.set_label(plain_text(title))
    bar.outline.set_visible(False)
