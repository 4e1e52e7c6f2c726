"""Panels of exhibits on a page: sharp pictures, coloured grids of numbers, plotted signals."""

from dataclasses import dataclass
from itertools import cycle

import numpy as np
import plotly.graph_objects as go
from matplotlib import colormaps

from kerascnn.report.figures.descriptions import safe
from kerascnn.report.figures.heatmaps import MARGINS
from kerascnn.report.figures.images import png_address
from kerascnn.results.panels import Bands, Matrix, Picture, Plot, Points

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
GRID_COLOUR = (204, 51, 51)
GRID_CELL = 16
# Pictures of more pixels than this across are shown smaller than they are, the others larger.
FEW_PIXELS = 128
DARK_BELOW = 0.45
# Of the series of one row, so that none hides another.
SHIFT = 0.15
AROUND_ROWS = 110
HEIGHT_OF_BANDS = 460
BAND_OPACITY = 0.18
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
HEIGHT_OF_ROW = 30


@dataclass(frozen=True)
class Cell:
    """One cell of a coloured grid: its text and its colours, as CSS writes them."""

    text: str
    background: str
    colour: str


def number_label(value: float) -> str:
    """Write a number for a cell or a range: at most three digits, and a true minus sign."""
    number = float(value)
    text = f"{number:,.0f}" if number.is_integer() and abs(number) < 1e6 else f"{number:.3g}"
    return text.replace("-", "−")


