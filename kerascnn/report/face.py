"""A report of any search in one line, in a notebook or in a folder."""

import tempfile
from html import escape
from pathlib import Path
from typing import Any

from kerascnn.report.opening import address, open_page
from kerascnn.report.render import write_sweep_report
from kerascnn.results.sources import results_of
from kerascnn.utils.files import check_folder
from kerascnn.utils.notebook import display_html, in_notebook

HEIGHT = 780  # pixels; a laptop's screen shows as much of a cell
# The page runs its own script and offers downloads; it has nothing of the notebook.
PERMISSIONS = "allow-scripts allow-downloads allow-popups allow-modals"


def show(
    search: Any,
    *,
    title: str | None = None,
    name: str | None = None,
    claim: str | None = None,
    height: int = HEIGHT,
) -> None:
    """Show the report of a search: in a notebook below the cell, else in a browser.

    Args:
        search: any fitted search of scikit-learn's interface, a `cv_results_` dictionary or table,
            the path of its CSV file, or a report's folder.
        title: the heading; None for what was varied.
        name: a short name; None for the kind of search.
        claim: what stands below the heading; None for a sentence on what came of it.
        height: in a notebook, in pixels.

    Raises:
        ValueError: if the search is not fitted, or scores or a file are missing.
        TypeError: if it is something else.
    """
    results = results_of(search, title=title, name=name, claim=claim)
    if not in_notebook():
        page = write_sweep_report(results, Path(tempfile.mkdtemp(prefix="kerascnn-")))
        print(f"report: {address(page)}")
        open_page(page)
        return
    with tempfile.TemporaryDirectory() as folder:
        page = write_sweep_report(results, Path(folder))
        display_html(framed(page.read_text("utf-8"), height), f"report: {results.title}")


def write_report(
    search: Any,
    folder: str | Path,
    *,
    title: str | None = None,
    name: str | None = None,
    claim: str | None = None,
    **extras: Any,
) -> Path:
    """Write the report of a search: its page, figures, tables and plain results.

    Args:
        search: see `show`.
        folder: where to; made if it does not exist.
        title: see `show`.
        name: a short name; None for the folder's.
        claim: see `show`.
        **extras: further attributes of `kerascnn.report.SweepResults`, such as `predictions`, or
            `complexity`, a number for each candidate that says which is simpler, or
            `test_train_ratio`, test samples to each training sample: tables do not say it, and
            their splits are taken for those of as many folds.

    Returns:
        The path of the page, `folder/index.html`.

    Raises:
        ValueError: see `show`; if the folder is a file.
        TypeError: see `show`; if an attribute is unknown, or of another type.
    """
    folder = check_folder(folder)
    own_name = name or folder.resolve().name
    return write_sweep_report(
        results_of(search, title=title, name=own_name, claim=claim, **extras), folder
    )


def framed(page: str, height: int) -> str:
    """Return a page within a frame of its own, as HTML."""
    return (
        f'<iframe srcdoc="{escape(page)}" sandbox="{PERMISSIONS}" allow="clipboard-write" '
        f'title="Report of a search" width="100%" height="{height}" '
        'style="border: 1px solid #8884; border-radius: 6px"></iframe>'
    )


def write_figures(search: Any, folder: str | Path, **options: Any) -> list[Path]:
    """Write the figures of a search for a paper, each with its caption as text.

    Args:
        search: see `show`.
        folder: where to; made if it does not exist.
        **options: `metrics` (None for all), `formats` of "png" (300 dots per inch), "svg" and
            "pdf", `columns` of "one" (3.5 inches wide) and "two" (7.2 inches), `spread` (True
            writes "±" into cells) and `ticks` ("powers" for 10⁻³, "decimals" for 0.001).

    Returns:
        The paths of the figures.

    Raises:
        ValueError: if an option is unknown, or the folder a file, or as `show`.
    """
    # What draws is large, and a list of reports does not need it.
    from kerascnn.report.figures import paper_sweep

    return paper_sweep.write_figures(search, folder, **options)
