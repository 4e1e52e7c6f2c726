"""The interactive heatmaps: scores of a grid's cells as plotly figures."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from kerascnn.report.figures.descriptions import Divergence, hover_text, safe
from kerascnn.report.figures.grid_view import Axis, GridView
from kerascnn.results.sweep import Scores, SweepResults
from kerascnn.utils.formatting import axis_labels, parameter_label, score_label, shortened

COLOUR_SCALE = "Viridis"
MARGINS = {"l": 10, "r": 10, "t": 10, "b": 10}
HATCH_COLOUR = "rgba(128, 128, 128, 0.75)"
HATCH_SHIFTS = (-0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75)
FRAME_COLOURS = (("#000000", 6), ("#ffffff", 2.5))
# Up to so many columns, scores are written with so many decimals; beyond, not at all.
DECIMALS = ((9, 3), (14, 2))
CELL_HEIGHT = 46
AXIS_HEIGHT = 70


@dataclass(frozen=True)
class Scale:
    """The range of colours that all heatmaps of a metric share."""

    low: float
    high: float


def common_scale(*scores: Scores | None) -> Scale:
    """Return the range of all finite means, 0 to 1 where there are none."""
    means = np.concatenate([part.mean for part in scores if part is not None] or [np.zeros(0)])
    means = means[np.isfinite(means)]
    if len(means) == 0:
        return Scale(0.0, 1.0)
    low, high = float(means.min()), float(means.max())
    return Scale(low, high) if high > low else Scale(low - 0.5, high + 0.5)


def annotation_decimals(n_columns: int) -> int | None:
    """Return with how many decimals to write scores into cells, None for not at all."""
    return next((decimals for most, decimals in DECIMALS if n_columns <= most), None)


def cell_values(candidates: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return each cell's value, NaN where there is no candidate.

    Args:
        candidates: the candidate in each cell, int, any shape, −1 where there is none.
        values: a value for each candidate, (n_candidates,).
    """
    return np.where(candidates >= 0, values[candidates], np.nan)


def hatched_cells(candidates: np.ndarray, mean: np.ndarray, divergence: Divergence) -> np.ndarray:
    """Return which cells hold a candidate that diverged or has no finite score, bool.

    Args:
        candidates: the candidate in each cell, int, any shape, −1 where there is none.
        mean: each candidate's score, (n_candidates,).
        divergence: the fits that diverged, by candidate.
    """
    diverged = np.isin(candidates, list(divergence))
    return (candidates >= 0) & (diverged | ~np.isfinite(mean[candidates]))


def heatmap(
    results: SweepResults, view: GridView, facet: int, scores: Scores, scale: Scale
) -> go.Figure:
    """Draw one panel of a grid.

    Args:
        results: the sweep, which says what each cell shows on hover, diverged, and is best.
        view: the grid.
        facet: the panel's number.
        scores: one metric of every candidate.
        scale: the colours' range.
    """
    candidates = view.facets[facet].candidates
    decimals = annotation_decimals(len(view.columns.values))
    cells = go.Heatmap(
        z=cell_values(candidates, scores.mean),
        zmin=scale.low,
        zmax=scale.high,
        colorscale=COLOUR_SCALE,
        showscale=False,
        xgap=1,
        ygap=1,
        hoverinfo="text",
        hovertext=_hover_texts(results, scores, candidates),
        texttemplate="" if decimals is None else f"%{{z:.{decimals}f}}",
    )
    hatched = hatched_cells(candidates, scores.mean, results.divergence)
    figure = go.Figure([cells, hatching(hatched)])
    figure.update_layout(
        shapes=best_frame(candidates, results.best_index),
        height=AXIS_HEIGHT + CELL_HEIGHT * max(2, len(view.rows.values)),
        margin=MARGINS,
        xaxis=_axis_layout(view.columns, reverse=False),
        yaxis=_axis_layout(view.rows, reverse=True),
        showlegend=False,
    )
    return figure


def _hover_texts(results: SweepResults, scores: Scores, candidates: np.ndarray) -> list[list[str]]:
    return [
        [hover_text(results, scores, candidate) if candidate >= 0 else "" for candidate in row]
        for row in candidates.tolist()
    ]


