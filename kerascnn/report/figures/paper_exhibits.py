"""Each exhibit as one PNG, for slides and papers."""

import re
import textwrap
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpecFromSubplotSpec

from kerascnn.report.figures import exhibits
from kerascnn.report.figures.paper_heatmaps import save_figure, unread
from kerascnn.report.figures.waveforms import INCHES, draw_waveform
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import (
    Bands,
    Checks,
    Matrix,
    Panel,
    Picture,
    Plot,
    Points,
    Table,
)
from kerascnn.results.waveform import Waveform

PANELS_ACROSS = 4
ROW_HEIGHT = 3.2
WIDTH = 12.0
ROW_OF_CHECKS = 0.21
ROW_OF_POINTS = 0.28
HEIGHT_OF_BANDS = 4.6
MANY_COLUMNS = 8
LETTERS_ACROSS = 140
LONGEST_NAME = 60


def write_exhibits(shown: Sequence[Exhibit], folder: Path) -> list[Path]:
    """Write `exhibit-01-….png` and so on; remove those of an earlier drawing."""
    for earlier in folder.glob("exhibit-*.png"):
        earlier.unlink()
    return [
        save_figure(exhibit_figure(exhibit), folder / file_name(number, exhibit))
        for number, exhibit in enumerate(shown, start=1)
    ]


def file_name(number: int, exhibit: Exhibit) -> str:
    """Return the name of an exhibit's PNG, numbered from 1."""
    words = re.sub(r"[^a-z0-9]+", "-", exhibit.title.lower())[:LONGEST_NAME].strip("-")
    return f"exhibit-{number:02}-{words}.png"


def is_wide(panel: Panel) -> bool:
    """Return whether a panel takes a row of its own."""
    many = isinstance(panel, Matrix) and panel.values.shape[1] > MANY_COLUMNS
    return many or isinstance(panel, Plot | Checks | Points | Bands | Table | Waveform)


def exhibit_figure(exhibit: Exhibit) -> Figure:
    """Draw all panels of an exhibit, with their captions."""
    rows = _rows(exhibit.panels)
    heights = [_height(row) for row in rows]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.6), layout="constrained")
    figure.suptitle(unread(exhibit.title), fontsize=14)
    grid = figure.add_gridspec(len(rows), 1, height_ratios=heights)
    for number, row in enumerate(rows):
        columns = 1 if is_wide(row[0]) else PANELS_ACROSS
        inner = GridSpecFromSubplotSpec(1, columns, grid[number])
        for place, panel in enumerate(row):
            _draw(figure.add_subplot(inner[place]), panel)
    return figure


