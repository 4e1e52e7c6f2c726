"""Threads that work, and the main thread that runs what they submit."""

import threading

import pytest

from kerascnn.training.executor import MainThreadExecutor


def test_what_is_submitted_runs_in_the_calling_thread():
    """Workers get results that the main thread computed."""
    executor, results = MainThreadExecutor(), []
    executor.run(lambda: results.append(executor.submit(threading.current_thread)), threads=2)
    assert results == [threading.current_thread()] * 2


def test_an_error_in_a_worker_ends_the_others():
    """The other worker's next call is cancelled, and the error is raised in the caller."""
    executor, names = MainThreadExecutor(), iter(["failing", "working"])

    def work():
        if next(names) == "failing":
            raise LookupError("in a worker")
        while True:
            executor.submit(lambda: None)

    with pytest.raises(LookupError, match="in a worker"):
        executor.run(work, threads=2)
    assert not _workers()


def test_an_interrupt_ends_all_workers():
    """Ctrl-C arrives in the main thread, while it runs what a worker submitted."""
    executor = MainThreadExecutor()

    def interrupt():
        raise KeyboardInterrupt

    def work():
        while True:
            executor.submit(interrupt)

    with pytest.raises(KeyboardInterrupt):
        executor.run(work, threads=2)
    assert not _workers()


def _workers():
    return [thread for thread in threading.enumerate() if thread.name.startswith("kerascnn")]
