"""What draws a search, named from above: searches know nothing of reports."""

from collections.abc import Callable
from typing import Any, Protocol


class Drawing(Protocol):
    """Draws fitted searches; see `kerascnn.report.displayed`."""

    def plot(self, search: Any, *, metric: str | None, part: str, ax: Any) -> Any:
        """Draw the scores on Matplotlib axes."""

    def picture(self, search: Any) -> str:
        """Return what came of a search as HTML."""


_finders: list[Callable[[], Drawing]] = []


def draw_by(find: Callable[[], Drawing]) -> None:
    """Say what draws.

    Args:
        find: called when something is drawn, as what draws takes a moment to import.
    """
    _finders[:] = [find]


def drawing() -> Drawing:
    """Return what draws."""
    return _finders[0]()
