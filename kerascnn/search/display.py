"""A fitted search as people look at it: as a plot, and in a notebook."""

from collections.abc import Callable
from typing import Any

from kerascnn.internals.scikit_learn import BaseSearchCV
from kerascnn.utils.drawing import drawing


class Displayed(BaseSearchCV):
    """Gives a search a plot, and a notebook a picture of it; to be inherited before others."""

    def plot(self, *, metric: str | None = None, part: str = "test", ax: Any = None) -> Any:
        """Draw the scores: as a heatmap of a grid, a curve of one parameter, points of others.

        Args:
            metric: the scorer's name; None for the one that chose the best candidate.
            part: "test" for the parts of the splits that candidates are scored on, or "train".
            ax: Matplotlib axes to draw on; None makes a figure.

        Returns:
            The Matplotlib axes.

        Raises:
            ValueError: if the search is not fitted, or the metric was not measured.
        """
        return drawing().plot(self, metric=metric, part=part, ax=ax)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """Return what a notebook shows: scikit-learn's diagram, and what came of the fits."""
        shown: dict[str, str] = super()._repr_mimebundle_(**options)
        if "text/html" in shown:
            shown["text/html"] += _picture(self)
        return shown

    @property
    def _repr_html_(self) -> Callable[[], str]:
        """The same for what asks for HTML only; absent where scikit-learn's is."""
        diagram = super()._repr_html_
        return lambda: diagram() + _picture(self)


def _picture(search: Any) -> str:
    """Return what came of a search as HTML, "" if it is not fitted."""
    return drawing().picture(search) if hasattr(search, "cv_results_") else ""