def grey_levels(pixels: np.ndarray) -> np.ndarray:
    """Return a picture's pixels as uint8, (height, width, 1 or 3).

    Args:
        pixels: see `Picture`.
    """
    if pixels.dtype != np.uint8:
        values = pixels.astype(np.float64)
        low, high = values.min(), values.max()
        pixels = np.round((values - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    return pixels.reshape(*pixels.shape[:2], -1)


def with_grid(pixels: np.ndarray) -> np.ndarray:
    """Return a picture enlarged, uint8 (height, width, 3), with a line around each pixel."""
    colours = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    enlarged = colours.repeat(GRID_CELL, axis=0).repeat(GRID_CELL, axis=1)
    framed = np.pad(enlarged, ((0, 1), (0, 1), (0, 0)))
    framed[::GRID_CELL] = GRID_COLOUR
    framed[:, ::GRID_CELL] = GRID_COLOUR
    return framed


def picture_address(picture: Picture) -> str:
    """Write a picture as a PNG data address, pixel by pixel."""
    pixels = grey_levels(picture.pixels)
    return png_address(with_grid(pixels) if picture.grid else pixels)


def picture_note(picture: Picture) -> str:
    """Say how large a picture is, and what its black and its white mean."""
    height, width = picture.pixels.shape[:2]
    size = f"{height}\u00a0×\u00a0{width}"
    if picture.pixels.dtype == np.uint8:
        return size
    low, high = number_label(picture.pixels.min()), number_label(picture.pixels.max())
    return f"{size}, black {low} to white {high}"


def matrix_labels(matrix: Matrix) -> np.ndarray:
    """Return the text of each cell, (rows, columns)."""
    if matrix.labels is not None:
        return matrix.labels
    texts = [[number_label(value) for value in row] for row in matrix.values]
    return np.array(texts)


def matrix_colours(matrix: Matrix) -> tuple[np.ndarray, np.ndarray]:
    """Return each cell's colour, uint8 (rows, columns, 3), and whether it is dark, bool.

    Zero is white where there are negative numbers, and the darkest colour where there are none.
    """
    values = np.asarray(matrix.values, float)
    largest = np.abs(values).max() or 1.0
    shades = colormaps["RdBu_r"](0.5 + values / (2 * largest))
    if values.min() >= 0:
        shades = colormaps["viridis"](values / largest)
    colours = shades[..., :3]
    luminance = colours @ (0.299, 0.587, 0.114)
    return np.round(colours * 255).astype(np.uint8), luminance < DARK_BELOW


def matrix_cells(matrix: Matrix) -> list[list[Cell]]:
    """Return the rows of a coloured grid."""
    colours, dark = matrix_colours(matrix)
    labels = matrix_labels(matrix)
    return [
        [
            Cell(
                str(labels[place]),
                "#{:02x}{:02x}{:02x}".format(*colours[place]),
                "#ffffff" if dark[place] else "#000000",
            )
            for place in ((row, column) for column in range(labels.shape[1]))
        ]
        for row in range(labels.shape[0])
    ]


def points_figure(points: Points) -> go.Figure:
    """Draw numbers with their spreads, a row for each name, the first at the top."""
    names = [safe(name) for name in points.names]
    rows = np.arange(len(names))
    figure = go.Figure(
        [
            go.Scatter(
                x=np.asarray(means, float).tolist(),
                y=(rows + SHIFT * number).tolist(),
                error_x={"array": np.asarray(points.spreads[name], float).tolist(), "width": 0},
                name=safe(name),
                mode="markers",
                marker={"color": colour, "size": 9},
                customdata=names,
                hovertemplate="%{customdata}: %{x:.3f} ± %{error_x.array:.3f}",
            )
            for (number, (name, means)), colour in zip(
                enumerate(points.means.items()), cycle(COLOURS), strict=False
            )
        ]
    )
    figure.update_layout(
        height=AROUND_ROWS + HEIGHT_OF_ROW * len(names),
        margin={**MARGINS, "t": 40},
        xaxis={"title": {"text": safe(points.quantity)}, "automargin": True, "fixedrange": True},
        yaxis={
            "tickvals": rows.tolist(),
            "ticktext": names,
            "autorange": "reversed",
            "automargin": True,
            "fixedrange": True,
        },
        showlegend=True,
        legend=LEGEND,
    )
    return figure


def bands_figure(bands: Bands) -> go.Figure:
    """Draw curves in bands of their spreads."""
    x = np.asarray(bands.x, float)
    figure = go.Figure()
    for (name, means), colour in zip(bands.means.items(), cycle(COLOURS), strict=False):
        means, spreads = np.asarray(means, float), np.asarray(bands.spreads[name], float)
        figure.add_scatter(
            x=[*x, *x[::-1]],
            y=[*(means + spreads), *(means - spreads)[::-1]],
            fill="toself",
            fillcolor=colour,
            opacity=BAND_OPACITY,
            line={"width": 0},
            hoverinfo="skip",
            legendgroup=safe(name),
            showlegend=False,
        )
        figure.add_scatter(
            x=x.tolist(),
            y=means.tolist(),
            customdata=spreads.tolist(),
            name=safe(name),
            mode="lines+markers",
            line={"color": colour},
            legendgroup=safe(name),
            hovertemplate="%{x}: %{y:.3f} ± %{customdata:.3f}",
        )
    axis = {"automargin": True, "fixedrange": True}
    figure.update_layout(
        height=HEIGHT_OF_BANDS,
        margin={**MARGINS, "t": 40},
        xaxis={
            "title": {"text": safe(bands.x_quantity)},
            "type": "log" if bands.is_logarithmic else "linear",
            **axis,
        },
        yaxis={"title": {"text": safe(bands.quantity)}, **axis},
        showlegend=True,
        legend=LEGEND,
    )
    return figure


def plot_figure(plot: Plot) -> go.Figure:
    """Draw signals as points joined by lines, over their indices."""
    lines = [
        go.Scatter(
            x=(np.arange(len(values)) + plot.offsets.get(name, 0)).tolist(),
            y=np.asarray(values, float).tolist(),
            name=safe(name),
            mode="lines+markers",
            line={"color": colour},
        )
        for (name, values), colour in zip(plot.signals.items(), cycle(COLOURS), strict=False)
    ]
    figure = go.Figure(lines)
    axis = {"automargin": True, "fixedrange": True}
    figure.update_layout(
        height=320,
        margin={**MARGINS, "t": 40},
        xaxis={"title": {"text": "index"}, **axis},
        yaxis=axis,
        showlegend=True,
        legend=LEGEND,
    )
    return figure