def _axis_layout(axis: Axis, *, reverse: bool) -> dict[str, Any]:
    ends = [-0.5, len(axis.values) - 0.5]
    return {
        "title": {"text": safe(parameter_label(axis.name)), "standoff": 8},
        "tickvals": list(range(len(axis.values))),
        "ticktext": [safe(shortened(label)) for label in axis_labels(axis.values)]
        if axis.name
        else [""],
        "range": ends[::-1] if reverse else ends,
        "fixedrange": True,
        "automargin": True,
        "showgrid": False,
        "zeroline": False,
        # Invisible ticks keep labels off the cells.
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": "rgba(0, 0, 0, 0)",
        "tickfont": {"size": 13},
    }


def hatching(hatched: np.ndarray) -> go.Scatter:
    """Draw diagonal lines over the cells that are True in `hatched`, bool (n_rows, n_columns)."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for row, column in np.argwhere(hatched).tolist():
        for shift in HATCH_SHIFTS:
            # The line y = shift − x inside the unit square around the cell's centre.
            low, high = max(-0.5, shift - 0.5), min(0.5, shift + 0.5)
            xs += [column + low, column + high, None]
            ys += [row + shift - low, row + shift - high, None]
    line = {"color": HATCH_COLOUR, "width": 1.2}
    return go.Scatter(x=xs, y=ys, mode="lines", line=line, hoverinfo="skip")


def best_frame(candidates: np.ndarray, best: int) -> list[dict[str, Any]]:
    """Return a light line on a dark one around the best candidate's cell, if it is here."""
    return [
        {
            "type": "rect",
            "x0": column - 0.5,
            "x1": column + 0.5,
            "y0": row - 0.5,
            "y1": row + 0.5,
            "line": {"color": colour, "width": width},
        }
        for row, column in np.argwhere(candidates == best).tolist()
        for colour, width in FRAME_COLOURS
    ]


def panels(results: SweepResults, view: GridView) -> list[dict[str, Any]]:
    """Draw every panel of every metric.

    Returns:
        For each metric and panel: `metric` and `facet` (numbers), `candidates` (nested lists),
        `scale` (low and high as text) and the figures `validation` and `training`, the latter
        None where training scores were not measured.
    """
    return [
        _panel(results, view, number, metric, facet)
        for number, metric in enumerate(results.metrics)
        for facet in range(len(view.facets))
    ]


def _panel(
    results: SweepResults, view: GridView, number: int, metric: str, facet: int
) -> dict[str, Any]:
    parts = {
        "validation": results.scores("test", metric),
        "training": results.scores("train", metric),
    }
    scale = common_scale(*parts.values())
    figures = {
        name: scores and heatmap(results, view, facet, scores, scale).to_plotly_json()
        for name, scores in parts.items()
    }
    return {
        "metric": number,
        "facet": facet,
        "candidates": view.facets[facet].candidates.tolist(),
        "scale": [score_label(scale.low), score_label(scale.high)],
        **figures,
    }


def ranking(results: SweepResults) -> go.Figure:
    """Draw all candidates' scores in order: what can be shown of candidates that are no grid."""
    scores = results.scores("test", results.metric)
    assert scores is not None
    last = np.asarray(results.last_rows)
    order = last[np.argsort(-np.nan_to_num(scores.mean[last], nan=-np.inf), kind="stable")]
    points = go.Scatter(
        x=np.arange(1, len(order) + 1),
        y=scores.mean[order],
        error_y={"type": "data", "array": scores.std[order], "thickness": 1, "width": 0},
        mode="markers",
        customdata=order,
        hoverinfo="text",
        hovertext=[hover_text(results, scores, candidate) for candidate in order.tolist()],
    )
    figure = go.Figure([points])
    axis = {"automargin": True, "fixedrange": True}
    figure.update_layout(
        height=320,
        margin=MARGINS,
        xaxis={"title": {"text": "candidates in order of rank"}, **axis},
        yaxis={"title": {"text": safe(results.label(results.metric))}, **axis},
    )
    return figure
