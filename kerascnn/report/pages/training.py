"""The page of a single training."""

from pathlib import Path

from kerascnn.report.figures.curves import page_curves
from kerascnn.report.figures.paper_curves import write_curves
from kerascnn.report.pages.headline import training_headlines
from kerascnn.report.pages.page import write_page
from kerascnn.report.pages.sections import (
    curves_section,
    insight_section,
    predictions_section,
    sample_section,
)
from kerascnn.results.training import TrainingResults


def render(folder: Path) -> Path:
    """Draw the page and the PNG from the plain results in `folder`; return the page's path."""
    results = TrainingResults.load(folder)
    write_curves(results.history, folder)
    curves = page_curves(results.history.assign(candidate=0, split=0))
    test = predictions_section(results.predictions)
    diverged = results.diverged_epoch
    return write_page(
        folder,
        "training.html.j2",
        results,
        training_headlines(results),
        {
            "curves": curves,
            "divergence": {} if diverged is None else {0: {0: diverged}},
            "figures": {"confusion": test.confusion} if test else {},
        },
        samples=sample_section(results.samples),
        curves=curves_section(curves),
        test=test,
        insight=insight_section(results.insight),
    )
