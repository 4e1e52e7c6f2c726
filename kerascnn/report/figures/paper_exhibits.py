"""Each exhibit as one PNG, for slides and papers."""

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpecFromSubplotSpec

from kerascnn.report.figures import exhibits, paper_plots
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
    Scatter,
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
# Of pictures that take half a row: how much wider than high.
WIDE_RATIO = 3
BELOW_PICTURE = 0.5
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


def columns(panel: Panel) -> int:
    """Return how many of the four columns of a row a panel takes: 1, 2 or all."""
    match panel:
        case Matrix():
            return PANELS_ACROSS if panel.values.shape[1] > MANY_COLUMNS else 1
        case Picture():
            height, width = panel.pixels.shape[:2]
            return 2 if width >= WIDE_RATIO * height else 1
        case Scatter():
            return 2
        case _:
            return PANELS_ACROSS


def exhibit_figure(exhibit: Exhibit) -> Figure:
    """Draw all panels of an exhibit, with their captions."""
    rows = _rows(exhibit.panels)
    heights = [_height(row) for row in rows]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.6), layout="constrained")
    figure.suptitle(unread(exhibit.title), fontsize=14)
    grid = figure.add_gridspec(len(rows), 1, height_ratios=heights)
    for number, row in enumerate(rows):
        inner = GridSpecFromSubplotSpec(1, PANELS_ACROSS, grid[number])
        place = 0
        for panel in row:
            _draw(figure.add_subplot(inner[place : place + columns(panel)]), panel)
            place += columns(panel)
    return figure


def _rows(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Return the panels in rows, as many beside each other as fit."""
    rows: list[list[Panel]] = []
    for panel in panels:
        if rows and sum(map(columns, rows[-1])) + columns(panel) <= PANELS_ACROSS:
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
        case Bands() | Scatter():
            return HEIGHT_OF_BANDS
        case Picture() if columns(panel) > 1:
            height, width = panel.pixels.shape[:2]
            return BELOW_PICTURE + WIDTH / 2 * height / width
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
            paper_plots.draw_plot(ax, panel)
        case Matrix():
            _draw_matrix(ax, panel)
        case Checks():
            _draw_checks(ax, panel)
        case Points():
            paper_plots.draw_points(ax, panel)
        case Bands():
            paper_plots.draw_bands(ax, panel)
        case Scatter():
            paper_plots.draw_scatter(ax, panel)
        case Table():
            _draw_table(ax, panel.headings, panel.rows)
        case Waveform():
            draw_waveform(ax, panel)
    letters = LETTERS_ACROSS * columns(panel) // PANELS_ACROSS
    caption = textwrap.fill(_caption(panel), letters)
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
