"""The dispatch of batches to the workers of a Dask cluster, from the process that searches.

This process chooses the worker of each batch, one batch at a time for each. Dask would run a batch
again wherever its worker has died; here it is known what has died of which fits, so that only the
fit that kills its workers fails. A worker that joins is found, and given work, within a second.
"""

import pickle
import re
import warnings
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any

from distributed import KilledWorker

from kerascnn.cluster.messages import BatchResult, PlainTraining
from kerascnn.search import scoring
from kerascnn.search.engines import lanes
from kerascnn.search.engines.compiled import CompiledEngine
from kerascnn.search.engines.dask_batches import DEATHS_AT_MOST, Batch, BatchQueue
from kerascnn.search.engines.dask_cluster import Cluster
from kerascnn.search.engines.serial import fits_of
from kerascnn.search.fits import Finished, Outcome, SearchTask
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Training
from kerascnn.training.lane import LaneCheckpoint

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_TO_COLLECT = 30


@dataclass(frozen=True)
class Assigned:
    """A batch on a worker, and Dask's future of it."""

    batch: Batch
    future: Any


class Dispatch:
    """Runs the trainings of a queue on a cluster.

    Args:
        cluster: where they run.
        task: what their fits share.
        queue: the trainings.
        finished: called once with the outcome of each fit, in the calling thread.
        store: where trainings go on from, and where it is kept where they end.
        limit: how many workers are used at most; None for all.
    """

    def __init__(
        self,
        cluster: Cluster,
        task: SearchTask,
        queue: BatchQueue,
        finished: Finished,
        store: NullStore,
        limit: int | None = None,
    ) -> None:
        self._cluster = cluster
        self._task = task
        self._queue = queue
        self._finished = finished
        self._store = store
        self._limit = limit
        self._assigned: dict[str, Assigned] = {}
        self._missing = queue.fits()
        self._fits = dict(self._missing)
        self._unfit: dict[str, str] = {}

    def run(self) -> None:
        """Run all; what is still under way when this ends is cancelled.

        Raises:
            ConnectionError: if the scheduler is lost.
            ValueError: if all workers would compute something else than this process.
            Exception: what a fit raises, if `error_score` is "raise".
        """
        try:
            while self._queue or self._assigned:
                if self._cluster.connect():
                    self._take_back_all()
                workers = self._cluster.workers()
                self._collect(workers)
                self._hand_out(workers)
                for report in self._cluster.reports(SECONDS_BETWEEN_LOOKS):
                    self._finish(*report)
        finally:
            self._cluster.close([each.future for each in self._assigned.values()])

    def _take_back_all(self) -> None:
        for assigned in self._assigned.values():
            self._put_back(assigned.batch)
        self._assigned.clear()

    def _collect(self, workers: dict[str, int]) -> None:
        """Take what came of the batches that have ended, or whose workers have."""
        ended = {
            worker: assigned.future.status
            for worker, assigned in self._assigned.items()
            if assigned.future.status != "pending" or worker not in workers
        }
        for report in self._cluster.reports(0):  # those that came before
            self._finish(*report)
        for worker, status in ended.items():
            assigned = self._assigned.pop(worker)
            if status == "finished":
                self._take_result(worker, assigned)
            elif status == "error":
                self._take_error(worker, assigned)
            elif worker not in workers:
                self._died(worker, assigned.batch)
            else:
                self._put_back(assigned.batch)
            assigned.future.release()

    def _take_result(self, worker: str, assigned: Assigned) -> None:
        """Take what a worker returned: ends, outcomes that were not sent before, errors."""
        if self._left(assigned.batch) is None and not self._queue.returns_states(assigned.batch):
            return
        try:
            result: BatchResult = assigned.future.result(timeout=SECONDS_TO_COLLECT)
        except (TimeoutError, CancelledError):  # it died meanwhile
            self._put_back(assigned.batch)
            return
        for end in result.ends:
            self._keep_end(*pickle.loads(end))
        for report in result.outcomes:
            self._finish(*pickle.loads(report))
        if result.error is not None:
            error, text = pickle.loads(result.error)
            error.add_note(f"On worker {worker}:\n{text}")
            raise error
        if result.death is not None:
            self._died(f"{worker} ({result.death})", assigned.batch)
        elif result.refusal is not None:
            self._leave_out(worker, result.refusal)
            self._put_back(assigned.batch)

    def _take_error(self, worker: str, assigned: Assigned) -> None:
        """Have done by others what Dask, not a fit, has failed to do; raise what it cannot be."""
        error = assigned.future.exception()
        if isinstance(error, KilledWorker):
            self._died(worker, assigned.batch)
        elif (missing := _missing_module(error)) is not None:
            self._leave_out(worker, f"it lacks the module {missing}")
            self._put_back(assigned.batch)
        else:
            assigned.future.result()

    def _died(self, worker: str, batch: Batch) -> None:
        """Have what a dead worker left done by others; fail what has killed too many."""
        left = self._left(batch)
        if left is None:
            return
        if left.deaths + 1 < DEATHS_AT_MOST:
            for part in left.split():
                self._queue.put_back(part)
            return
        reason = (
            f"its worker died {DEATHS_AT_MOST} times while this fit was under way, lastly "
            f"{worker}: perhaps it needs more memory than there is, or a library crashes"
        )
        if self._task.error_score == "raise":
            raise RuntimeError(reason)
        untrained = scoring.Trained(0, 0.0, {})
        for training in left.trainings:
            for fit in fits_of([training]):
                failed = scoring.failed(self._task, fit, untrained, reason, None)
                self._finish(fit.candidate, fit.split, failed)

    def _put_back(self, batch: Batch) -> None:
        """Have done by another worker what has not been reported of a batch."""
        if (left := self._left(batch)) is not None:
            self._queue.put_back(left)

    def _left(self, batch: Batch) -> Batch | None:
        """Return what has not been reported of a batch; None if all has."""
        trainings = []
        for training in batch.trainings:
            fits = {
                epochs: [fit for fit in same if (fit.candidate, fit.split) in self._missing]
                for epochs, same in training.fits.items()
            }
            if any(fits.values()):
                kept = {epochs: same for epochs, same in fits.items() if same}
                trainings.append(Training(kept, training.candidate))
        return Batch(trainings, batch.deaths) if trainings else None

    def _leave_out(self, worker: str, reason: str) -> None:
        """Give a worker nothing more, as its numbers would be others."""
        self._unfit[worker] = reason
        warnings.warn(f"worker {worker} is left out: {reason}", stacklevel=2)

    def _hand_out(self, workers: dict[str, int]) -> None:
        """Give each idle worker a batch."""
        useful = {worker: n for worker, n in workers.items() if worker not in self._unfit}
        if workers and not useful and not self._assigned:
            reasons = sorted({self._unfit[worker] for worker in workers})
            raise ValueError(
                f"scheduler={self._cluster.address!r} has no worker that would give this process's "
                f"numbers ({'; '.join(reasons)}): start workers where the same is installed, and "
                "give them your own modules with `client.upload_file`"
            )
        for worker, threads in useful.items():
            if worker in self._assigned or len(self._assigned) == self._limit:
                continue
            batch = self._queue.take(worker, threads, sum(useful.values()))
            if batch is None:
                return
            self._assigned[worker] = self._submit(worker, batch)

    def _submit(self, worker: str, batch: Batch) -> Assigned:
        plain = [self._plain(training) for training in batch.trainings]
        return Assigned(batch, self._cluster.submit(worker, plain))

    def _plain(self, training: Training) -> PlainTraining:
        fits = {
            epochs: [(fit.candidate, fit.split) for fit in same]
            for epochs, same in training.fits.items()
        }
        end = lanes.checkpoint(training, self._store, CompiledEngine.name)
        pickled = None if end is None else pickle.dumps(end, 5)
        return PlainTraining(training.candidate.number, fits, pickled)

    def _keep_end(self, candidate: int, split: int, end: LaneCheckpoint) -> None:
        self._store.keep_end(self._fits[candidate, split], CompiledEngine.name, end)

    def _finish(self, candidate: int, split: int, outcome: Outcome) -> None:
        """Hand on an outcome, unless another worker's has been."""
        fit = self._missing.pop((candidate, split), None)
        if fit is not None:
            self._finished(fit, outcome)


def _missing_module(error: BaseException | None) -> str | None:
    """Return the part of this package that a worker could not import, if that is the error.

    Dask gives what fails in unpickling a task as a plain exception with the error's text.
    """
    found = re.search(r"No module named '(kerascnn[\w.]*)'", str(error))
    return found[1] if found else None
