"""Worker threads, and the main thread that runs their calls.

Workers only run what is compiled. Whatever else they need they submit to the main thread:
tracing, reading a lane's model, calling back. So callbacks need no locks, and an interrupt or an
exception anywhere ends everything in order.
"""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")


class MainThreadExecutor:
    """Runs functions that worker threads submit, one after another in the main thread."""

    def __init__(self) -> None:
        self._requests: SimpleQueue[tuple[Future, Callable] | BaseException | None] = SimpleQueue()
        self._closed = False

    def submit(self, function: Callable[[], Result]) -> Result:
        """Have the main thread call `function`, wait, and return its result.

        Raises:
            CancelledError: if everything is to end.
        """
        if self._closed:
            raise CancelledError
        future: Future = Future()
        self._requests.put((future, function))
        return future.result()

    def run(self, worker: Callable[[], None], threads: int) -> None:
        """Call `worker` in `threads` threads and run what they submit until all have ended.

        Raises:
            BaseException: the first that a worker, a submitted function or an interrupt raised,
                after all workers have ended.
        """
        workers = [
            threading.Thread(
                target=self._work, args=(worker,), name=f"kerascnn-{number}", daemon=True
            )
            for number in range(threads)
        ]
        for thread in workers:
            thread.start()
        try:
            self._run_requests(threads)
        finally:
            self._closed = True
            for thread in workers:
                while thread.is_alive():
                    self._cancel_requests()
                    thread.join(0.05)

    def _work(self, worker: Callable[[], None]) -> None:
        """Call the worker, then say that it has ended, or how it failed."""
        try:
            worker()
            self._requests.put(None)
        except CancelledError:
            self._requests.put(None)
        except BaseException as error:  # it is raised again in the main thread
            self._requests.put(error)

    def _run_requests(self, threads: int) -> None:
        """Run what is submitted until so many workers have ended."""
        while threads:
            request = self._requests.get()
            if isinstance(request, BaseException):
                raise request
            if request is None:
                threads -= 1
            else:
                _run(*request)

    def _cancel_requests(self) -> None:
        """Cancel what was submitted and not yet run."""
        while not self._requests.empty():
            request = self._requests.get()
            if isinstance(request, tuple):
                request[0].cancel()


def _run(future: Future, function: Callable[[], Any]) -> None:
    """Give the future the function's result; cancel it if the function raises."""
    try:
        future.set_result(function())
    except BaseException:
        future.cancel()
        raise
