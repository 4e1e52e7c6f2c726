"""Plots of exhibits on paper: signals, numbers with spreads, curves and scatters."""

from itertools import cycle
from typing import Literal

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes

from kerascnn.report.figures.exhibits import number_label
from kerascnn.report.figures.paper_heatmaps import unread
from kerascnn.report.figures.plots import (
    BAND_OPACITY,
    COLOURS,
    SCATTER_OPACITY,
    SHIFT,
    SIZE_OF_NAMES,
    SYMBOLS,
    group_styles,
)
from kerascnn.results.panels import Bands, Plot, Points, Scatter


def draw_plot(ax: Axes, plot: Plot) -> None:
    """Draw signals as points joined by lines, over their indices."""
    colours = cycle(COLOURS)
    for (name, values), colour in zip(plot.signals.items(), colours, strict=False):
        places = np.arange(len(values)) + plot.offsets.get(name, 0)
        ax.plot(places, values, "o-", color=colour, label=unread(name), markersize=4)
    _finish(ax, "both")


def draw_points(ax: Axes, points: Points) -> None:
    """Draw numbers with their spreads, a row for each name, the first at the top."""
    rows = np.arange(len(points.names))
    colours = cycle(COLOURS)
    for (number, (name, means)), colour in zip(
        enumerate(points.means.items()), colours, strict=False
    ):
        ax.errorbar(
            means,
            rows + SHIFT * number,
            xerr=points.spreads[name],
            fmt="o",
            color=colour,
            label=unread(name),
            markersize=5,
        )
    ax.set_yticks(rows, [unread(name) for name in points.names])
    ax.invert_yaxis()
    _finish(ax, "x")


def draw_bands(ax: Axes, bands: Bands) -> None:
    """Draw curves in bands of their spreads."""
    colours = cycle(COLOURS)
    for (name, means), colour in zip(bands.means.items(), colours, strict=False):
        spreads = bands.spreads[name]
        ax.fill_between(
            bands.x,
            means - spreads,
            means + spreads,
            color=colour,
            alpha=BAND_OPACITY,
            linewidth=0,
        )
        ax.plot(bands.x, means, "o-", color=colour, label=unread(name), markersize=4)
    if bands.is_logarithmic:
        ax.set_xscale("log")
        ax.minorticks_off()
        ax.set_xticks(bands.x, [number_label(value) for value in bands.x])
    ax.set_ylabel(unread(bands.quantity))
    _finish(ax, "both")
    ax.set_xlabel(unread(bands.x_quantity))
    ax.xaxis.set_label_position("top")


def draw_scatter(ax: Axes, scatter: Scatter) -> None:
    """Draw points in the plane, with the name of each group where its middle is."""
    styles = group_styles(len(scatter.groups))
    for (name, points), (colour, symbol) in zip(scatter.groups.items(), styles, strict=True):
        ax.scatter(
            points[:, 0],
            points[:, 1],
            s=8,
            color=colour,
            marker=SYMBOLS[symbol],
            alpha=SCATTER_OPACITY,
            linewidths=0,
        )
        x, y = np.median(points, axis=0)
        ax.text(
            x,
            y,
            unread(name),
            fontsize=SIZE_OF_NAMES,
            weight="bold",
            ha="center",
            va="center",
            path_effects=[patheffects.withStroke(linewidth=3, foreground="white")],
        )
    ax.set_ylabel(unread(scatter.y_quantity))
    _finish(ax, "both", legend=False)
    ax.set_xlabel(unread(scatter.x_quantity))
    ax.xaxis.set_label_position("top")


def _finish(ax: Axes, lines: Literal["x", "both"], *, legend: bool = True) -> None:
    """Leave room for the caption below, and draw a quiet grid."""
    ax.grid(color="0.9", axis=lines)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.xaxis.tick_top()
    if legend:
        ax.legend(frameon=False)
