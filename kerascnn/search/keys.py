"""Keys of fits: equal if and only if all that decides a fit's numbers is equal."""

import hashlib
import sys
from collections.abc import Collection
from functools import cached_property
from importlib.metadata import version
from typing import Any

import numpy as np

from kerascnn.identity import Unidentifiable, digest, global_settings
from kerascnn.internals.scikit_learn import PassthroughScorer
from kerascnn.search.fits import Fit, SearchTask
from kerascnn.search.trainings import Numbered

# Raised when kerascnn itself comes to compute other numbers for the same fit.
NUMERICS = 4
VERSIONS = ("keras", "tensorflow", "scikit-learn", "numpy")


def task_key(task: SearchTask) -> str:
    """Return the digest of what all fits of a task share, but for the estimator.

    Raises:
        Unidentifiable: if the scorer or a further argument cannot be identified.
    """
    return digest(
        [
            *_data_parts(task),
            _scorer_part(task.scorer),
            dict(sorted(task.score_params.items())),
            task.return_train_score,
            str(task.error_score),
        ]
    )


def data_key(task: SearchTask) -> str | None:
    """Return the digest of what all trainings of a task share; None if it cannot be identified."""
    try:
        return digest(_data_parts(task))
    except Unidentifiable:
        return None


def scorer_key(task: SearchTask) -> str | None:
    """Return the digest of a task's scorer; None if it cannot be identified."""
    try:
        return digest(_scorer_part(task.scorer))
    except Unidentifiable:
        return None


def seed_key(task: SearchTask) -> str:
    """Return the key under which a store keeps the seed of a search that sets none.

    Raises:
        Unidentifiable: if the estimator's parameters cannot be identified.
    """
    given = {**task.estimator.get_params(deep=False), "random_state": None}
    parameters = dict(sorted(given.items()))
    return digest([*_data_parts(task), type(task.estimator), parameters])


class FitKeys:
    """Gives fits their keys; None for a fit that cannot be told from others.

    Args:
        task: the search's.
        candidates: its candidates.
        rounded: numbers of candidate and split of the fits that an engine runs which equals
            separate fits only to rounding: exact engines must not take what it gave.

    Attributes:
        why_none: why no fit has a key, if that is so.
    """

    def __init__(
        self,
        task: SearchTask,
        candidates: Numbered,
        rounded: Collection[tuple[int, int]] = (),
    ) -> None:
        self._candidates = candidates
        self._rounded = rounded
        self._rows: dict[int, str] = {}
        self._shared: str | None = None
        self.why_none: str | None = None
        self._task = task
        try:
            self._shared = task_key(task)
        except Unidentifiable as reason:
            self.why_none = str(reason)

    def __call__(self, fit: Fit) -> str | None:
        """Return a fit's key."""
        candidate = self._candidates[fit.candidate]
        return self._digest(fit, self._shared, candidate.identity, str(candidate.epochs))

    def training(self, fit: Fit) -> str | None:
        """Return the key of a fit's training, whatever its number of epochs and its scorer."""
        return self._digest(fit, self._data, self._candidates[fit.candidate].course, "training")

    @cached_property
    def _data(self) -> str | None:
        return data_key(self._task)

    def _digest(self, fit: Fit, shared: str | None, identity: str | None, kind: str) -> str | None:
        if identity is None or shared is None:
            return None
        if fit.split not in self._rows:
            scored = [] if fit.scored is None else [fit.scored]
            self._rows[fit.split] = digest([fit.train, fit.test, *scored])
        exactness = "rounded" if (fit.candidate, fit.split) in self._rounded else "exact"
        parts = (shared, identity, kind, self._rows[fit.split], exactness)
        return hashlib.blake2b(" ".join(parts).encode(), digest_size=20).hexdigest()


def _scorer_part(scorer: Any) -> Any:
    """Return what counts of a scorer: of one that asks the estimator itself, only that it does."""
    return PassthroughScorer if isinstance(scorer, PassthroughScorer) else scorer


def _data_parts(task: SearchTask) -> list[Any]:
    return [
        NUMERICS,
        [*sys.version_info[:2], *(version(package) for package in VERSIONS)],
        global_settings(),
        type(task.X),
        _content(task.X),
        _content(task.y),
        dict(sorted(task.fit_params.items())),
    ]


def _content(data: Any) -> Any:
    """Return a table as it is, as a scorer may go by its names, and all else as an array."""
    return data if hasattr(data, "iloc") else np.asarray(data)
