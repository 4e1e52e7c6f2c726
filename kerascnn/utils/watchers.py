"""Who is told how a run goes on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol


class Bar(Protocol):
    """How far a progress bar is; see `kerascnn.utils.progress.ProgressBar`."""

    @property
    def counted(self) -> str:
        """How much is finished, of how much."""

    @property
    def share(self) -> float:
        """How much is finished, from 0 to 1."""

    @property
    def times(self) -> str:
        """The time that was taken and the time that is left."""

    @property
    def description(self) -> str:
        """What was finished last."""


class Watcher:
    """Is told how a run goes on; a subclass does something about it."""

    def update(self, bar: Bar) -> None:
        """Take note of how far a progress bar is."""

    def begin_fits(self, params: Sequence[Mapping[str, Any]], first: int, n_splits: int) -> None:
        """Take note of the candidates that are about to be fitted.

        Args:
            params: of each candidate.
            first: the first one's number.
            n_splits: how many fits each has.
        """

    def finish_fit(self, candidate: int, score: float | None) -> None:
        """Take note of a fit's score, None if it diverged or failed."""


_watchers: ContextVar[tuple[Watcher, ...]] = ContextVar("watchers", default=())


def current_watchers() -> tuple[Watcher, ...]:
    """Return who is told of progress bars that are made now."""
    return _watchers.get()


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Have a watcher told of all progress bars that are made inside."""
    token = _watchers.set((*_watchers.get(), watcher))
    try:
        yield
    finally:
        _watchers.reset(token)
