"""Worker threads, and the main thread that serves them.

Workers only run what is compiled. Whatever else they need is asked of the main thread: tracing,
reading a lane's model, calling back. So callbacks need no locks, and an interrupt or an
exception anywhere ends everything in order.
"""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")


class Desk:
    """Where workers hand in requests, answered one after another in the main thread."""

    def __init__(self) -> None:
        self._requests: SimpleQueue[tuple[Future, Callable] | BaseException | None] = SimpleQueue()
        self._closed = False

    def ask(self, function: Callable[[], Result]) -> Result:
        """Have the main thread call `function`; return its result.

        Raises:
            CancelledError: if everything is to end.
        """
        if self._closed:
            raise CancelledError
        future: Future = Future()
        self._requests.put((future, function))
        return future.result()

    def run(self, worker: Callable[[], None], threads: int) -> None:
        """Run `worker` in as many threads and serve them until all have ended.

        Raises:
            BaseException: the first that a worker, a request, or an interrupt raised, after all
                workers have ended.
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
            self._serve(threads)
        finally:
            self._closed = True
            for thread in workers:
                while thread.is_alive():
                    self._dismiss()
                    thread.join(0.05)

    def _work(self, worker: Callable[[], None]) -> None:
        try:
            worker()
            self._requests.put(None)
        except CancelledError:
            self._requests.put(None)
        except BaseException as error:  # it is raised again in the main thread
            self._requests.put(error)

    def _serve(self, threads: int) -> None:
        while threads:
            request = self._requests.get()
            if isinstance(request, BaseException):
                raise request
            if request is None:
                threads -= 1
            else:
                self._answer(*request)

    def _answer(self, future: Future, function: Callable[[], Any]) -> None:
        try:
            future.set_result(function())
        except BaseException:
            future.cancel()
            raise

    def _dismiss(self) -> None:
        """Cancel what is still asked."""
        while not self._requests.empty():
            request = self._requests.get()
            if isinstance(request, tuple):
                request[0].cancel()
