"""A fitted search as its own methods show it: a plot, and a picture in a notebook."""

from html import escape
from typing import Any

from matplotlib.axes import Axes

from kerascnn.report.figures import paper_sweep
from kerascnn.results.sources import results_of


def plot(search: Any, *, metric: str | None = None, part: str = "test", ax: Any = None) -> Axes:
    """Draw the scores of a search on Matplotlib axes, see `paper_sweep.plot`.

    Raises:
        ValueError: if the search is not fitted, or the metric was not measured.
    """
    return paper_sweep.plot(results_of(search), metric=metric, part=part, ax=ax)


def picture(search: Any) -> str:
    """Return what came of a fitted search as HTML: a picture and a sentence."""
    results = results_of(search)
    sentence = escape(results.claim)
    return (
        f'<figure style="margin: 0.6em 0; max-width: 45em">'
        f'<img src="{paper_sweep.picture_address(results)}" alt="{sentence}" '
        'style="max-width: 100%; border-radius: 4px">'
        f"<figcaption>{sentence}</figcaption></figure>"
    )
