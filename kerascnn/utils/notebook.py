"""Whether a notebook runs the program, and showing HTML there."""

import sys
from typing import Any


def in_notebook() -> bool:
    """Return whether a notebook's kernel runs the program, which then shows HTML."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


def display_html(html: str, plain: str = "", **options: Any) -> Any:
    """Show HTML below the cell that is running.

    Args:
        html: what to show.
        plain: the same for what shows no HTML.
        **options: of `IPython.display.display`, such as `display_id`.
    """
    from IPython.display import display

    data = {"text/html": html, "text/plain": plain}
    return display(data, raw=True, **options)
