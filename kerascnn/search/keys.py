"""Keys of fits: equal if and only if all that decides a fit's numbers is equal."""

import hashlib
import sys
from collections.abc import Callable, Collection, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from kerascnn.identity import Unidentifiable, digest, global_settings
from kerascnn.internals.scikit_learn import PassthroughScorer
from kerascnn.search.fits import Fit, SearchTask
from kerascnn.search.trainings import Candidate

# Raised when kerascnn itself comes to compute other numbers for the same fit.
NUMERICS = 3
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


def key_maker(
    task: SearchTask, candidates: Sequence[Candidate], rounded: Collection[tuple[int, int]] = ()
) -> tuple[Callable[[Fit], str | None], str | None]:
    """Return what gives each fit its key, and why none has one, if that is so.

    Args:
        task: the search's.
        candidates: its candidates.
        rounded: numbers of candidate and split of the fits that an engine runs which equals
            separate fits only to rounding: exact engines must not take what it gave.
    """
    try:
        shared = task_key(task)
    except Unidentifiable as reason:
        return (lambda fit: None), str(reason)
    rows: dict[int, str] = {}

    def key(fit: Fit) -> str | None:
        candidate = candidates[fit.candidate]
        if candidate.identity is None:
            return None
        if fit.split not in rows:
            rows[fit.split] = digest([fit.train, fit.test])
        exactness = "rounded" if (fit.candidate, fit.split) in rounded else "exact"
        parts = (shared, candidate.identity, str(candidate.epochs), rows[fit.split], exactness)
        return hashlib.blake2b(" ".join(parts).encode(), digest_size=20).hexdigest()

    return key, None


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
