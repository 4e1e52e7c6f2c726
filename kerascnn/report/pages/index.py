"""The page that lists all reports."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from kerascnn.report.pages.page import PAGE_FILE, environment
from kerascnn.results import storage
from kerascnn.results.settings import settings_of
from kerascnn.utils.formatting import duration_label

SMOKE = "A smoke run"
FIRST_NUMBER = re.compile(r"[-−]?\d+\.\d+")


@dataclass(frozen=True)
class Entry:
    """One report in the list.

    Attributes:
        name: its folder, beneath that of all reports.
        address: of its page, from the list's.
        title: its heading.
        created: when, ISO 8601.
        claim: what it states.
        figure: its best figure, as text.
        is_smoke: whether it only shows that everything works.
        seconds: how long the run took; None if unknown.
        settings: what its numbers depend on, as text by name.
        thumbnail: an SVG picture.
        problem: why it cannot be read.
    """

    name: str
    address: str
    title: str
    created: str = ""
    claim: str = ""
    figure: str = ""
    is_smoke: bool = False
    seconds: float | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    thumbnail: Markup = field(default_factory=Markup)
    problem: str = ""

    @property
    def duration(self) -> str:
        """How long the run took, as text."""
        return "" if self.seconds is None else duration_label(self.seconds)

    @property
    def score(self) -> str:
        """The first number of the figure, to sort by; "" if there is none."""
        found = FIRST_NUMBER.search(self.figure)
        return found.group().replace("−", "-") if found else ""

    @property
    def words(self) -> str:
        """What the list is searched by, in small letters."""
        settings = (f"{name} {value}" for name, value in self.settings.items())
        texts = (self.name, self.title, self.claim, self.figure, *settings)
        return " ".join(texts).lower()


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
        provenance = _provenance(folder)
    except (OSError, ValueError) as error:
        return Entry(place, quote(place) + "/", place, problem=f"cannot be read: {error}")
    # Not imported above: it draws, and reports are imported before data is looked for.
    from kerascnn.report.figures.thumbnails import thumbnail

    return Entry(
        name=place,
        address=f"{quote(place)}/{PAGE_FILE}",
        title=_text(texts, "title") or place,
        created=_text(texts, "created"),
        claim=_text(texts, "claim"),
        figure=_text(texts, "figure"),
        is_smoke=any(str(notice).startswith(SMOKE) for notice in texts.get("notices") or ()),
        seconds=_seconds(provenance),
        settings=settings_of(provenance),
        thumbnail=thumbnail(folder, _text(texts, "kind")),
    )


def _provenance(folder: Path) -> dict[str, Any]:
    path = folder / storage.PROVENANCE_FILE
    return storage.read_json(path) if path.exists() else {}


def _seconds(provenance: Mapping[str, Any]) -> float | None:
    """Return how long a run took: what is stated first, or as the total."""
    durations = provenance.get("durations")
    if not isinstance(durations, Mapping) or not durations:
        return None
    value = durations.get("total", next(iter(durations.values())))
    return float(value) if isinstance(value, int | float) else None


def _text(texts: Mapping[str, Any], name: str) -> str:
    return str(texts.get(name) or "")
