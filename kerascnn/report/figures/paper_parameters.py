"""Scores against parameters, fit for a paper: of one parameter, and of candidates in no grid."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kerascnn.report.figures.paper_style import (
    LONGEST_TITLE,
    PaperStyle,
    axis_title,
    band,
    paper_type,
    plain_text,
    room_for_turned,
    tick,
)
from kerascnn.results.statistics import best_candidate
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import value_label

COLOURS = {"test": "#d55e00", "train": "#0072b2"}
WORDS = {"test": "validation", "train": "training"}
ACROSS = {"one": 2, "two": 4}
ROW_HEIGHT = 1.7
DECADES = 30.0  # the ratio from which on an axis is logarithmic


def varied(results: SweepResults) -> list[str]:
    """Return the parameters that have more than one value."""
    names = dict.fromkeys(name for setting in results.settings for name in setting)
    return [name for name in names if len({repr(s.get(name)) for s in results.settings}) > 1]


def draw_curve(ax: Axes, results: SweepResults, name: str, metric: str) -> None:
    """Draw the scores over one parameter, with a band of the standard deviation over splits."""
    order, places = _in_order(results, name)
    for part, colour in COLOURS.items():
        scores = results.scores(part, metric)
        if scores is None:
            continue
        mean, std = scores.mean[order], scores.std[order]
        ax.plot(places, mean, "o-", color=colour, ms=3, lw=1.2, label=WORDS[part])
        low, high = band(mean, std, results.label(metric))
        ax.fill_between(places, low, high, color=colour, alpha=0.2, lw=0)
    _finish(ax, results, name)
    ax.set_ylabel(plain_text(results.label(metric), LONGEST_TITLE))
    ax.legend(frameon=False)


def draw_points(ax: Axes, results: SweepResults, name: str, metric: str) -> None:
    """Draw every candidate's score over one parameter, the best one marked."""
    order, places = _in_order(results, name)
    means = results.scores_of("test", metric).mean
    ax.plot(places, means[order], "o", color=COLOURS["train"], ms=3, mew=0, alpha=0.7)
    best = np.flatnonzero(np.asarray(order) == best_candidate(results, metric))
    chosen = np.asarray(places)[best]
    ax.plot(chosen, means[order][best], "o", mfc="none", mec="black", ms=7, mew=1.2)
    _finish(ax, results, name)


def parameters_figure(results: SweepResults, metric: str, style: PaperStyle) -> Figure:
    """Draw the scores of candidates that are no grid, over each parameter that varies."""
    names = varied(results) or list(results.params[0])[:1]
    across = min(len(names), ACROSS[style.columns])
    down = max(1, -(-len(names) // max(1, across)))
    with paper_type():
        size = (style.width, (ROW_HEIGHT + _room_below(results, names)) * down)
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(down, max(1, across), squeeze=False, sharey=True)
        for ax, name in zip(grid.flat, names, strict=False):
            draw_points(ax, results, name, metric)
        for ax in grid.flat[len(names) :]:
            ax.remove()
        for ax in grid[:, 0]:
            ax.set_ylabel(plain_text(results.label(metric), LONGEST_TITLE))
    return figure


def curve_figure(results: SweepResults, name: str, metric: str, style: PaperStyle) -> Figure:
    """Draw the validation curve of a single parameter."""
    with paper_type():
        width = min(style.width, 4.5)
        figure = Figure(figsize=(style.width, 0.62 * width), layout="constrained")
        draw_curve(figure.subplots(), results, name, metric)
    return figure


def _in_order(results: SweepResults, name: str) -> tuple[list[int], list[float]]:
    """Return the candidates that have a parameter, by its value, and where they are drawn."""
    rows = [row for row in results.last_rows if name in results.settings[row]]
    values = [results.settings[row][name] for row in rows]
    if all_numbers(values):
        order = np.argsort(np.array(values, float), kind="stable")
        return [rows[i] for i in order], [float(values[i]) for i in order]
    places = {repr(value): float(i) for i, value in enumerate(_different(values))}
    return rows, [places[repr(value)] for value in values]


def _room_below(results: SweepResults, names: Sequence[str]) -> float:
    """Return how many inches the values of parameters take that are no numbers."""
    values = [[setting[name] for setting in results.settings if name in setting] for name in names]
    words = [value for own in values if not all_numbers(own) for value in own]
    return room_for_turned([tick(value_label(value)) for value in words])


def all_numbers(values: Sequence[Any]) -> bool:
    """Return whether values can be told on an axis of numbers."""
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _different(values: Sequence[Any]) -> list[Any]:
    return list({repr(value): value for value in values}.values())


def _finish(ax: Axes, results: SweepResults, name: str) -> None:
    """Name the axis of a parameter, and write its values where they are no numbers."""
    values = [setting[name] for setting in results.settings if name in setting]
    ax.set_xlabel(axis_title(name))
    if not all_numbers(values):
        different = _different(values)
        labels = [tick(value_label(value)) for value in different]
        ax.set_xticks(range(len(different)), labels, rotation=45, ha="right")
    elif min(values) > 0 and max(values) >= DECADES * min(values):
        ax.set_xscale("log")
    ax.grid(color="0.9")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
