"""The page that lists all reports."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kerascnn.report.pages.page import PAGE_FILE, environment
from kerascnn.results import storage

THUMBNAILS = (
    "validation_accuracy.png",
    "validation_score.png",
    "learning_curves.png",
    "comparison.png",
    "exhibit-*.png",
)


@dataclass(frozen=True)
class Entry:
    """One report in the list; `problem` says why it cannot be read."""

    name: str
    address: str
    title: str
    created: str
    claim: str
    figure: str
    thumbnail: str
    problem: str = ""


def write_index(reports: Path) -> Path:
    """Write `reports/index.html`, a list of all reports beneath that folder, newest first.

    Returns:
        The path of the page.
    """
    reports = Path(reports)
    entries = [_entry(path.parent, reports) for path in reports.rglob(storage.RESULTS_FILE)]
    entries.sort(key=lambda entry: (entry.created, entry.name), reverse=True)
    page = environment().get_template("index.html.j2").render(entries=entries)
    storage.write_text(reports / PAGE_FILE, page)
    return reports / PAGE_FILE


def _entry(folder: Path, reports: Path) -> Entry:
    place = folder.relative_to(reports).as_posix()
    try:
        texts = storage.read_json(folder / storage.RESULTS_FILE)
    except (OSError, ValueError) as error:
        return Entry(place, quote(place) + "/", place, "", "", "", "", f"cannot be read: {error}")
    return Entry(
        name=place,
        address=f"{quote(place)}/{PAGE_FILE}",
        title=_text(texts, "title") or place,
        created=_text(texts, "created"),
        claim=_text(texts, "claim"),
        figure=_text(texts, "figure"),
        thumbnail=_thumbnail(folder, place),
    )


def _text(texts: dict[str, Any], name: str) -> str:
    return str(texts.get(name) or "")


def _thumbnail(folder: Path, place: str) -> str:
    drawn = (path.name for pattern in THUMBNAILS for path in sorted(folder.glob(pattern)))
    name = next(drawn, None)
    return f"{quote(place)}/{name}" if name else ""
