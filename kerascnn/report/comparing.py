"""Reports side by side: as a table in a terminal, and as a page."""

import shutil
import textwrap
from collections.abc import Sequence
from pathlib import Path

from kerascnn.report.pages.page import environment
from kerascnn.results.comparing import Comparison, Row, compare_reports
from kerascnn.results.storage import write_text

NARROWEST = 12


def write_comparison_page(folders: Sequence[str | Path], path: str | Path) -> Path:
    """Write a page that sets reports side by side.

    Args:
        folders: see `kerascnn.results.comparing.compare_reports`.
        path: of the page.

    Returns:
        The page's path.

    Raises:
        ValueError: if there are fewer than two, or one is no report.
    """
    comparison, path = compare_reports(folders), Path(path)
    page = environment().get_template("compare.html.j2").render(comparison=comparison)
    write_text(path, page)
    return path


def comparison_text(comparison: Comparison, width: int | None = None) -> str:
    """Write reports side by side as text, in columns that fit the terminal.

    Args:
        comparison: what to write.
        width: in characters; None for the terminal's.
    """
    width = width or shutil.get_terminal_size().columns
    heading = Row("", comparison.names, "difference")
    rows = [heading, *(row for _, own in comparison.sections for row in own)]
    widths = _widths(rows, width)
    lines = _lines(heading, widths)
    for title, own in comparison.sections:
        lines += ["", title.upper()]
        for row in own:
            lines += _lines(row, widths)
    return "\n".join([*lines, "", *textwrap.wrap(comparison.note, width)])


def _cells(row: Row) -> tuple[str, ...]:
    return (row.label, *row.values, row.difference)


def _widths(rows: Sequence[Row], width: int) -> list[int]:
    """Return how wide columns are: as wide as they need to be, or an equal share of what is left.

    The widest give way first.
    """
    columns = list(zip(*map(_cells, rows), strict=True))
    needed = [max(map(len, column)) for column in columns]
    room = width - 2 * (len(columns) - 1)
    fair = max(NARROWEST, room // len(columns))
    narrow = [each for each in needed if each <= fair]
    n_wide = len(needed) - len(narrow)
    share = max(NARROWEST, (room - sum(narrow)) // n_wide) if n_wide else 0
    return [each if each <= fair else min(each, share) for each in needed]


def _lines(row: Row, widths: Sequence[int]) -> list[str]:
    """Write a row, in several lines where a cell is too long for one."""
    cells = [
        textwrap.wrap(cell, width) if cell else []
        for cell, width in zip(_cells(row), widths, strict=True)
    ]
    height = max(1, *map(len, cells))
    padded = [[*cell, *[""] * (height - len(cell))] for cell in cells]
    return [
        "  ".join(f"{part:{width}}" for part, width in zip(parts, widths, strict=True)).rstrip()
        for parts in zip(*padded, strict=True)
    ]
