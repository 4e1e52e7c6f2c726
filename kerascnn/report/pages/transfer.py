"""The page of transfer learning: its exhibits under its own figures."""

from pathlib import Path

from kerascnn.report.pages.exhibits import write_exhibits_page
from kerascnn.report.pages.headline import transfer_headlines
from kerascnn.results.transfer import TransferResults


def render(folder: Path) -> Path:
    """Draw the page and the PNGs from the plain results in `folder`; return the page's path."""
    results = TransferResults.load(folder)
    return write_exhibits_page(folder, results, transfer_headlines(results))
