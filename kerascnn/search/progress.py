"""What a person sees while a search runs: a live bar with candidate, fold and time left."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from kerascnn.search.fits import Fit, Outcome
from kerascnn.search.plan import Plan


class SearchProgress:
    """A progress bar over the fits of a search, on standard error; use as a context manager.

    Args:
        plan: whose fits are counted.
        shown: False shows nothing; None shows it where standard error is a terminal.
    """

    def __init__(self, plan: Plan, shown: bool | None = None) -> None:
        self.shown = sys.stderr.isatty() if shown is None else shown
        self._plan = plan
        self._diverged = 0
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("fits ·"),
            TimeElapsedColumn(),
            TextColumn("· left"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self.shown,
        )
        self._task = self._bar.add_task("starting", total=len(plan.fits))

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def say(self, text: str) -> None:
        """Print one line above the bar."""
        if self.shown:
            self._console.print(text, highlight=False, markup=False)

    def advance(self, fit: Fit, outcome: Outcome) -> None:
        """Count one finished fit."""
        self._diverged += outcome.diverged_epoch is not None
        candidate = f"candidate {fit.candidate + 1}/{self._plan.n_candidates}"
        description = f"{candidate}, fold {fit.split + 1}/{self._plan.n_splits}"
        if self._diverged:
            description += f", {self._diverged} diverged"
        self._bar.update(self._task, advance=1, description=description)
