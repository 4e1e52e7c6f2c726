"""The page of a laboratory: its exhibits."""

from pathlib import Path

from kerascnn.report.pages.exhibits import write_exhibits_page
from kerascnn.report.pages.headline import laboratory_headlines
from kerascnn.results.laboratory import LaboratoryResults


def render(folder: Path) -> Path:
    """Draw the page and the PNGs from the plain results in `folder`; return the page's path."""
    results = LaboratoryResults.load(folder)
    return write_exhibits_page(folder, results, laboratory_headlines(results))
