"""Finished fits on disk, so that a search that was killed resumes where it stopped.

Beside them, the fits that are under way: a long training need not start again. While a halving
search goes on, also where the trainings of its rungs ended: later rungs go on from there.
"""

import io
import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from kerascnn.search.fits import Fit, Outcome
from kerascnn.training.lane import LaneCheckpoint

TABLES = {
    "fits": "outcome TEXT",
    "under_way": "state BLOB",
    "ends": "state BLOB",
    "seeds": "seed INTEGER",
}

Key = Callable[[Fit], str | None]


def no_key(fit: Fit) -> None:
    """Return no key: nothing is kept or found."""


class NullStore:
    """Keeps nothing; the store of a search that was given none."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what `with` opened."""

    def find(self, fit: Fit) -> Outcome | None:
        """Return the outcome that is kept for `fit`, or None."""
        return None

    def keep(self, fit: Fit, outcome: Outcome) -> None:
        """Keep an outcome at once, unless there is one for `fit` already."""

    def find_checkpoint(self, fit: Fit, engine: str) -> LaneCheckpoint | None:
        """Return how far an engine's training of `fit` had come, or None."""
        return None

    def keep_checkpoint(self, fit: Fit, engine: str, checkpoint: LaneCheckpoint) -> None:
        """Keep how far an engine's training of `fit` has come, until its outcome is kept."""

    def find_end(self, fit: Fit, engine: str) -> LaneCheckpoint | None:
        """Return where an engine's training of `fit` for fewer epochs ended, or None."""
        return None

    def keep_end(self, fit: Fit, engine: str, checkpoint: LaneCheckpoint) -> None:
        """Keep where an engine's training of `fit` ended, for one of more epochs to go on."""

    def drop_ends(self, keys: Iterable[str | None]) -> None:
        """Drop where trainings with these keys ended."""

    def seed(self, key: str, drawn: int) -> int:
        """Return the seed that is kept under a key; keep the one just drawn if there is none."""
        return drawn


class SqliteStore(NullStore):
    """A file of finished fits; each is written at once, none is ever replaced.

    How far a fit under way has come is replaced as it goes on, and dropped when it is finished.

    Use as a context manager. Several processes may write to one file.

    Args:
        path: an SQLite file, made with its folders if there is none; None for one that is gone
            when it is closed.
        key: what gives each fit its key in the file, see `kerascnn.search.keys`; None for a fit
            that cannot be told from others, which is neither kept nor found.
        training_key: what gives the training of each fit its key, whatever its epochs.

    Raises:
        ValueError: if the file cannot be written or is not such a store.
    """

    def __init__(self, path: str | Path | None, key: Key, training_key: Key = no_key) -> None:
        self.path = path
        self.key = key
        self.training_key = training_key

    def __enter__(self) -> Self:
        try:
            if self.path is not None:
                Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            # Engines may hand outcomes over from threads of their own, one at a time.
            self._connection = sqlite3.connect(
                self.path or "", timeout=60, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            for table, column in TABLES.items():
                self._connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {table} (key TEXT PRIMARY KEY, {column} NOT NULL)"
                )
        except (OSError, sqlite3.Error) as error:
            raise ValueError(
                f"store={str(self.path)!r} cannot be used ({error}): name a new or an existing "
                "store file in a folder that you may write to"
            ) from error
        return self

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def find(self, fit: Fit) -> Outcome | None:
        """Return the outcome that is kept for `fit`, or None."""
        row = self._row("SELECT outcome FROM fits WHERE key = ?", self.key(fit))
        return Outcome(**json.loads(row[0])) if row else None

    def keep(self, fit: Fit, outcome: Outcome) -> None:
        """Keep an outcome at once, unless there is one for `fit` already."""
        key = self.key(fit)
        if key is None:
            return
        self._connection.execute(
            "INSERT OR IGNORE INTO fits VALUES (?, ?)", (key, json.dumps(asdict(outcome)))
        )
        self._connection.execute("DELETE FROM under_way WHERE key GLOB ?", (f"{key} *",))

    def find_checkpoint(self, fit: Fit, engine: str) -> LaneCheckpoint | None:
        """Return how far an engine's training of `fit` had come, or None."""
        key = _joined(self.key(fit), engine)
        row = self._row("SELECT state FROM under_way WHERE key = ?", key)
        return _unpacked(row[0]) if row else None

    def keep_checkpoint(self, fit: Fit, engine: str, checkpoint: LaneCheckpoint) -> None:
        """Keep how far an engine's training of `fit` has come, until its outcome is kept."""
        self._put_state("under_way", _joined(self.key(fit), engine), checkpoint)

    def find_end(self, fit: Fit, engine: str) -> LaneCheckpoint | None:
        """Return where an engine's training of `fit` for fewer epochs ended, or None."""
        key = _joined(self.training_key(fit), engine)
        row = self._row("SELECT state FROM ends WHERE key = ?", key)
        return _unpacked(row[0]) if row else None

    def keep_end(self, fit: Fit, engine: str, checkpoint: LaneCheckpoint) -> None:
        """Keep where an engine's training of `fit` ended, for one of more epochs to go on."""
        self._put_state("ends", _joined(self.training_key(fit), engine), checkpoint)

    def drop_ends(self, keys: Iterable[str | None]) -> None:
        """Drop where trainings with these keys ended."""
        patterns = [(f"{key} *",) for key in dict.fromkeys(keys) if key is not None]
        self._connection.executemany("DELETE FROM ends WHERE key GLOB ?", patterns)

    def seed(self, key: str, drawn: int) -> int:
        """Return the seed that is kept under a key; keep the one just drawn if there is none."""
        self._connection.execute("INSERT OR IGNORE INTO seeds VALUES (?, ?)", (key, drawn))
        row = self._row("SELECT seed FROM seeds WHERE key = ?", key)
        return drawn if row is None else int(row[0])

    def _put_state(self, table: str, key: str | None, checkpoint: LaneCheckpoint) -> None:
        if key is not None:
            self._connection.execute(
                f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", (key, _packed(checkpoint))
            )

    def _row(self, query: str, key: str | None) -> Any:
        """Return the first row of an answer, or None."""
        return None if key is None else self._connection.execute(query, (key,)).fetchone()


def _joined(key: str | None, engine: str) -> str | None:
    """Return the key of a checkpoint: engines cannot read each other's."""
    return None if key is None else f"{key} {engine}"


def _packed(checkpoint: LaneCheckpoint) -> bytes:
    about = json.dumps(
        [checkpoint.epoch, checkpoint.history, checkpoint.seconds], default=np.ndarray.tolist
    )
    file = io.BytesIO()
    np.savez(file, np.array(about), *checkpoint.arrays)
    return file.getvalue()


def _unpacked(packed: bytes) -> LaneCheckpoint:
    with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
        about, *arrays = stored.values()
    epoch, history, seconds = json.loads(str(about))
    return LaneCheckpoint(epoch, history, seconds, arrays)


def open_store(path: str | Path | None, key: Key) -> NullStore:
    """Return the store at `path`, to be used as a context manager; None keeps nothing."""
    return NullStore() if path is None else SqliteStore(path, key)
