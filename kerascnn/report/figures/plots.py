"""Plots of exhibits on a page: signals, numbers with spreads, curves and scatters."""

from itertools import cycle

import numpy as np
import plotly.graph_objects as go

from kerascnn.report.figures.descriptions import safe
from kerascnn.report.figures.heatmaps import MARGINS
from kerascnn.results.panels import Bands, Plot, Points, Scatter

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
# A turn of the colours for each: ten groups differ in colour or symbol.
SYMBOLS = {"circle": "o", "triangle-up": "^", "square": "s"}
# Of the series of one row, so that none hides another.
SHIFT = 0.15
AROUND_ROWS = 110
HEIGHT_OF_BANDS = 460
BAND_OPACITY = 0.18
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
HEIGHT_OF_ROW = 30
HEIGHT_OF_SCATTER = 460
SCATTER_OPACITY = 0.7
SIZE_OF_NAMES = 15


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


def scatter_figure(scatter: Scatter) -> go.Figure:
    """Draw points in the plane, with the name of each group where its middle is."""
    figure = go.Figure()
    for (name, points), (colour, symbol) in zip(
        scatter.groups.items(), group_styles(len(scatter.groups)), strict=True
    ):
        figure.add_scatter(
            x=np.asarray(points[:, 0], float).tolist(),
            y=np.asarray(points[:, 1], float).tolist(),
            name=safe(name),
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 6, "opacity": SCATTER_OPACITY},
            hoverinfo="name",
        )
        middle = np.median(np.asarray(points, float), axis=0).tolist()
        figure.add_annotation(
            x=middle[0],
            y=middle[1],
            text=f"<b>{safe(name)}</b>",
            font={"size": SIZE_OF_NAMES},
            showarrow=False,
        )
    axis = {"automargin": True, "fixedrange": True, "zeroline": False}
    figure.update_layout(
        height=HEIGHT_OF_SCATTER,
        margin={**MARGINS, "t": 40},
        xaxis={"title": {"text": safe(scatter.x_quantity)}, **axis},
        yaxis={"title": {"text": safe(scatter.y_quantity)}, **axis},
        showlegend=True,
        legend=LEGEND,
    )
    return figure


def group_styles(n_groups: int) -> list[tuple[str, str]]:
    """Return a colour and the name of a symbol for each group, no two alike if they are few."""
    pairs = [(colour, symbol) for symbol in SYMBOLS for colour in COLOURS]
    return [pairs[number % len(pairs)] for number in range(n_groups)]
