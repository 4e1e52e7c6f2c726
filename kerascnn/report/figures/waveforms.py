"""The course of a signal over time, on a page and for a paper."""

import numpy as np
from matplotlib.axes import Axes

from kerascnn.report.figures.charts import Area, Chart, ChartAxis
from kerascnn.report.figures.plots import COLOURS
from kerascnn.results.waveform import Waveform

HEIGHT = 170
INCHES = 1.8


def waveform_chart(waveform: Waveform) -> Chart:
    """Draw a signal as a filled area over time."""
    area = Area(
        waveform.times.tolist(),
        np.asarray(waveform.lows, float).tolist(),
        np.asarray(waveform.highs, float).tolist(),
        COLOURS[0],
        opacity=1.0,
        # Where both sides meet, the area alone would vanish.
        outlined=True,
    )
    across = ChartAxis(waveform.unit, range=(0.0, float(waveform.length)))
    return Chart(across, ChartAxis(), HEIGHT, areas=[area])


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
