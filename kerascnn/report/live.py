"""A page that follows a run as it goes on, and becomes its report: no server, a file beside it.

A browser lets no page read files, but a page may load a script that lies beside it. So the run
writes what is known into `live.js`, again and again, and `live.html` loads that every other second.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kerascnn.report.figures.grid_view import GridView, grid_view
from kerascnn.report.opening import address
from kerascnn.report.pages.page import PAGE_FILE, environment, script_json
from kerascnn.results.storage import write_text
from kerascnn.utils.formatting import (
    axis_labels,
    candidate_number,
    parameter_label,
    setting_label,
    setting_labels,
)
from kerascnn.utils.watchers import Bar, Watcher

LIVE_PAGE, LIVE_SCRIPT = "live.html", "live.js"
LIVE_FILES = (LIVE_PAGE, LIVE_SCRIPT)
SECONDS_BETWEEN_WRITES = 1.0


class LivePage(Watcher):
    """Writes a page at the start of a run, and what it shows as the run goes on.

    Use as a context manager; an error inside is shown as the end of the run.

    Args:
        folder: of the report to come.
        title: the heading.
        claim: what the experiment states.
    """

    def __init__(self, folder: Path, title: str, claim: str = "") -> None:
        self._folder = folder
        self._texts = {"title": title, "claim": claim}
        self._bar: dict[str, Any] = {}
        self._fits: dict[str, Any] = {}
        self._scores: dict[int, list[float]] = {}
        self._lost: set[int] = set()
        self._last = -SECONDS_BETWEEN_WRITES

    @property
    def address(self) -> str:
        """The page's address: file:///…."""
        return address(self._folder / LIVE_PAGE)

    @property
    def page(self) -> Path:
        """The page's path."""
        return self._folder / LIVE_PAGE

    def __enter__(self) -> Self:
        self._write_page()
        self._write("running")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # The report may be in a new folder, and the one that the browser knows have moved away.
        self._write_page()
        self._write("finished" if error is None else "stopped")

    def update(self, bar: Bar) -> None:
        """Show how far a progress bar is, once a second at most."""
        self._bar = {
            "count": bar.counted,
            "share": bar.share,
            "times": bar.times,
            "description": bar.description,
        }
        now = time.perf_counter()
        if now - self._last >= SECONDS_BETWEEN_WRITES:
            self._last = now
            self._write("running")

    def begin_fits(self, params: Sequence[Mapping[str, Any]], first: int, n_splits: int) -> None:
        """Show candidates without scores; see `Watcher`."""
        self._scores, self._lost = {}, set()
        view = grid_view(params, range(first, first + len(params)))
        labels = map(setting_label, setting_labels(params))
        self._fits = {
            "labels": dict(enumerate(labels, first)),
            "firstNumber": candidate_number(0),
            "nSplits": n_splits,
            "grid": None if view is None else _layout(view),
        }

    def finish_fit(self, candidate: int, score: float | None) -> None:
        """Show a candidate's mean over the splits that are there; see `Watcher`."""
        if score is None:
            self._lost.add(candidate)
        else:
            self._scores.setdefault(candidate, []).append(score)

    def _write_page(self) -> None:
        page = environment().get_template("live.html.j2").render(script=LIVE_SCRIPT, **self._texts)
        write_text(self.page, page)

    def _write(self, state: str) -> None:
        content = {
            "state": state,
            "page": PAGE_FILE,
            "written": round(time.time() * 1000),
            "bar": self._bar,
            **self._fits,
            "scores": {number: sum(own) / len(own) for number, own in self._scores.items()},
            "folds": {number: len(own) for number, own in self._scores.items()},
            "lost": sorted(self._lost),
        }
        # A page that cannot be written, as on a full disk, is no reason to end a training.
        with suppress(OSError):
            write_text(self._folder / LIVE_SCRIPT, f"receive({script_json(content)});\n")


def _layout(view: GridView) -> dict[str, Any]:
    """Return where candidates lie, as plain data."""
    return {
        "rows": axis_labels(view.rows.values) if view.rows.name else [""],
        "columns": axis_labels(view.columns.values) if view.columns.name else [""],
        "rowName": parameter_label(view.rows.name),
        "columnName": parameter_label(view.columns.name),
        "panels": [
            {
                "title": setting_label({name: str(v) for name, v in facet.setting.items()})
                if facet.setting
                else "",
                "candidates": facet.candidates,
            }
            for facet in view.facets
        ],
    }
