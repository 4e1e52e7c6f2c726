"""A live progress bar on standard error, with the time that is left."""

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


def announce(text: str, shown: bool | None = None) -> None:
    """Print a line on standard error before something takes long.

    Args:
        text: the line.
        shown: see `ProgressBar`.
    """
    if sys.stderr.isatty() if shown is None else shown:
        print(text, file=sys.stderr)


class ProgressBar:
    """A bar that counts to a total; use as a context manager.

    Args:
        description: what it says until something is finished.
        total: how much there is to finish.
        unit: what is counted, in the plural.
        shown: False shows nothing; None shows it where standard error is a terminal.
    """

    def __init__(self, description: str, total: int, unit: str, shown: bool | None = None) -> None:
        self.shown = sys.stderr.isatty() if shown is None else shown
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(f"{unit} ·"),
            TimeElapsedColumn(),
            TextColumn("· left"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self.shown,
        )
        self._task = self._bar.add_task(description, total=total)

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
        """Print a line above the bar, if that is shown."""
        if self.shown:
            self._console.print(text, highlight=False, markup=False)

    def advance(self, description: str, by: int = 1) -> None:
        """Count what was finished, and say what it was."""
        self._bar.update(self._task, advance=by, description=description)
