"""Keras fits side by side in worker processes, each with its share of the cores."""

from collections.abc import Sequence

from joblib import Parallel, delayed, effective_n_jobs

from kerascnn import runtime
from kerascnn.search.fits import Finished, Fit, Outcome, SearchTask
from kerascnn.search.serial import fit_one


def run(
    task: SearchTask, fits: Sequence[Fit], finished: Finished, n_jobs: int | None = None
) -> None:
    """Fit all of `fits` in worker processes; hand each outcome to `finished` as it comes.

    Workers are started afresh, never forked: a fork of a process in which TensorFlow has run
    hangs.

    Args:
        task: what the fits share.
        fits: what is to be fitted.
        finished: called in this process.
        n_jobs: the number of workers; None for one per core, negative as in joblib.
    """
    workers = min(worker_count(n_jobs), len(fits))
    threads = max(1, runtime.available_cores() // workers)
    pool = Parallel(n_jobs=workers, backend="loky", return_as="generator_unordered")
    work = (delayed(_fit_in_worker)(task, number, fit, threads) for number, fit in enumerate(fits))
    for number, outcome in pool(work):
        finished(fits[number], outcome)


def worker_count(n_jobs: int | None) -> int:
    """Return how many worker processes `n_jobs` means on this machine (at least 1)."""
    return runtime.available_cores() if n_jobs is None else effective_n_jobs(n_jobs)


def _fit_in_worker(task: SearchTask, number: int, fit: Fit, threads: int) -> tuple[int, Outcome]:
    runtime.prefer_threads_for_worker(threads)
    return number, fit_one(task, fit)