def _rows(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Return the panels in rows: wide ones alone, the others up to four beside each other."""
    rows: list[list[Panel]] = []
    for panel in panels:
        fits = rows and not is_wide(panel) and not is_wide(rows[-1][0])
        if fits and len(rows[-1]) < PANELS_ACROSS:
            rows[-1].append(panel)
        else:
            rows.append([panel])
    return rows


def _height(row: Sequence[Panel]) -> float:
    """Return how many inches a row is high."""
    return max(map(_height_of, row))


def _height_of(panel: Panel) -> float:
    match panel:
        case Checks() | Table():
            return ROW_OF_CHECKS * (len(panel.rows) + 2)
        case Bands():
            return HEIGHT_OF_BANDS
        case Waveform():
            return INCHES
        case Points():
            return 0.8 + ROW_OF_POINTS * len(panel.names)
        case _:
            return ROW_HEIGHT


def _draw(ax: Axes, panel: Panel) -> None:
    match panel:
        case Picture():
            _draw_picture(ax, panel)
        case Plot():
            _draw_plot(ax, panel)
        case Matrix():
            _draw_matrix(ax, panel)
        case Checks():
            _draw_checks(ax, panel)
        case Points():
            _draw_points(ax, panel)
        case Bands():
            _draw_bands(ax, panel)
        case Table():
            _draw_table(ax, panel.headings, panel.rows)
        case Waveform():
            draw_waveform(ax, panel)
    width = LETTERS_ACROSS if is_wide(panel) else LETTERS_ACROSS // PANELS_ACROSS
    caption = textwrap.fill(_caption(panel), width)
    ax.set_title(unread(caption), fontsize=9, y=0, pad=-6, va="top")


def _caption(panel: Panel) -> str:
    note = f" ({exhibits.picture_note(panel)})" if isinstance(panel, Picture) else ""
    return panel.caption + note


def _draw_picture(ax: Axes, picture: Picture) -> None:
    pixels = exhibits.grey_levels(picture.pixels)
    shown = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    ax.imshow(shown, interpolation="nearest")
    ax.set_axis_off()
    if picture.grid:
        height, width = pixels.shape[:2]
        colour = tuple(value / 255 for value in exhibits.GRID_COLOUR)
        ax.vlines(np.arange(width + 1) - 0.5, -0.5, height - 0.5, color=colour, linewidth=0.5)
        ax.hlines(np.arange(height + 1) - 0.5, -0.5, width - 0.5, color=colour, linewidth=0.5)


def _draw_plot(ax: Axes, plot: Plot) -> None:
    colours = cycle(exhibits.COLOURS)
    for (name, values), colour in zip(plot.signals.items(), colours, strict=False):
        places = np.arange(len(values)) + plot.offsets.get(name, 0)
        ax.plot(places, values, "o-", color=colour, label=unread(name), markersize=4)
    _finish(ax, "both")


def _finish(ax: Axes, lines: Literal["x", "both"]) -> None:
    """Leave room for the caption below, and draw a quiet grid."""
    ax.grid(color="0.9", axis=lines)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.xaxis.tick_top()
    ax.legend(frameon=False)


def _draw_points(ax: Axes, points: Points) -> None:
    rows = np.arange(len(points.names))
    colours = cycle(exhibits.COLOURS)
    for (number, (name, means)), colour in zip(
        enumerate(points.means.items()), colours, strict=False
    ):
        ax.errorbar(
            means,
            rows + exhibits.SHIFT * number,
            xerr=points.spreads[name],
            fmt="o",
            color=colour,
            label=unread(name),
            markersize=5,
        )
    ax.set_yticks(rows, [unread(name) for name in points.names])
    ax.invert_yaxis()
    _finish(ax, "x")


def _draw_bands(ax: Axes, bands: Bands) -> None:
    colours = cycle(exhibits.COLOURS)
    for (name, means), colour in zip(bands.means.items(), colours, strict=False):
        spreads = bands.spreads[name]
        ax.fill_between(
            bands.x,
            means - spreads,
            means + spreads,
            color=colour,
            alpha=exhibits.BAND_OPACITY,
            linewidth=0,
        )
        ax.plot(bands.x, means, "o-", color=colour, label=unread(name), markersize=4)
    if bands.is_logarithmic:
        ax.set_xscale("log")
        ax.minorticks_off()
        ax.set_xticks(bands.x, [exhibits.number_label(value) for value in bands.x])
    ax.set_ylabel(unread(bands.quantity))
    _finish(ax, "both")
    ax.set_xlabel(unread(bands.x_quantity))
    ax.xaxis.set_label_position("top")


def _draw_matrix(ax: Axes, matrix: Matrix) -> None:
    colours, dark = exhibits.matrix_colours(matrix)
    labels = exhibits.matrix_labels(matrix)
    ax.imshow(colours, interpolation="nearest")
    ax.set_axis_off()
    size = 9 if labels.shape[1] <= MANY_COLUMNS else 7
    for (row, column), text in np.ndenumerate(labels):
        colour = "white" if dark[row, column] else "black"
        ax.text(
            column,
            row,
            unread(str(text)),
            ha="center",
            va="center",
            color=colour,
            fontsize=size,
        )


def _draw_checks(ax: Axes, checks: Checks) -> None:
    rows = [
        [row.what, row.stated, row.computed, "yes" if row.agrees else "no", row.remark]
        for row in checks.rows
    ]
    _draw_table(ax, ["what", checks.against, "computed", "agrees", "remark"], rows)


def _draw_table(ax: Axes, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    ax.set_axis_off()
    if not rows:
        return
    texts = [[unread(text) for text in row] for row in rows]
    names = [unread(heading) for heading in headings]
    table = ax.table(texts, colLabels=names, loc="upper center", cellLoc="left", edges="B")
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    table.auto_set_column_width(list(range(len(headings))))
