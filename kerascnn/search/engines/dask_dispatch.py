"""The dispatch of batches to the workers of a Dask cluster, from the process that searches.

This process chooses the worker of each batch, one batch at a time for each. Dask would run a batch
again wherever its worker has died; here it is known what has died of which fits, so that only the
fit that kills its workers fails. A worker that joins is found, and given work, within a second.
"""

import math
import pickle
import time
import uuid
import warnings
from concurrent.futures import CancelledError
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from distributed import KilledWorker

from kerascnn.cluster.worker import TOPIC, BatchResult, PlainTraining, run_batch
from kerascnn.search import scoring
from kerascnn.search.engines.dask_batches import DEATHS_AT_MOST, Batch, BatchQueue
from kerascnn.search.engines.dask_client import address, ask_for_threads
from kerascnn.search.engines.dask_worker import SearchContent, surroundings
from kerascnn.search.engines.serial import fits_of
from kerascnn.search.fits import Finished, Fit, Outcome
from kerascnn.search.trainings import Training

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_TO_COLLECT = 30
# A warning says so after this time.
SECONDS_ALONE = 5


@dataclass(frozen=True)
class Assigned:
    """A batch on a worker, and Dask's future of it."""

    batch: Batch
    future: Any


class Dispatch:
    """Runs the trainings of a queue on a cluster.

    Args:
        client: of the cluster.
        content: what the batches share.
        queue: the trainings.
        finished: called once with the outcome of each fit, in the calling thread.
        limit: how many workers are used at most; None for all.
    """

    def __init__(
        self,
        client: Any,
        content: SearchContent,
        queue: BatchQueue,
        finished: Finished,
        limit: int | None = None,
    ) -> None:
        self._client = client
        self._content = content
        self._pack = content.packed()
        self._surroundings = surroundings()
        self._scattered: Any = None
        self._queue = queue
        self._finished = finished
        self._limit = limit
        self._name = uuid.uuid4().hex
        self._messages: SimpleQueue[bytes | None] = SimpleQueue()
        self._assigned: dict[str, Assigned] = {}
        self._missing: dict[tuple[int, int], Fit] = queue.fits()
        self._unfit: dict[str, str] = {}
        self._connection: Any = None
        self._alone_since: float | None = None

    def run(self) -> None:
        """Run all; what is still under way when this ends is cancelled.

        Raises:
            ConnectionError: if the scheduler is lost.
            ValueError: if all workers would compute something else than this process.
            Exception: what a fit raises, if `error_score` is "raise".
        """
        try:
            while self._queue or self._assigned:
                workers = self._workers()
                self._collect(workers)
                self._hand_out(workers)
                self._listen()
        finally:
            self._client.cancel([each.future for each in self._assigned.values()])
            if self._client.status == "running":
                self._client.unsubscribe_topic(TOPIC)

    def _workers(self) -> dict[str, int]:
        """Return the threads of each worker that is there; see to it that outcomes are sent here.

        A client that has lost its scheduler, and found it again, has lost all it had there.
        """
        self._wait_for_scheduler()
        if self._connection is not self._client.scheduler_comm:
            self._connection = self._client.scheduler_comm
            self._client.subscribe_topic(TOPIC, self._heard)
            self._scattered = None
            for assigned in self._assigned.values():
                self._queue.put_back(assigned.batch)
            self._assigned.clear()
        workers = ask_for_threads(self._client)
        self._warn_if_none(workers)
        return workers

    def _wait_for_scheduler(self) -> None:
        """Wait while the client tries to connect again; Dask's client gives up after a time."""
        while self._client.status == "connecting":
            time.sleep(0.1)
        if self._client.status != "running":
            raise ConnectionError(
                f"scheduler {address(self._client)} was lost with {len(self._missing)} fits left: "
                "with a store, the same search resumes from it"
            )

    def _warn_if_none(self, workers: dict[str, int]) -> None:
        """Say once that there are no workers; they may be on their way."""
        now = time.monotonic()
        if workers:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        elif now - self._alone_since > SECONDS_ALONE:
            self._alone_since = math.inf
            warnings.warn(
                f"scheduler {address(self._client)} has no workers: waiting for some",
                stacklevel=2,
            )

    def _collect(self, workers: dict[str, int]) -> None:
        """Take what came of the batches that have ended, or whose workers have."""
        ended = {
            worker: assigned.future.status
            for worker, assigned in self._assigned.items()
            if assigned.future.status != "pending" or worker not in workers
        }
        self._take_messages()  # those that came before
        for worker, status in ended.items():
            assigned = self._assigned.pop(worker)
            if status == "finished":
                self._take_result(worker, assigned)
            elif status == "error":
                self._take_error(worker, assigned)
            elif worker not in workers:
                self._died(worker, assigned.batch)
            else:
                self._queue.put_back(assigned.batch)
            assigned.future.release()

    def _take_result(self, worker: str, assigned: Assigned) -> None:
        """Take what a worker returned, if anything of it has not been sent before."""
        left = self._left(assigned.batch)
        if left is None:
            return
        try:
            result: BatchResult = assigned.future.result(timeout=SECONDS_TO_COLLECT)
        except (TimeoutError, CancelledError):  # it died meanwhile
            self._queue.put_back(left)
            return
        for outcome in result.outcomes:
            self._take(outcome)
        if result.error is not None:
            raise pickle.loads(result.error)
        if result.death is not None:
            self._died(f"{worker} ({result.death})", assigned.batch)
        elif result.refusal is not None:
            self._leave_out(worker, result.refusal)
            self._queue.put_back(left)

    def _take_error(self, worker: str, assigned: Assigned) -> None:
        """Have done by others what Dask, not a fit, has failed to do; raise what it cannot be."""
        error = assigned.future.exception()
        if isinstance(error, KilledWorker):
            self._died(worker, assigned.batch)
        elif (missing := _missing_module(error)) is not None:
            self._leave_out(worker, f"it lacks the module {missing}")
            self._queue.put_back(assigned.batch)
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
        if self._content.task.error_score == "raise":
            raise RuntimeError(reason)
        untrained = scoring.Trained(0, 0.0, {})
        for training in left.trainings:
            for fit in fits_of([training]):
                failed = scoring.failed(self._content.task, fit, untrained, reason, None)
                self._finish(fit.candidate, fit.split, failed)

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
        fit = {worker: n for worker, n in workers.items() if worker not in self._unfit}
        if workers and not fit and not self._assigned:
            reasons = sorted({self._unfit[worker] for worker in workers})
            raise ValueError(
                f"scheduler={address(self._client)!r} has no worker that would give this process's "
                f"numbers ({'; '.join(reasons)}): start workers where the same is installed, and "
                "give them your own modules with `client.upload_file`"
            )
        for worker, threads in fit.items():
            if worker in self._assigned or len(self._assigned) == self._limit:
                continue
            batch = self._queue.take(worker, threads, sum(fit.values()))
            if batch is None:
                return
            self._assigned[worker] = Assigned(batch, self._submit(worker, batch))

    def _submit(self, worker: str, batch: Batch) -> Any:
        future = self._client.submit(
            run_batch,
            self._on_workers(),
            [_plain(training) for training in batch.trainings],
            self._surroundings,
            self._name,
            key=f"kerascnn-{uuid.uuid4().hex}",
            workers=[worker],
            pure=False,
        )
        future.add_done_callback(lambda _: self._messages.put(None))
        return future

    def _on_workers(self) -> Any:
        """Return the future of the pack, which goes with the last worker that has it."""
        if self._scattered is None or self._scattered.status != "finished":
            self._scattered = self._client.scatter(self._pack, broadcast=True, hash=False)
        return self._scattered

    def _listen(self) -> None:
        """Take outcomes as they come, until a batch has ended or it is time to look around."""
        end = time.monotonic() + SECONDS_BETWEEN_LOOKS
        while (left := end - time.monotonic()) > 0:
            try:
                message = self._messages.get(timeout=left)
            except Empty:
                return
            if message is None:
                return
            self._take(message)

    def _take_messages(self) -> None:
        while not self._messages.empty():
            if (message := self._messages.get()) is not None:
                self._take(message)

    def _heard(self, event: Any) -> None:
        """Note an event, in the thread of the client."""
        _, (search, outcome) = event
        if search == self._name:
            self._messages.put(outcome)

    def _take(self, outcome: bytes) -> None:
        self._finish(*pickle.loads(outcome))

    def _finish(self, candidate: int, split: int, outcome: Outcome) -> None:
        """Hand on an outcome, unless another worker's has been."""
        fit = self._missing.pop((candidate, split), None)
        if fit is not None:
            self._finished(fit, outcome)


def _plain(training: Training) -> PlainTraining:
    fits = {
        epochs: [(fit.candidate, fit.split) for fit in same]
        for epochs, same in training.fits.items()
    }
    return training.candidate.number, fits


def _missing_module(error: BaseException | None) -> str | None:
    """Return the name of the part of this package that a worker could not import, if it is that."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("kerascnn"):
            return error.name
        error = error.__cause__
    return None
