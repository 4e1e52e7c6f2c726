"""The course of a signal over time, on a page and for a paper."""

import numpy as np
import plotly.graph_objects as go
from matplotlib.axes import Axes

from kerascnn.report.figures.descriptions import safe
from kerascnn.report.figures.exhibits import COLOURS
from kerascnn.report.figures.heatmaps import MARGINS
from kerascnn.results.waveform import Waveform

HEIGHT = 190
INCHES = 1.8


def waveform_figure(waveform: Waveform) -> go.Figure:
    """Draw a signal as a filled area over time."""
    times, lows, highs = waveform.times, waveform.lows, waveform.highs
    area = go.Scatter(
        x=[*times.tolist(), *times[::-1].tolist()],
        y=[*np.asarray(highs, float).tolist(), *np.asarray(lows[::-1], float).tolist()],
        fill="toself",
        mode="lines",
        # A line as well: where both sides meet, the area alone would vanish.
        line={"color": COLOURS[0], "width": 1},
        fillcolor=COLOURS[0],
        hoverinfo="skip",
    )
    figure = go.Figure([area])
    axis = {"automargin": True, "fixedrange": True}
    figure.update_layout(
        height=HEIGHT,
        margin={**MARGINS, "t": 10},
        xaxis={
            "title": {"text": safe(waveform.unit)},
            "range": [0, float(waveform.length)],
            **axis,
        },
        yaxis=axis,
        showlegend=False,
    )
    return figure


def draw_waveform(ax: Axes, waveform: Waveform) -> None:
    """Draw a signal as a filled area over time, its axis above."""
    times, colour = waveform.times, COLOURS[0]
    ax.fill_between(times, waveform.lows, waveform.highs, color=colour, linewidth=0.6)
    ax.set_xlim(0, waveform.length)
    ax.grid(color="0.9")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.xaxis.tick_top()
    ax.set_xlabel(waveform.unit)
    ax.xaxis.set_label_position("top")
