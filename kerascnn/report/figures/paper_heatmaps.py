"""Heatmaps fit for a paper: drawn on figures of their own, never through pyplot."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kerascnn.report.figures.descriptions import facet_label
from kerascnn.report.figures.grid_view import Facet, GridView
from kerascnn.report.figures.heatmaps import Scale, cell_values, hatched_cells
from kerascnn.report.figures.paper_style import (
    LETTER,
    PaperStyle,
    axis_title,
    largest_type,
    paper_type,
    plain_text,
    room_for_turned,
    save_figure,
    text_colour,
    unread,
)
from kerascnn.results.statistics import indistinguishable
from kerascnn.results.sweep import Scores, SweepResults

__all__ = ["heatmap_figure", "plain_text", "save_figure", "unread", "write_heatmaps"]

COLOUR_MAP = "viridis"
MOST_PANELS = 12
MOST_WRITTEN = 400  # cells of a panel
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


@dataclass(frozen=True)
class Cells:
    """What the cells of a figure's panels show.

    Attributes:
        results: see `heatmap_figure`.
        scores: likewise.
        scale: likewise.
        style: likewise.
        width: of a cell, in inches.
        metric: see `heatmap_figure`.
    """

    results: SweepResults
    scores: Scores
    scale: Scale
    style: PaperStyle
    width: float
    metric: str | None = None

    def draw(self, ax: Axes, view: GridView, facet: Facet) -> None:
        """Draw a panel."""
        candidates = facet.candidates
        values = cell_values(candidates, self.scores.mean)
        ax.pcolormesh(
            np.ma.masked_invalid(values),
            cmap=COLOUR_MAP,
            vmin=self.scale.low,
            vmax=self.scale.high,
            edgecolors="white",
            linewidth=0.6,
        )
        ax.set_ylim(len(values), 0)
        hatched = hatched_cells(candidates, self.scores.mean, self.results.divergence)
        if values.size <= MOST_WRITTEN:
            self._write(ax, values, cell_values(candidates, self.scores.std), hatched)
        self._mark(ax, candidates, hatched)
        self._label(ax, view)
        if facet.setting:
            label = facet_label(self.results, facet)
            ax.set_title(plain_text(label, int(self.width * len(values[0]) / LETTER)))

    def _write(
        self, ax: Axes, values: np.ndarray, spreads: np.ndarray, hatched: np.ndarray
    ) -> None:
        """Write scores into cells, with as many decimals as fit; none if they do not."""
        for decimals in (3, 2):
            texts = self._texts(values, spreads, decimals)
            size = largest_type(list(texts.values()), self.width)
            if size is not None:
                break
        else:
            return
        colours = colormaps[COLOUR_MAP](
            Normalize(self.scale.low, self.scale.high)(np.nan_to_num(values))
        )
        for (row, column), text in texts.items():
            ax.text(
                column + 0.5,
                row + 0.5,
                text,
                ha="center",
                va="center",
                fontsize=size,
                linespacing=1.0,
                color=text_colour(colours[row, column]),
                gid="cell",
                zorder=4,
                bbox={"fc": colours[row, column], "ec": "none", "pad": 0.4}
                if hatched[row, column]
                else None,
            )

    def _texts(
        self, values: np.ndarray, spreads: np.ndarray, decimals: int
    ) -> dict[tuple[int, ...], str]:
        """Return what cells say, by row and column; those without a score say nothing."""
        return {
            place: f"{value:.{decimals}f}"
            + (f"\n±{spreads[place]:.{decimals}f}" if self.style.spread else "")
            for place, value in np.ndenumerate(values)
            if np.isfinite(value)
        }

    def _mark(self, ax: Axes, candidates: np.ndarray, hatched: np.ndarray) -> None:
        """Hatch cells, dot those that are as good as the best one, and frame that."""
        for row, column in np.argwhere(hatched):
            ax.add_patch(
                Rectangle((column, row), 1, 1, fill=False, hatch="////", edgecolor="0.6", lw=0)
            )
        for row, column in np.argwhere(self._as_good(candidates)):
            ax.plot(column + 0.88, row + 0.2, "o", ms=2.4, mfc="white", mec="black", mew=0.6)
        for row, column in np.argwhere(candidates == self.results.best_index):
            for colour, width in (("black", 3.2), ("white", 1.2)):
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

    def _as_good(self, candidates: np.ndarray) -> np.ndarray:
        """Return which cells cannot be told from the best one, itself left out, bool."""
        if self.metric is None:
            return np.zeros(candidates.shape, bool)
        alike = indistinguishable(self.results, self.metric)
        alike[self.results.best_index] = False
        return (candidates >= 0) & alike[candidates]

    def _label(self, ax: Axes, view: GridView) -> None:
        across, down = self.style.tick_labels(view.columns), self.style.tick_labels(view.rows)
        ax.set_xticks(np.arange(len(across)) + 0.5, across)
        ax.set_yticks(np.arange(len(down)) + 0.5, down)
        _turn_if_long(ax, self.width)
        ax.set_xlabel(axis_title(view.columns.name))
        ax.set_ylabel(axis_title(view.rows.name))
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)


def _turn_if_long(ax: Axes, room: float) -> None:
    """Turn the labels below cells where they would run into each other."""
    labels = [label.get_text() for label in ax.get_xticklabels()]
    shown = [label.replace("$10^{", "10").replace("}$", "") for label in labels]
    if largest_type(shown, room, sizes=(7,)) is None:
        for label in ax.get_xticklabels():
            label.set(rotation=45, ha="right", rotation_mode="anchor")


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
    bar = figure.colorbar(colours, ax=axes, shrink=0.9, pad=0.02)
    bar.set_label(plain_text(title))
    bar.outline.set_visible(False)
