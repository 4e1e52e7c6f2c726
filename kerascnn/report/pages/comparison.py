"""The page of a comparison of models."""

from pathlib import Path

from kerascnn.report.figures.charts import Chart, ChartAxis, Series
from kerascnn.report.figures.paper_curves import write_comparison
from kerascnn.report.figures.plots import COLOURS
from kerascnn.report.pages.headline import comparison_headlines
from kerascnn.report.pages.page import write_page
from kerascnn.report.pages.sections import insight_section
from kerascnn.report.pages.tables import model_table
from kerascnn.results.comparison import ComparisonResults
from kerascnn.utils.formatting import score_label

HEIGHT = 360
COSTS = {"parameters": "parameters", "seconds": "training time in seconds"}


def render(folder: Path) -> Path:
    """Draw the page and the PNG from the plain results in `folder`; return the page's path."""
    results = ComparisonResults.load(folder)
    write_comparison(results, folder)
    figures = {cost: accuracy_against(results, cost).description() for cost in COSTS}
    return write_page(
        folder,
        "comparison.html.j2",
        results,
        comparison_headlines(results),
        {"figures": figures, "table": model_table(results).description()},
        costs=COSTS,
        insights={name: insight_section(each) for name, each in results.insights.items()},
    )


def accuracy_against(results: ComparisonResults, cost: str) -> Chart:
    """Draw each model's accuracy against a column of its costs, on a logarithmic axis."""
    models = results.models
    names = [str(name) for name in models["model"]]
    spread = models.get("accuracy_spread")
    points = Series(
        x=models[cost].astype(float).tolist(),
        y=models["accuracy"].astype(float).tolist(),
        colour=COLOURS[0],
        symbol="circle",
        size=10,
        y_error=None if spread is None else spread.astype(float).tolist(),
        labels=names,
        texts=[
            f"{name}\naccuracy {score_label(accuracy)}\n{COSTS[cost]}: {value:,.6g}"
            for name, accuracy, value in zip(names, models["accuracy"], models[cost], strict=True)
        ],
    )
    return Chart(ChartAxis(COSTS[cost], "log"), ChartAxis("test accuracy"), HEIGHT, [points])
