"""Trainings on the workers of a Dask cluster, which share nothing but its scheduler."""

from collections.abc import Sequence
from functools import cached_property

from kerascnn import environment
from kerascnn.models import registry
from kerascnn.search import forecast
from kerascnn.search.engines.base import Engine, Refusals
from kerascnn.search.engines.compiled import CompiledEngine
from kerascnn.search.engines.dask_batches import BatchQueue
from kerascnn.search.engines.dask_client import connected, is_there, place
from kerascnn.search.engines.dask_cluster import Cluster
from kerascnn.search.engines.dask_worker import SearchContent
from kerascnn.search.engines.processes import refusal_by_workers, worker_count
from kerascnn.search.fits import Finished
from kerascnn.search.keys import scorer_key
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Training
from kerascnn.utils.formatting import plural


class DaskEngine(Engine):
    """Trains on the workers of a cluster: in compiled lanes, or else by Keras's own fit.

    The cluster is that of the search's `scheduler`; without one that of the current client; without
    that either, one of worker processes on this machine that is started for the search.
    """

    name = "dask"
    phrase = "on a Dask cluster"
    continues = True

    def refusal(self, training: Training) -> str | None:
        """Return why workers might compute something else; None if they cannot."""
        return refusal_by_workers(training)

    def goes_on(self, training: Training) -> bool:
        """Return whether a training goes on from where one for fewer epochs ended, if any did."""
        return super().goes_on(training) and self._compiled.refusal(training) is None

    def layout(self, trainings: Sequence[Training]) -> str:
        """Return how many workers and threads there are."""
        where = place(self.context.scheduler)
        if not self._threads:
            return f"{where}, which has no workers yet"
        workers, threads = len(self._threads), sum(self._threads)
        return f"{where}, {plural(workers, 'worker')} with {plural(threads, 'thread')} in all"

    def side_by_side(self, trainings: Sequence[Training]) -> int:
        """Return how many trainings the workers have under way at a time."""
        return min(max(1, sum(self._threads)), len(trainings))

    def seconds(self, trainings: Sequence[Training]) -> float:
        """Return how many seconds the trainings are expected to take."""
        compiled = [each for each in trainings if self._compiled.refusal(each) is None]
        by_keras = [each for each in trainings if self._compiled.refusal(each) is not None]
        return forecast.cluster_seconds(compiled, by_keras, max(1, sum(self._threads)))

    def memory(self, trainings: Sequence[Training]) -> float:
        """Return how many bytes of memory all workers and this process are expected to need."""
        return forecast.cluster_bytes(trainings, len(self._threads), sum(self._threads))

    def run(self, trainings: Sequence[Training], finished: Finished, store: NullStore) -> Refusals:
        """Train on the cluster; hand each outcome to `finished` as its fit finishes.

        Raises:
            ConnectionError: if the scheduler is lost.
            ValueError: if all workers would compute something else than this process.
        """
        from kerascnn.search.engines.dask_dispatch import Dispatch  # which needs Dask installed

        queue = BatchQueue(trainings, forecast.work, self._travelling_bytes)
        with connected(self.context.scheduler, self._n_local(len(trainings))) as client:
            cluster = Cluster(client, self._content(trainings))
            Dispatch(cluster, self.context.task, queue, finished, store, self._limit).run()
        return Refusals()

    @cached_property
    def _compiled(self) -> CompiledEngine:
        """The engine that workers use where they can."""
        return CompiledEngine(self.context)

    def _travelling_bytes(self, training: Training) -> int:
        """Return how large the state is that comes back with the outcome of a training."""
        return training.record.bytes_fixed if self.goes_on(training) else 0

    @cached_property
    def _threads(self) -> list[int]:
        """The threads of each worker that is there, or would be started."""
        if is_there(self.context.scheduler):
            with connected(self.context.scheduler) as client:
                return list(client.nthreads().values())[: self._limit]
        return [1] * self._n_local()

    @property
    def _limit(self) -> int | None:
        """How many workers are used at most; None for all."""
        n_jobs = self.context.n_jobs
        return n_jobs if n_jobs is not None and n_jobs > 0 else None

    def _n_local(self, n_trainings: int | None = None) -> int:
        workers = worker_count(self.context.n_jobs)
        return workers if n_trainings is None else min(workers, n_trainings)

    def _content(self, trainings: Sequence[Training]) -> SearchContent:
        fits = [fit for training in trainings for same in training.fits.values() for fit in same]
        candidates = {training.candidate.number: training.candidate for training in trainings}
        return SearchContent(
            self.context.task,
            {fit.candidate: fit.parameters for fit in fits},
            {fit.split: (fit.train, fit.test, fit.scored) for fit in fits},
            {number: candidate.identity for number, candidate in candidates.items()},
            scorer_key(self.context.task),
            environment.keras_settings(),
            registry.users_entries(),
            self.context.continues,
        )
