"""The cells of a heatmap fit for a paper: their colours, what they say, and their marks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from kerascnn.report.figures.descriptions import facet_label
from kerascnn.report.figures.grid_view import Facet, GridView
from kerascnn.report.figures.heatmaps import Scale, cell_values, hatched_cells
from kerascnn.report.figures.paper_style import (
    LETTER,
    PaperStyle,
    axis_title,
    largest_type,
    plain_text,
    text_colour,
)
from kerascnn.results.statistics import best_candidate, indistinguishable
from kerascnn.results.sweep import SweepResults
from kerascnn.results.sweep_data import Scores

COLOUR_MAP = "viridis"
MOST_WRITTEN = 400  # cells of a panel


@dataclass(frozen=True)
class Cells:
    """What the cells of a figure's panels show.

    Attributes:
        results: see `kerascnn.report.figures.paper_heatmaps.heatmap_figure`.
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
            place: f"{value:.{decimals}f}{self._spread_text(spreads[place], decimals)}"
            for place, value in np.ndenumerate(values)
            if np.isfinite(value)
        }

    def _spread_text(self, spread: Any, decimals: int) -> str:
        return f"\n±{spread:.{decimals}f}" if self.style.spread and np.isfinite(spread) else ""

    def _mark(self, ax: Axes, candidates: np.ndarray, hatched: np.ndarray) -> None:
        """Hatch cells, dot those that are as good as the best one, and frame that."""
        for row, column in np.argwhere(hatched):
            ax.add_patch(
                Rectangle((column, row), 1, 1, fill=False, hatch="////", edgecolor="0.6", lw=0)
            )
        for row, column in np.argwhere(self._as_good(candidates)):
            ax.plot(column + 0.88, row + 0.2, "o", ms=2.4, mfc="white", mec="black", mew=0.6)
        for row, column in np.argwhere(candidates == self._best):
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

    @property
    def _best(self) -> int:
        return best_candidate(self.results, self.metric or self.results.metric)

    def _as_good(self, candidates: np.ndarray) -> np.ndarray:
        """Return which cells cannot be told from the best one, itself left out, bool."""
        if self.metric is None:
            return np.zeros(candidates.shape, bool)
        alike = indistinguishable(self.results, self.metric)
        alike[self._best] = False
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
