"""The page of transfer learning: its exhibits under its own figures."""

from pathlib import Path

from kerascnn.report.figures.paper_exhibits import write_exhibits
from kerascnn.report.pages.exhibits import exhibit_figures, exhibit_views
from kerascnn.report.pages.headline import transfer_headlines
from kerascnn.report.pages.page import write_page
from kerascnn.results.transfer import TransferResults


def render(folder: Path) -> Path:
    """Draw the page and the PNGs from the plain results in `folder`; return the page's path."""
    results = TransferResults.load(folder)
    write_exhibits(results.exhibits, folder)
    return write_page(
        folder,
        "laboratory.html.j2",
        results,
        transfer_headlines(results),
        {"figures": exhibit_figures(results.exhibits)},
        exhibits=exhibit_views(results.exhibits),
    )
