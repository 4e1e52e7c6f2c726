"""The page of a study: its exhibits under its own figures, and what a network learned."""

from pathlib import Path

from kerascnn.report.pages.exhibits import write_exhibits_page
from kerascnn.report.pages.headline import study_headlines
from kerascnn.report.pages.sections import insight_section
from kerascnn.results.study import StudyResults


def render(folder: Path) -> Path:
    """Draw the page and the PNGs from the plain results in `folder`; return the page's path."""
    results = StudyResults.load(folder)
    return write_exhibits_page(
        folder, results, study_headlines(results), insight_section(results.insight)
    )
