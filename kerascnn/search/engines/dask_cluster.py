"""A Dask cluster as a search sees it: its workers, the batches on them, and what these report."""

import math
import pickle
import time
import uuid
import warnings
from collections.abc import Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from kerascnn.cluster.messages import PlainTraining
from kerascnn.cluster.worker import TOPIC, run_batch
from kerascnn.search.engines.dask_client import address, ask_for_threads
from kerascnn.search.engines.dask_worker import SearchContent, surroundings
from kerascnn.search.fits import Outcome

# A warning says after this time that there is no worker.
SECONDS_ALONE = 5

# Of one fit: its candidate, split and outcome.
Report = tuple[int, int, Outcome]


class Cluster:
    """A cluster that trains batches of one search.

    Args:
        client: of the cluster.
        content: what the batches share; it is sent to the workers once.
    """

    def __init__(self, client: Any, content: SearchContent) -> None:
        self.address = address(client)
        self._client = client
        self._pack = content.packed()
        self._surroundings = surroundings()
        self._scattered: Any = None
        self._name = uuid.uuid4().hex
        self._messages: SimpleQueue[bytes | None] = SimpleQueue()
        self._connection: Any = None
        self._alone_since: float | None = None

    def connect(self) -> bool:
        """Have reports sent here, if they are not yet; return whether all batches are lost.

        A client that has lost its scheduler tries for a time to find it again. Then nothing is
        there any more of what it had on the workers.

        Raises:
            ConnectionError: if the scheduler is lost.
        """
        while self._client.status == "connecting":
            time.sleep(0.1)
        if self._client.status != "running":
            raise ConnectionError(
                f"scheduler {self.address} was lost: with a store, the same search resumes from it"
            )
        if self._connection is self._client.scheduler_comm:
            return False
        self._connection, self._scattered = self._client.scheduler_comm, None
        self._client.subscribe_topic(TOPIC, self._hear)
        return True

    def workers(self) -> dict[str, int]:
        """Return the threads of each worker that is there, by its address.

        Raises:
            ConnectionError: if the scheduler does not answer.
        """
        workers = ask_for_threads(self._client)
        self._warn_if_none(workers)
        return workers

    def submit(self, worker: str, batch: Sequence[PlainTraining]) -> Any:
        """Return Dask's future of a batch that this worker, and no other, is to train."""
        with warnings.catch_warnings():
            # States that trainings go on from are large, and go to one worker once.
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            future = self._client.submit(
                run_batch,
                self._on_workers(),
                batch,
                self._surroundings,
                self._name,
                key=f"kerascnn-{uuid.uuid4().hex}",
                workers=[worker],
                pure=False,
            )
        future.add_done_callback(lambda _: self._messages.put(None))
        return future

    def reports(self, seconds: float) -> Iterator[Report]:
        """Yield reports as they come, until a batch has ended or for so many seconds.

        Args:
            seconds: 0 yields what has come before, whatever has ended.
        """
        end = time.monotonic() + seconds
        while True:
            try:
                message = self._messages.get(timeout=max(0, end - time.monotonic()))
            except Empty:
                return
            if message is not None:
                yield pickle.loads(message)
            elif seconds:
                return

    def close(self, futures: Sequence[Any]) -> None:
        """Cancel batches, and hear no more."""
        if self._client.status == "running":
            self._client.cancel(list(futures))
            self._client.unsubscribe_topic(TOPIC)

    def _on_workers(self) -> Any:
        """Return the future of the pack; it is lost with the last worker that has it."""
        if self._scattered is None or self._scattered.status != "finished":
            self._scattered = self._scatter()
        return self._scattered

    def _scatter(self) -> Any:
        try:
            return self._client.scatter(self._pack, broadcast=True, hash=False)
        except Exception as error:  # a plain one, with the text of what a worker raised
            if "No module named 'kerascnn" not in str(error):
                raise
            raise ValueError(
                f"a worker of scheduler={self.address!r} lacks this version of kerascnn ({error}): "
                "install it there, or take the worker away"
            ) from error

    def _hear(self, event: Any) -> None:
        """Note an event, in the thread of the client."""
        _, (search, report) = event
        if search == self._name:
            self._messages.put(report)

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
                f"scheduler {self.address} has no workers: waiting for some", stacklevel=2
            )
