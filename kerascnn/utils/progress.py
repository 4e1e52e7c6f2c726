"""A live progress bar with the time that is left, in a terminal or in a notebook."""

import sys
import time
from html import escape
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from kerascnn.utils.formatting import clock_label, shortened
from kerascnn.utils.notebook import display_html, in_notebook
from kerascnn.utils.time_left import TimeLeft
from kerascnn.utils.watchers import current_watchers

LONGEST_BAR = 24
SHORTEST_BAR = 8
SECONDS_BETWEEN_UPDATES = 0.25


def is_shown(shown: bool | None) -> bool:
    """Return whether progress is shown; None asks for it in a terminal or a notebook."""
    return (sys.stderr.isatty() or in_notebook()) if shown is None else shown


def announce(text: str, shown: bool | None = None) -> None:
    """Print a line on standard error before something takes long.

    Args:
        text: the line.
        shown: see `ProgressBar`.
    """
    if is_shown(shown):
        print(text, file=sys.stderr)


class ProgressBar:
    """A bar that counts to a total; use as a context manager.

    Args:
        description: what it says until something is finished.
        total: how much there is to finish.
        unit: what is counted, in the plural.
        shown: False shows nothing; None shows it where standard error is a terminal, and in a
            notebook.
        work: what all of it costs, in any unit; None where everything costs the same.
        expected: the seconds that it is expected to take.
        lanes: how many of them are under way at a time.
    """

    def __init__(
        self,
        description: str,
        total: int,
        unit: str,
        shown: bool | None = None,
        work: float | None = None,
        expected: float | None = None,
        lanes: int = 1,
    ) -> None:
        self.shown = is_shown(shown)
        self.watchers = current_watchers()
        self._description, self._done, self._total, self._unit = description, 0, total, unit
        self._left = TimeLeft(total if work is None else work, expected, lanes)
        self._start = time.perf_counter()
        self._screen: Screen | None = None
        if self.shown:
            self._screen = Notebook(self) if in_notebook() else Terminal(self)

    def __enter__(self) -> Self:
        self._start = time.perf_counter()
        if self._screen is not None:
            self._screen.start()
        self._tell()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._screen is not None:
            self._screen.stop()

    def say(self, text: str) -> None:
        """Print a line above the bar, if that is shown."""
        if self._screen is not None:
            self._screen.say(text)

    def advance(self, description: str, by: int = 1, work: float | None = None) -> None:
        """Count what was finished, and say what it was.

        Args:
            description: what it was.
            by: how much of it.
            work: what that cost, in the unit of all work; None for `by`.
        """
        self._done += by
        self._description = description
        self._left.finish(by if work is None else work, time.perf_counter() - self._start)
        if self._screen is not None:
            self._screen.update()
        self._tell()

    def skip(self, description: str, work: float = 1.0) -> None:
        """Count one that was finished before."""
        self._done += 1
        self._description = description
        self._left.skip(work)
        self._tell()

    def _tell(self) -> None:
        for watcher in self.watchers:
            watcher.update(self)

    @property
    def description(self) -> str:
        """What was finished last."""
        return self._description

    @property
    def share(self) -> float:
        """How much is finished, from 0 to 1."""
        return self._done / self._total if self._total else 1.0

    @property
    def counted(self) -> str:
        """How much is finished, of how much: 104/245 fits."""
        return f"{self._done:,}/{self._total:,} {self._unit}"

    @property
    def times(self) -> str:
        """The time that was taken and the time that is left: 0:12, 0:17 left."""
        now = time.perf_counter() - self._start
        left = 0.0 if self._done >= self._total else self._left.seconds(now)
        taken = clock_label(now)
        return taken if left is None or not left else f"{taken}, {clock_label(max(1.0, left))} left"

    def line(self, width: int, full: str = "━", rest: str = "─") -> str:
        """Write everything in one line: the count and the times whole, others as there is room.

        Args:
            width: how many characters there are.
            full: what the finished part of the bar is drawn with.
            rest: what the rest is drawn with.
        """
        room = width - len(f"{self.counted}  {self.times}  ")
        bar = min(LONGEST_BAR, max(0, room - len(self._description) - 2))
        bar = bar if bar >= SHORTEST_BAR else 0
        drawn = full * round(bar * self.share)
        parts = [self.counted, drawn + rest * (bar - len(drawn)), self.times]
        head = "  ".join(filter(None, parts))
        if (room := width - len(head) - 2) < SHORTEST_BAR:
            return shortened(head, width)
        return f"{head}  {shortened(self._description, room)}"


class Screen(Protocol):
    """What shows a progress bar."""

    def start(self) -> None:
        """Show the bar."""

    def update(self) -> None:
        """Show how far it is."""

    def say(self, text: str) -> None:
        """Show a line above it."""

    def stop(self) -> None:
        """Leave it as it is."""


class Terminal:
    """Shows a progress bar on standard error, as wide as that is."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar
        self._console = Console(stderr=True)
        self._live = Live(console=self._console, get_renderable=self._render, refresh_per_second=4)

    def start(self) -> None:
        """Show the bar, and refresh it four times a second."""
        self._live.start()

    def update(self) -> None:
        """Leave it to the next refreshing."""

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self._console.print(text, highlight=False, markup=False)

    def stop(self) -> None:
        """Show the bar a last time."""
        self._live.stop()
        if not self._console.is_terminal:  # where Rich leaves the end of the line to others
            self._console.print()

    def _render(self) -> Text:
        drawn = ("━", "─") if self._console.encoding.startswith("utf") else ("#", "-")
        # A terminal that is written to in its last column may go on to the next line.
        line = self._bar.line(self._console.width - 1, *drawn)
        return Text(line, no_wrap=True, overflow="ellipsis")


class Notebook:
    """Shows a progress bar below the cell that is running."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar
        self._said: list[str] = []
        self._shown: Any = None
        self._last = 0.0

    def start(self) -> None:
        """Show the bar."""
        self._shown = display_html(self._html(), self._text(), display_id=True)

    def update(self) -> None:
        """Show how far it is, a few times a second."""
        now = time.perf_counter()
        if now - self._last >= SECONDS_BETWEEN_UPDATES:
            self._last = now
            self._show()

    def say(self, text: str) -> None:
        """Show a line above the bar."""
        self._said.append(text)
        self._show()

    def stop(self) -> None:
        """Show the bar a last time."""
        self._show()

    def _show(self) -> None:
        data = {"text/html": self._html(), "text/plain": self._text()}
        self._shown.update(data, raw=True)

    def _text(self) -> str:
        return "\n".join([*self._said, self._bar.line(78)])

    def _html(self) -> str:
        style = 'style="white-space: pre-wrap"'
        lines = "".join(f"<div {style}>{escape(line)}</div>" for line in self._said)
        bar, text = self._bar, escape(self._bar.line(78, "", ""))
        return (
            f'{lines}<progress value="{bar.share:.4f}" max="1" aria-label="{escape(bar.counted)}" '
            f'style="vertical-align: middle; margin-right: 1ex"></progress>{text}'
        )
