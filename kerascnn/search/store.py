"""Finished fits on disk, so that a search that was killed goes on where it stopped.

Beside them, the fits of stacks that are under way: a long training need not start again.
"""

import io
import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import joblib
import numpy as np

from kerascnn.fusion import LaneState
from kerascnn.identity import identity
from kerascnn.search.fits import Fit, Outcome, SearchTask

# What a fit's numbers depend on besides its own parameters.
VERSIONS = ("kerascnn", "keras", "tensorflow", "scikit-learn")


class NoStore:
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

    def find_state(self, fit: Fit) -> LaneState | None:
        """Return how far the training of `fit` had come, or None."""
        return None

    def keep_state(self, fit: Fit, state: LaneState) -> None:
        """Keep how far the training of `fit` has come, until its outcome is kept."""


class FitStore(NoStore):
    """A file of finished fits; each is written at once, none is ever replaced.

    How far a fit under way has come is replaced as it goes on, and dropped when it is finished.

    Use as a context manager. Several processes may write to one file.

    Args:
        path: an SQLite file, made with its folders if there is none.
        key: what gives each fit its key in the file, see `key_maker`.

    Raises:
        ValueError: if the file cannot be written or is not such a store.
    """

    def __init__(self, path: str | Path, key: Callable[[Fit], str]) -> None:
        self.path = Path(path)
        self.key = key

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Engines may hand outcomes over from threads of their own, one at a time.
            self._connection = sqlite3.connect(
                self.path, timeout=60, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            for table, column in (("fits", "outcome TEXT"), ("under_way", "state BLOB")):
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
        query = "SELECT outcome FROM fits WHERE key = ?"
        row = self._connection.execute(query, (self.key(fit),)).fetchone()
        return Outcome(**json.loads(row[0])) if row else None

    def keep(self, fit: Fit, outcome: Outcome) -> None:
        """Keep an outcome at once, unless there is one for `fit` already."""
        key = self.key(fit)
        self._connection.execute(
            "INSERT OR IGNORE INTO fits VALUES (?, ?)", (key, json.dumps(asdict(outcome)))
        )
        self._connection.execute("DELETE FROM under_way WHERE key = ?", (key,))

    def find_state(self, fit: Fit) -> LaneState | None:
        """Return how far the training of `fit` had come, or None."""
        query = "SELECT state FROM under_way WHERE key = ?"
        row = self._connection.execute(query, (self.key(fit),)).fetchone()
        return _unpacked(row[0]) if row else None

    def keep_state(self, fit: Fit, state: LaneState) -> None:
        """Keep how far the training of `fit` has come, until its outcome is kept."""
        self._connection.execute(
            "INSERT OR REPLACE INTO under_way VALUES (?, ?)", (self.key(fit), _packed(state))
        )


def _packed(state: LaneState) -> bytes:
    about = json.dumps([state.epoch, state.history, state.seconds])
    file = io.BytesIO()
    np.savez(file, np.array(about), *state.arrays)
    return file.getvalue()


def _unpacked(packed: bytes) -> LaneState:
    with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
        about, *arrays = stored.values()
    epoch, history, seconds = json.loads(str(about))
    return LaneState(epoch, history, seconds, arrays)


def open_store(path: str | Path | None, task: SearchTask) -> NoStore:
    """Return the store at `path` for the fits of `task`; None keeps nothing."""
    return NoStore() if path is None else FitStore(path, key_maker(task))


def key_maker(task: SearchTask) -> Callable[[Fit], str]:
    """Return the function that gives each fit of `task` its key.

    The key is a hash of everything the fit's numbers depend on: data, splits, parameters,
    scorers and versions; not of the engine, the order of fits or the rest of the grid.
    """
    shared = joblib.hash([identity(value) for value in _shared_parts(task)], hash_name="sha1")

    def key(fit: Fit) -> str:
        parts = [shared, identity(fit.parameters), fit.train, fit.test]
        return str(joblib.hash(parts, hash_name="sha1"))

    return key


def _shared_parts(task: SearchTask) -> list[Any]:
    return [
        np.asarray(task.X),
        np.asarray(task.y),
        task.estimator.get_params(deep=False),
        task.scorer,
        task.fit_params,
        task.score_params,
        task.return_train_score,
        str(task.error_score),
        [version(package) for package in VERSIONS],
    ]
