"""The rungs of a halving search: every candidate's score against what it could use."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from kerascnn.report.figures.charts import Chart, ChartAxis, Series
from kerascnn.report.figures.paper_curves import finish
from kerascnn.report.figures.paper_heatmaps import plain_text, save_figure
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import (
    candidate_number,
    parameter_label,
    plural,
    score_label,
    setting_label,
)

FILE = "rungs.png"
HEIGHT = 320
# Of candidates that were given up, of those in the last rung, and of the best.
STYLES = {
    "given up": ("#8c8c8c", 1.0, 0.5),
    "in the last rung": ("#0072b2", 2.0, 0.9),
    "best": ("#d55e00", 3.0, 1.0),
}


def rungs_chart(results: SweepResults) -> Chart:
    """Draw a line for each setting, from its first rung to its last."""
    scores = results.scores("test", results.metric)
    assert scores is not None
    series = []
    for name, lines in _groups(results).items():
        colour, width, opacity = STYLES[name]
        points = [row for rows in lines for row in [*rows, None]]
        series.append(
            Series(
                x=_at(points, _rung_of_rows(results)),
                y=_at(points, [_finite(mean) for mean in scores.mean.tolist()]),
                colour=colour,
                name=f"{name} ({len(lines)})" if len(lines) > 1 else name,
                width=width,
                symbol="circle",
                opacity=opacity,
                texts=["" if row is None else _description(results, row) for row in points],
                candidates=points,
            )
        )
    ticks = [(rung.number, f"{rung.amount:,}") for rung in results.rungs]
    return Chart(
        x=ChartAxis(resource_label(results), ticks=ticks),
        y=ChartAxis(results.label(results.metric)),
        height=HEIGHT,
        series=series,
        legend=True,
    )


def _description(results: SweepResults, row: int) -> str:
    """Write what a point says: its candidate, its score and what it could use."""
    scores = results.scores("test", results.metric)
    assert scores is not None
    score = f"{results.label(results.metric)} {score_label(scores.mean[row], scores.std[row])}"
    return f"{candidate_number(row)}. {setting_label(results.labels[row])}\n{score}"


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def write_rungs(results: SweepResults, folder: Path) -> Path | None:
    """Write `rungs.png`, fit for a paper; without rungs, remove what an earlier run left."""
    path = folder / FILE
    scores = results.scores("test", results.metric)
    if not results.rungs or scores is None:
        path.unlink(missing_ok=True)
        return None
    figure = Figure(figsize=(5, 3.4), layout="constrained")
    ax = figure.subplots()
    numbers = np.asarray(_rung_of_rows(results))
    for name, lines in _groups(results).items():
        colour, width, opacity = STYLES[name]
        for number, rows in enumerate(lines):
            label = None if number else name
            (line,) = ax.plot(numbers[rows], scores.mean[rows], marker="o", markersize=3)
            line.set(color=colour, linewidth=width, alpha=opacity, label=label)
    amounts = {rung.number: f"{rung.amount:,}" for rung in results.rungs}
    ax.set_xticks(list(amounts), list(amounts.values()))
    finish(ax, plain_text(resource_label(results)), plain_text(results.label(results.metric)))
    ax.legend(frameon=False, fontsize=8)
    return save_figure(figure, path)


def describe_rungs(results: SweepResults) -> str:
    """Say how many candidates each rung had, and what they could use."""
    parts = [
        f"rung {rung.number}: {plural(len(rung.rows), 'candidate')}, "
        f"{resource_label(results)} = {rung.amount:,}"
        for rung in results.rungs
    ]
    return f"{'; '.join(parts)}.".replace("rung", "Rung", 1)


def resource_label(results: SweepResults) -> str:
    """Write the resource for a reader."""
    resource = str(results.resource)
    return "samples" if resource == "n_samples" else parameter_label(resource)


def _groups(results: SweepResults) -> dict[str, list[list[int]]]:
    """Return the rows of each setting by what became of it, the best last."""
    last = set(results.rungs[-1].rows)
    groups: dict[str, list[list[int]]] = {name: [] for name in STYLES}
    for rows in results.rows_by_setting:
        reached = "in the last rung" if rows[-1] in last else "given up"
        groups["best" if results.best_index in rows else reached].append(rows)
    return {name: lines for name, lines in groups.items() if lines}


def _rung_of_rows(results: SweepResults) -> list[int]:
    return [int(number) + 1 for number in results.cv_results["iter"]]


def _at(rows: Sequence[int | None], values: Sequence[Any]) -> list[Any]:
    """Return the value of each row, None where a line ends."""
    return [None if row is None else values[row] for row in rows]
