"""Keras fits side by side in worker processes."""

from collections.abc import Mapping, Sequence
from typing import Any

from joblib import Parallel, delayed, effective_n_jobs
from joblib.externals.loky.process_executor import BrokenProcessPool, TerminatedWorkerError

from kerascnn import environment
from kerascnn.models import registry
from kerascnn.models.entries import Entry
from kerascnn.search import forecast
from kerascnn.search.engines.base import Engine, Refusals
from kerascnn.search.engines.serial import fit_one, fits_of
from kerascnn.search.fits import Finished, Fit, Outcome, SearchTask
from kerascnn.search.keys import scorer_key
from kerascnn.search.networks import Networks
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Candidate, Training, make_candidates

UNKNOWN = "worker processes cannot import its code"
CHANGED = "a module was changed in this process after it was imported"

# Of a candidate and a scorer.
Identities = tuple[str | None, str | None]
# What this worker has compared with its parent.
_compared: set[Identities] = set()


class ProcessesEngine(Engine):
    """Fits candidates by their own `fit` in worker processes.

    Workers are started afresh, never forked: a fork of a process in which TensorFlow has run
    hangs. They have this process's global Keras settings and registered models, and as many
    threads per operation.
    """

    name = "processes"
    phrase = "in worker processes"

    def refusal(self, training: Training) -> str | None:
        """Return why worker processes might compute something else; None if they cannot."""
        return refusal_by_workers(training)

    def layout(self, trainings: Sequence[Training]) -> str:
        """Return how many workers there are."""
        workers = self.side_by_side(trainings)
        return f"{workers} worker{'s' if workers > 1 else ''}, by Keras's own fit"

    def side_by_side(self, trainings: Sequence[Training]) -> int:
        """Return how many workers there are, each of which does one fit at a time."""
        n_fits = sum(training.n_fits for training in trainings)
        return min(worker_count(self.context.n_jobs), n_fits)

    def seconds(self, trainings: Sequence[Training]) -> float:
        """Return how many seconds the fits are expected to take."""
        seconds = forecast.fit_seconds(trainings) / self.side_by_side(trainings)
        return forecast.WORKER_SECONDS + seconds

    def memory(self, trainings: Sequence[Training]) -> float:
        """Return how many bytes of memory are expected to be needed."""
        return forecast.fit_bytes(trainings, self.side_by_side(trainings))

    def run(self, trainings: Sequence[Training], finished: Finished, store: NullStore) -> Refusals:
        """Fit all; outcomes come in the order in which they are ready.

        Workers import users' modules from their files, whatever was changed in this process since:
        they refuse a fit that their code would make another one of.
        """
        task, refusals = self.context.task, Refusals()
        fits, candidates = fits_of(trainings), _candidates_by_fit(trainings)
        scorer = scorer_key(task)
        pool = Parallel(
            n_jobs=self.side_by_side(trainings), backend="loky", return_as="generator_unordered"
        )
        settings, threads = environment.keras_settings(), environment.threads_per_operation()
        models = registry.users_entries()
        work = (
            delayed(_fit_in_worker)(
                task, number, fit, settings, models, threads, (candidate.identity, scorer)
            )
            for number, (fit, candidate) in enumerate(zip(fits, candidates, strict=True))
        )
        left = dict(enumerate(zip(fits, candidates, strict=True)))
        try:
            for number, outcome in pool(work):
                fit, candidate = left.pop(number)
                if outcome is None:
                    refusals.add(Training({candidate.epochs: [fit]}, candidate), CHANGED)
                else:
                    finished(fit, outcome)
        except TerminatedWorkerError:  # killed, perhaps for its memory: it would be so here
            raise
        except BrokenProcessPool:
            for fit, candidate in left.values():
                refusals.add(Training({candidate.epochs: [fit]}, candidate), UNKNOWN)
        return refusals


def refusal_by_workers(training: Training) -> str | None:
    """Return why another process might compute something else; None if it cannot."""
    if reason := training.candidate.shared:
        return reason
    unidentified = training.candidate.unidentified
    return unidentified and f"workers' code cannot be compared: {unidentified}"


def worker_count(n_jobs: int | None) -> int:
    """Return how many worker processes `n_jobs` means on this machine (at least 1)."""
    return environment.available_cores() if n_jobs is None else effective_n_jobs(n_jobs)


def _candidates_by_fit(trainings: Sequence[Training]) -> list[Candidate]:
    """Return the candidate of each of `fits_of`: its own, or one of equal identity."""
    found = {
        (fit.candidate, fit.split): training.candidate
        for training in trainings
        for same in training.fits.values()
        for fit in same
    }
    return [found[fit.candidate, fit.split] for fit in fits_of(trainings)]


def _fit_in_worker(
    task: SearchTask,
    number: int,
    fit: Fit,
    settings: Mapping[str, Any],
    models: dict[str, Entry],
    threads: int,
    expected: Identities,
) -> tuple[int, Outcome | None]:
    """Return the fit's number and its outcome; None if it would be another fit here."""
    environment.prefer_threads_for_worker(threads)
    environment.set_keras_settings(settings)
    registry.add_entries(models)
    if not _is_the_same_here(task, fit, expected):
        return number, None
    return number, fit_one(task, fit)


def _is_the_same_here(task: SearchTask, fit: Fit, expected: Identities) -> bool:
    """Return whether a candidate and the scorer are in this worker what they are in its parent."""
    if expected not in _compared:
        [candidate] = make_candidates(task, [fit.parameters], Networks(task))
        if (candidate.identity, scorer_key(task)) != expected:
            return False
        _compared.add(expected)
    return True
