"""The page of a comparison of models."""

from pathlib import Path

import numpy as np
import plotly.graph_objects as go

from kerascnn.report.figures.descriptions import safe
from kerascnn.report.figures.heatmaps import MARGINS
from kerascnn.report.figures.paper_curves import write_comparison
from kerascnn.report.pages.headline import comparison_headlines
from kerascnn.report.pages.page import write_page
from kerascnn.report.pages.sections import insight_section
from kerascnn.report.pages.tables import model_table
from kerascnn.results.comparison import ComparisonResults
from kerascnn.utils.formatting import score_label

COSTS = {"parameters": "parameters", "seconds": "training time in seconds"}


def render(folder: Path) -> Path:
    """Draw the page and the PNG from the plain results in `folder`; return the page's path."""
    results = ComparisonResults.load(folder)
    write_comparison(results, folder)
    figures = {cost: accuracy_against(results, cost).to_plotly_json() for cost in COSTS}
    return write_page(
        folder,
        "comparison.html.j2",
        results,
        comparison_headlines(results),
        {"figures": figures},
        costs=COSTS,
        table=model_table(results),
        insights={name: insight_section(each) for name, each in results.insights.items()},
        curves=None,
    )


def accuracy_against(results: ComparisonResults, cost: str) -> go.Figure:
    """Draw each model's accuracy against a column of its costs, on a logarithmic axis."""
    models = results.models
    names = [safe(name) for name in models["model"]]
    spread = models.get("accuracy_spread")
    points = go.Scatter(
        x=models[cost].astype(float).tolist(),
        y=models["accuracy"].astype(float).tolist(),
        error_y=None if spread is None else {"array": spread.to_numpy(float), "width": 0},
        mode="markers+text",
        marker={"size": 10},
        text=names,
        textposition=text_positions(models[cost].to_numpy(float)),
        cliponaxis=False,
        hoverinfo="text",
        hovertext=[
            f"<b>{name}</b><br>accuracy {score_label(accuracy)}<br>{COSTS[cost]}: {value:,.6g}"
            for name, accuracy, value in zip(names, models["accuracy"], models[cost], strict=True)
        ],
    )
    figure = go.Figure([points])
    axis = {"automargin": True, "fixedrange": True}
    figure.update_layout(
        height=380,
        margin={**MARGINS, "t": 30},
        xaxis={"title": {"text": COSTS[cost]}, "type": "log", **axis},
        yaxis={"title": {"text": "test accuracy"}, **axis},
    )
    return figure


def text_positions(costs: np.ndarray) -> list[str]:
    """Write names towards the middle of the figure, so that none runs out of it."""
    middle = np.sqrt(np.nanmin(costs) * np.nanmax(costs))
    return ["middle right" if cost < middle else "middle left" for cost in costs]
