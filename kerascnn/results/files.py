"""The common part of the plain results of all kinds of reports, and its files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kerascnn.results import storage
from kerascnn.results.exhibits import Exhibit, load_exhibits, save_exhibits
from kerascnn.results.interpretation import load_insight, save_insight
from kerascnn.results.predictions import Expected, load_predictions, save_predictions

TEXTS = ("name", "title", "claim", "created")


def now() -> str:
    """Return the time in UTC as ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def save_shared(results: Any, folder: Path, kind: str, **texts: Any) -> None:
    """Store what reports have in common; whatever `results` has not is left out.

    Args:
        results: has name, title, claim, created, notices, provenance and `figure`, the best
            figure as text for the list of reports; perhaps `summary`, lines for a terminal,
            predictions, expected, insight and exhibits.
        folder: where to.
        kind: what the report is, so that it can be drawn again.
        **texts: further plain values.
    """
    expected = getattr(results, "expected", None)
    storage.write_json(folder / storage.PROVENANCE_FILE, results.provenance)
    content = {
        "kind": kind,
        **{name: getattr(results, name) for name in TEXTS},
        "figure": results.figure,
        "summary": getattr(results, "summary", [results.figure] if results.figure else []),
        "notices": results.notices,
        "expected": None if expected is None else vars(expected),
        **save_predictions(getattr(results, "predictions", None), folder),
        "insight": save_insight(getattr(results, "insight", None), folder),
        "exhibits": save_exhibits(getattr(results, "exhibits", ()), folder),
        **texts,
    }
    storage.write_json(folder / storage.RESULTS_FILE, content)


def load_common(folder: Path) -> dict[str, Any]:
    """Read what all kinds of results have, as arguments of their constructors."""
    texts = storage.read_json(folder / storage.RESULTS_FILE)
    return {
        **{name: texts[name] for name in TEXTS},
        "notices": tuple(texts["notices"]),
        "provenance": storage.read_json(folder / storage.PROVENANCE_FILE),
    }


def load_exhibits_of(folder: Path) -> list[Exhibit]:
    """Read the exhibits of results; those of earlier versions have none."""
    texts = storage.read_json(folder / storage.RESULTS_FILE)
    return load_exhibits(folder, texts.get("exhibits", ()))


def load_network(folder: Path) -> dict[str, Any]:
    """Read what the results of one chosen network have, as arguments of their constructors."""
    texts = storage.read_json(folder / storage.RESULTS_FILE)
    expected = texts["expected"]
    return {
        "predictions": load_predictions(folder, texts),
        "expected": None if expected is None else Expected(**expected),
        "insight": load_insight(folder, texts["insight"]),
    }
