"""The task that a Dask worker runs, and the process beside it in which batches are trained.

Keras draws the seeds of a network from Python's global random state. A worker's own threads draw
from it as well, at any moment, so that networks built there would start from other weights. In a
process of its own nothing else draws; it has threads per operation of its own, can be stopped at
once, and takes no worker with it when it dies.
"""

import importlib
import os
import pickle
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, ClassVar

from kerascnn import environment
from kerascnn.cluster.messages import BatchResult, DifferentError, Pack, PlainTraining, Report

# Events of all searches have one topic, as a scheduler keeps the last thousand of each for good.
TOPIC = "kerascnn"
TRAINING = "kerascnn.search.engines.dask_worker"
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_IDLE = 300  # as joblib's workers

# A worker computes with all of its threads for one batch at a time.
_turn = threading.Lock()


class Unwanted(Exception):  # noqa: N818  (it is no error that a search was stopped)
    """A batch was cancelled by the process that searches."""


def run_batch(
    pack: Pack, batch: Sequence[PlainTraining], surroundings: Mapping[str, str], search: str
) -> BatchResult:
    """Have a batch trained beside this worker; each outcome is sent as its fit finishes.

    Args:
        pack: what the batches of the search share.
        batch: its trainings.
        surroundings: what decides numbers in the process that searches.
        search: name of the search, given back with each outcome.
    """
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    reported: dict[str, list[bytes]] = {"outcome": [], "end": []}

    def report(kind: str, content: bytes) -> None:
        reported[kind].append(content)
        if kind == "outcome":
            worker.log_event(TOPIC, [search, content])

    def is_wanted() -> bool:
        state = worker.state.tasks.get(key)
        return state is not None and state.state == "executing"

    with _turn:
        trainer = TrainerProcess.for_search(surroundings, worker.state.nthreads)
        ended = trainer.train(pack, batch, report, is_wanted)
        if "refusal" in ended and trainer.n_searches > 1:  # it may have imported what has changed
            trainer.end()
            trainer = TrainerProcess.for_search(surroundings, worker.state.nthreads)
            ended = trainer.train(pack, batch, report, is_wanted)
        return BatchResult(reported["outcome"], reported["end"], **ended)


class TrainerProcess:
    """A process that trains batches, one search after another.

    Args:
        surroundings: what decides numbers in the processes that search.
        lanes: how many train at a time.

    Attributes:
        n_searches: how many searches it has had batches of.
    """

    _running: "ClassVar[TrainerProcess | None]" = None

    def __init__(self, surroundings: Mapping[str, str], lanes: int) -> None:
        self.n_searches = 0
        self._surroundings = surroundings
        self._lanes = lanes
        self._pack: Callable[[], Pack | None] = lambda: None
        self._has_started = False
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno()), TRAINING],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )

    @classmethod
    def for_search(cls, surroundings: Mapping[str, str], lanes: int) -> "TrainerProcess":
        """Return this worker's, started if it does not run with these surroundings."""
        running = cls._running
        if running and running._is_alive and running._surroundings == surroundings:
            return running
        if running:
            running.end()
        cls._running = cls(surroundings, lanes)
        return cls._running

    def train(
        self,
        pack: Pack,
        batch: Sequence[PlainTraining],
        report: Report,
        is_wanted: Callable[[], bool],
    ) -> dict[str, Any]:
        """Train a batch; return how that ended, if otherwise than well, as of a `BatchResult`.

        Raises:
            Unwanted: if it is not wanted any more; the process is killed.
        """
        try:
            self._begin(pack)
            self._send(batch)
            while True:
                while not self._connection.poll(SECONDS_BETWEEN_LOOKS):
                    if not is_wanted():
                        self.end()
                        raise Unwanted
                kind, content = self._connection.recv()
                if kind == "started":
                    self._has_started = True
                elif kind in ("outcome", "end"):
                    report(kind, content)
                else:
                    return {} if kind == "done" else {kind: content}
        except (EOFError, OSError):
            return self._how_it_ended()

    def end(self) -> None:
        """Kill the process, if it has not ended."""
        self._process.kill()
        self._process.wait()

    def _how_it_ended(self) -> dict[str, str]:
        code = self._process.wait()
        if code > 0 and not self._has_started:
            return {"refusal": f"its process ends at once (exit code {code}), see its log"}
        return {"death": f"exit code {code}"}

    @property
    def _is_alive(self) -> bool:
        return self._process.poll() is None

    def _begin(self, pack: Pack) -> None:
        """Tell of a search, if it is not the one that the process has."""
        if self._pack() is pack:
            return
        buffers = list(map(pickle.PickleBuffer, pack.buffers))
        self._send((pack.pickled, buffers, self._surroundings, self._lanes))
        self.n_searches += 1
        self._pack = weakref.ref(pack)
        over = weakref.finalize(pack, self._end_when_idle, self.n_searches)
        over.atexit = False  # when this worker ends, the process does anyway

    def _end_when_idle(self, n_searches: int) -> None:
        """End some time after a search, unless there is another by then."""

        def end() -> None:
            if self.n_searches == n_searches:
                self.end()

        timer = threading.Timer(SECONDS_IDLE, end)
        timer.daemon = True
        timer.start()

    def _send(self, message: Any) -> None:
        self._connection.send_bytes(pickle.dumps(message, 5))


@dataclass(frozen=True)
class Orders:
    """The messages that come to the process that trains."""

    connection: Connection
    _received: SimpleQueue[bytes] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        threading.Thread(target=self._receive, daemon=True).start()

    def __call__(self) -> Any:
        """Return the next."""
        return pickle.loads(self._received.get())

    def _receive(self) -> None:
        """Take messages; when the worker has ended, so does this process, whatever it does."""
        try:
            while True:
                self._received.put(self.connection.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)


def main(descriptor: str, training: str) -> None:
    """Train the batches that come, in a process of their own, by the `WorkerSearch` of a module."""
    connection = Connection(int(descriptor))
    connection.send(("started", None))  # if it ends from now on, a fit may have ended it
    orders = Orders(connection)
    search, refusal = None, ""
    while True:
        order = orders()
        if isinstance(order, tuple):
            search = None  # the one before takes no memory any more
            try:
                environment.start_tensorflow_quietly()
                search = importlib.import_module(training).WorkerSearch(*order)
            except DifferentError as difference:
                refusal = str(difference)
            except Exception as error:
                refusal = f"it cannot prepare the search: {error!r}"
        elif search is None:
            connection.send(("refusal", refusal))
        else:
            connection.send(search.train(order, lambda *report: connection.send(report)))


if __name__ == "__main__":
    main(*sys.argv[1:])
