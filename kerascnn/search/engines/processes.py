"""Keras fits side by side in worker processes."""

from collections.abc import Mapping, Sequence
from typing import Any

from joblib import Parallel, delayed, effective_n_jobs

from kerascnn import environment
from kerascnn.models import registry
from kerascnn.search import forecast
from kerascnn.search.engines.base import Engine, Refusals
from kerascnn.search.engines.serial import fit_one, fits_of
from kerascnn.search.fits import Finished, Fit, Outcome, SearchTask
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Training


class ProcessesEngine(Engine):
    """Fits candidates by `CNNClassifier.fit` in worker processes.

    Workers are started afresh, never forked: a fork of a process in which TensorFlow has run
    hangs. They have this process's global Keras settings and registered models, and as many
    threads per operation.
    """

    name = "processes"
    phrase = "in worker processes"

    def layout(self, trainings: Sequence[Training]) -> str:
        """Return how many workers there are."""
        workers = self._workers(trainings)
        return f"{workers} worker{'s' if workers > 1 else ''}, by Keras's own fit"

    def seconds(self, trainings: Sequence[Training]) -> float:
        """Return how many seconds the fits are expected to take."""
        seconds = forecast.fit_seconds(trainings) / self._workers(trainings)
        return forecast.WORKER_SECONDS + seconds

    def memory(self, trainings: Sequence[Training]) -> float:
        """Return how many bytes of memory are expected to be needed."""
        return forecast.fit_bytes(trainings, self._workers(trainings))

    def run(self, trainings: Sequence[Training], finished: Finished, store: NullStore) -> Refusals:
        """Fit all; outcomes come in the order in which they are ready."""
        fits, task = fits_of(trainings), self.context.task
        pool = Parallel(
            n_jobs=self._workers(trainings), backend="loky", return_as="generator_unordered"
        )
        settings, threads = environment.keras_settings(), environment.threads_per_operation()
        models = registry.users_entries()
        work = (
            delayed(_fit_in_worker)(task, number, fit, settings, models, threads)
            for number, fit in enumerate(fits)
        )
        for number, outcome in pool(work):
            finished(fits[number], outcome)
        return Refusals()

    def _workers(self, trainings: Sequence[Training]) -> int:
        n_fits = sum(training.n_fits for training in trainings)
        return min(worker_count(self.context.n_jobs), n_fits)


def worker_count(n_jobs: int | None) -> int:
    """Return how many worker processes `n_jobs` means on this machine (at least 1)."""
    return environment.available_cores() if n_jobs is None else effective_n_jobs(n_jobs)


def _fit_in_worker(
    task: SearchTask,
    number: int,
    fit: Fit,
    settings: Mapping[str, Any],
    models: dict[str, registry.Entry],
    threads: int,
) -> tuple[int, Outcome]:
    environment.prefer_threads_for_worker(threads)
    environment.set_keras_settings(settings)
    registry.add_entries(models)
    return number, fit_one(task, fit)
