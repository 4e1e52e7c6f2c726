"""Downloads that Keras makes, with a deadline for the first answer and a progress bar.

Keras downloads through `urllib`'s global opener. While `supervised` is open, that opener gives a
server a few seconds to answer (name look-up, connection and handshake included) and shows a bar
in place of Keras's own.
"""

import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import URLError

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

ANSWER_SECONDS = 3.5  # a server that has not answered by then is taken for unreachable
STALL_SECONDS = 20.0  # a transfer in which nothing comes for so long has failed


@contextmanager
def supervised() -> Iterator[None]:
    """Have all downloads through `urllib` answer soon or fail, and show their progress."""
    import keras

    shown = keras.config.is_interactive_logging_enabled()
    keras.config.disable_interactive_logging()
    previous = urllib.request._opener  # type: ignore[attr-defined]
    progress = _bar()
    urllib.request.install_opener(_opener(progress))
    try:
        yield
    finally:
        urllib.request.install_opener(previous)
        if progress.tasks:
            progress.stop()
        if shown:
            keras.config.enable_interactive_logging()


def check_answer(url: str) -> None:
    """Raise URLError within a few seconds if the server does not answer to that address."""
    _opener(Progress(disable=True)).open(urllib.request.Request(url, method="HEAD")).close()


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def _opener(progress: Progress) -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Http, _Https, _Watched(progress))


class _Http(urllib.request.HTTPHandler):
    """Open an address within the deadline."""

    def http_open(self, request: urllib.request.Request) -> Any:
        return _soon(super().http_open, request)


class _Https(urllib.request.HTTPSHandler):
    """Open an address within the deadline."""

    def https_open(self, request: urllib.request.Request) -> Any:
        return _soon(super().https_open, request)


class _Watched(urllib.request.BaseHandler):
    """Show how much of a response has been read."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:
        if response.status == 200:
            read = response.read
            name = request.full_url.rpartition("/")[2]
            total = int(response.headers.get("Content-Length", 0)) or None
            self.progress.start()  # with the first download, not before
            task = self.progress.add_task(name, total=total)

            def read_and_show(*arguments: Any) -> bytes:
                block: bytes = read(*arguments)
                self.progress.advance(task, len(block))
                return block

            response.read = read_and_show
        return response

    https_response = http_response


def _soon(open_address: Callable[..., Any], request: urllib.request.Request) -> Any:
    """Return what `open_address(request)` returns, or raise URLError after the deadline.

    It runs in a thread of its own because a name look-up knows no timeout.
    """
    request.timeout = STALL_SECONDS
    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["response"] = open_address(request)
        except Exception as error:
            outcome["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    if "error" in outcome:
        raise outcome["error"]
    if "response" not in outcome:
        raise URLError(f"no answer within {ANSWER_SECONDS:g} seconds")
    return outcome["response"]
