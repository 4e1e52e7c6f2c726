"""From plain results to one self-contained page that makes no network requests."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kerascnn.results import storage
from kerascnn.results.study import Headline
from kerascnn.utils.formatting import candidate_number, duration_label, value_label

PAGE_FILE = "index.html"
# What a page's script finds where a kind of report has nothing to draw.
NOTHING: dict[str, Any] = {
    "sweep": None,
    "table": None,
    "curves": {"step": 1, "fits": {}},
    "divergence": {},
    "stops": {},
    "figures": {},
}
# The page's own scripts, in the order in which they build on each other.
SCRIPTS = (
    "dom.js",
    "hover.js",
    "scales.js",
    "charts.js",
    "heatmap.js",
    "state.js",
    "curves.js",
    "grid.js",
    "views.js",
    "candidate.js",
    "importance.js",
    "explorer.js",
    "filter.js",
    "exporting.js",
    "table.js",
    "page.js",
)
TEMPLATES = Path(__file__).parents[1] / "templates"


def write_page(
    folder: Path,
    template: str,
    results: Any,
    headlines: Sequence[Headline],
    data: Mapping[str, Any],
    **sections: Any,
) -> Path:
    """Fill a template and write the page, replacing the file as a whole.

    Args:
        folder: where to.
        template: the template's name.
        results: has title, claim, notices, provenance, name and created.
        headlines: the figures at the top.
        data: what the page's scripts draw, see `NOTHING`.
        **sections: what only this template shows.

    Returns:
        The page's path.
    """
    context = {
        **sections,
        "results": results,
        "headlines": headlines,
        "provenance": provenance_sections(results.provenance),
        "data": script_json({**NOTHING, "name": results.name, **data}),
        "scripts": SCRIPTS,
    }
    storage.write_text(folder / PAGE_FILE, environment().get_template(template).render(context))
    return folder / PAGE_FILE


@cache
def environment() -> Environment:
    """Return the templates: everything they show is escaped, and a missing name is an error."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["asset"] = lambda name: Markup((TEMPLATES / name).read_text("utf-8"))
    templates.filters["moment"] = moment
    templates.filters["candidate_number"] = candidate_number
    return templates


def moment(created: str) -> str:
    """Write an ISO 8601 time for a reader; text that is none stays as it is."""
    try:
        return f"{datetime.fromisoformat(created):%d %B %Y, %H:%M %Z}".strip().rstrip(",")
    except ValueError:
        return created


def script_json(data: Any) -> Markup:
    """Write JSON that is safe inside a script element, whatever text it holds.

    A browser ends a script at "</script>" even inside a string, and reads "<!--" as well.
    """
    text = json.dumps(_for_script(data), allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _for_script(value: Any) -> Any:
    """Turn arrays into lists, and numbers that are not finite into None."""
    # Hundreds of thousands of numbers come here first.
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
        return value if isinstance(value, int | str) else _for_script(value)
    if isinstance(value, Mapping):
        return {str(key): _for_script(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_for_script(inner) for inner in value]
    return value


def provenance_sections(provenance: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Arrange provenance for a page: single values first, then each section.

    Numbers under "durations" are seconds.
    """
    single = {k: v for k, v in provenance.items() if not isinstance(v, Mapping)}
    sections = {"run": single, **{k: v for k, v in provenance.items() if k not in single}}
    return [
        (str(title), [(str(label), _text(title, value)) for label, value in section.items()])
        for title, section in sections.items()
        if section
    ]


def _text(section: str, value: Any) -> str:
    if section == "durations" and isinstance(value, int | float):
        return duration_label(value)
    if isinstance(value, list | tuple):
        return " × ".join(map(str, value)) if section == "data" else ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value_label(value)
