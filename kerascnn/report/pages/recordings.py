"""The page of networks of sounds: exhibits, mistakes to listen to, and what a network learned."""

from pathlib import Path

from kerascnn.report.figures.paper_exhibits import write_exhibits
from kerascnn.report.pages.exhibits import exhibit_figures, exhibit_views
from kerascnn.report.pages.headline import recordings_headlines
from kerascnn.report.pages.page import write_page
from kerascnn.report.pages.sections import insight_section, predictions_section
from kerascnn.results.recordings import RecordingsResults


def render(folder: Path) -> Path:
    """Draw the page and the PNGs from the plain results in `folder`; return the page's path."""
    results = RecordingsResults.load(folder)
    write_exhibits(results.exhibits, folder)
    test = predictions_section(results.predictions)
    confusion = {"confusion": test.confusion} if test else {}
    return write_page(
        folder,
        "recordings.html.j2",
        results,
        recordings_headlines(results),
        {"figures": {**exhibit_figures(results.exhibits), **confusion}},
        exhibits=exhibit_views(results.exhibits),
        test=test,
        insight=insight_section(results.insight),
    )
