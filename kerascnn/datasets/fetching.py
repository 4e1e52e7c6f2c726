"""Downloads by pooch: whole files with known hashes, deadlines and a progress bar."""

import hashlib
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
CHUNK_BYTES = 2**16


@dataclass(frozen=True)
class RemoteFile:
    """A file on a server.

    Attributes:
        url: its address.
        place: where it goes, below the folder of all downloads.
        sha256: its hash, hexadecimal; None if nobody publishes one.
    """

    url: str
    place: str
    sha256: str | None = None


def fetch(file: RemoteFile, folder: Path) -> Path:
    """Return a file of a folder, downloaded if it is not there or has another hash.

    It appears as a whole or not at all.

    Raises:
        OSError: if the server cannot be reached, refuses or stops to answer.
        ValueError: if what comes has another hash.
    """
    path = folder / file.place
    if _is_whole(path, file.sha256):
        return path
    import pooch  # with requests a quarter of a second, and nobody else needs it

    pooch.get_logger().setLevel("WARNING")
    known_hash = file.sha256 and f"sha256:{file.sha256}"
    with closing(_Bar(path.name)) as bar:

        def download(url: str, output: Any, pooch_: Any) -> None:
            _check_answer(url)
            timeouts = (ANSWER_SECONDS, STALL_SECONDS)
            downloader = pooch.HTTPDownloader(bar, CHUNK_BYTES, timeout=timeouts)
            downloader(url, output, pooch_)

        try:
            pooch.retrieve(file.url, known_hash, path.name, path.parent, downloader=download)
        except OSError as error:
            raise OSError(str(_cause(error))) from error
    return path


def _is_whole(path: Path, sha256: str | None) -> bool:
    if sha256 is None or not path.exists():
        return path.exists()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _check_answer(url: str) -> None:
    """Raise OSError unless a server answers to an address within a few seconds.

    A thread asks, because a name look-up knows no timeout.
    """
    import requests

    outcome: dict[str, Any] = {}

    def ask() -> None:
        try:
            requests.head(url, timeout=ANSWER_SECONDS, allow_redirects=True).raise_for_status()
            outcome["answer"] = True
        except requests.Timeout:
            pass
        except requests.RequestException as error:
            outcome["error"] = error

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS + 0.5)
    if "error" in outcome:
        raise outcome["error"]
    if "answer" not in outcome:
        raise OSError(f"no answer within {ANSWER_SECONDS:g} seconds")


def _cause(error: BaseException) -> BaseException:
    """Return the error within an error of requests: the one that says what happened."""
    inner = getattr(error, "reason", None) or next(iter(error.args), None)
    return _cause(inner) if isinstance(inner, BaseException) else error


class _Bar:
    """A progress bar as pooch wants one; shown with the first bytes, not before."""

    total = 0

    def __init__(self, name: str) -> None:
        self._name = name
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )

    def update(self, n_bytes: int) -> None:
        """Count bytes that have come."""
        if not self._progress.tasks:
            self._progress.start()
            self._progress.add_task(self._name, total=self.total or None)
        self._progress.advance(self._progress.tasks[0].id, n_bytes)

    def reset(self) -> None:
        """Start counting anew: pooch fills the bar in the end."""
        for task in self._progress.tasks:
            self._progress.reset(task.id, total=self.total or None)

    def close(self) -> None:
        """Take the bar down."""
        if self._progress.tasks:
            self._progress.stop()
