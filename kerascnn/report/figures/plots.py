"""Plots of exhibits on a page: signals, numbers with spreads, curves and scatters."""

from itertools import cycle

import numpy as np

from kerascnn.report.figures.charts import Area, Chart, ChartAxis, Note, Series
from kerascnn.report.figures.exhibits import number_label
from kerascnn.results.panels import Bands, Plot, Points, Scatter

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
# A turn of the colours for each: ten groups differ in colour or symbol.
SYMBOLS = {"circle": "o", "triangle-up": "^", "square": "s"}
# Of the series of one row, so that none hides another.
SHIFT = 0.15
AROUND_ROWS = 60
HEIGHT_OF_BANDS = 420
HEIGHT_OF_PLOT = 280
MOST_TICKS = 12
BAND_OPACITY = 0.18
HEIGHT_OF_ROW = 30
HEIGHT_OF_SCATTER = 440
SCATTER_OPACITY = 0.7
SIZE_OF_NAMES = 15


def points_chart(points: Points) -> Chart:
    """Draw numbers with their spreads, a row for each name, the first at the top."""
    rows = np.arange(len(points.names))
    series = [
        Series(
            x=_numbers(means),
            y=(rows + SHIFT * number).tolist(),
            x_error=_numbers(points.spreads[name]),
            name=name,
            colour=colour,
            symbol="circle",
            size=9,
            texts=[
                f"{name}\n{row}: {mean:.3f} ± {spread:.3f}"
                for row, mean, spread in zip(points.names, means, points.spreads[name], strict=True)
            ],
        )
        for (number, (name, means)), colour in zip(
            enumerate(points.means.items()), cycle(COLOURS), strict=False
        )
    ]
    last = len(rows) - 1 + SHIFT * (len(series) - 1)
    return Chart(
        x=ChartAxis(points.quantity),
        y=ChartAxis(
            range=(-0.6, last + 0.6), ticks=list(enumerate(map(str, points.names))), reverse=True
        ),
        height=AROUND_ROWS + HEIGHT_OF_ROW * len(rows),
        series=series,
        legend=True,
    )


def bands_chart(bands: Bands) -> Chart:
    """Draw curves in bands of their spreads."""
    x = _numbers(bands.x)
    series, areas = [], []
    for (name, means), colour in zip(bands.means.items(), cycle(COLOURS), strict=False):
        means, spreads = np.asarray(means, float), np.asarray(bands.spreads[name], float)
        areas.append(
            Area(x, _numbers(means - spreads), _numbers(means + spreads), colour, BAND_OPACITY)
        )
        series.append(
            Series(
                x=x,
                y=_numbers(means),
                colour=colour,
                name=name,
                width=2,
                symbol="circle",
                texts=[
                    f"{name}\n{place:,.6g}: {mean:.3f} ± {spread:.3f}"
                    for place, mean, spread in zip(x, means, spreads, strict=True)
                ],
            )
        )
    kind = "log" if bands.is_logarithmic else "linear"
    ticks = [(value, number_label(value)) for value in x] if len(x) <= MOST_TICKS else None
    return Chart(
        x=ChartAxis(bands.x_quantity, kind, ticks=ticks),
        y=ChartAxis(bands.quantity),
        height=HEIGHT_OF_BANDS,
        series=series,
        areas=areas,
        legend=True,
    )


def plot_chart(plot: Plot) -> Chart:
    """Draw signals as points joined by lines, over their indices."""
    series = [
        Series(
            x=(np.arange(len(values)) + plot.offsets.get(name, 0)).tolist(),
            y=_numbers(values),
            colour=colour,
            name=name,
            width=2,
            symbol="circle",
        )
        for (name, values), colour in zip(plot.signals.items(), cycle(COLOURS), strict=False)
    ]
    return Chart(ChartAxis("index"), ChartAxis(), HEIGHT_OF_PLOT, series, legend=True)


def scatter_chart(scatter: Scatter) -> Chart:
    """Draw points in the plane, with the name of each group where its middle is."""
    styles = group_styles(len(scatter.groups))
    series = [
        Series(
            x=_numbers(points[:, 0]),
            y=_numbers(points[:, 1]),
            colour=colour,
            name=name,
            symbol=symbol,
            size=6,
            opacity=SCATTER_OPACITY,
        )
        for (name, points), (colour, symbol) in zip(scatter.groups.items(), styles, strict=True)
    ]
    middles = {
        name: np.median(np.asarray(points, float), axis=0).tolist()
        for name, points in scatter.groups.items()
    }
    return Chart(
        x=ChartAxis(scatter.x_quantity),
        y=ChartAxis(scatter.y_quantity),
        height=HEIGHT_OF_SCATTER,
        series=series,
        notes=[Note(x, y, name) for name, (x, y) in middles.items()],
        legend=True,
    )


def group_styles(n_groups: int) -> list[tuple[str, str]]:
    """Return a colour and the name of a symbol for each group, no two alike if they are few."""
    pairs = [(colour, symbol) for symbol in SYMBOLS for colour in COLOURS]
    return [pairs[number % len(pairs)] for number in range(n_groups)]


def _numbers(values: np.ndarray) -> list[float]:
    """Return numbers as a list, with as many digits as a picture can show."""
    return [float(f"{value:.6g}") for value in np.asarray(values, float).tolist()]
