"""Threads that work, and the main thread that serves them."""

import threading

import pytest

from kerascnn.fusion.desk import Desk


def test_what_is_asked_runs_in_the_calling_thread():
    """Workers get results that the main thread computed."""
    desk, results = Desk(), []
    desk.run(lambda: results.append(desk.ask(threading.current_thread)), threads=2)
    assert results == [threading.current_thread()] * 2


def test_an_error_in_a_worker_ends_the_others():
    """The other worker's next request is refused, and the error is raised in the caller."""
    desk, names = Desk(), iter(["failing", "working"])

    def work():
        if next(names) == "failing":
            raise LookupError("in a worker")
        while True:
            desk.ask(lambda: None)

    with pytest.raises(LookupError, match="in a worker"):
        desk.run(work, threads=2)
    assert not _workers()


def test_an_interrupt_while_serving_ends_all_workers():
    """Ctrl-C arrives in the main thread, while it serves."""
    desk = Desk()

    def interrupt():
        raise KeyboardInterrupt

    def work():
        while True:
            desk.ask(interrupt)

    with pytest.raises(KeyboardInterrupt):
        desk.run(work, threads=2)
    assert not _workers()


def _workers():
    return [thread for thread in threading.enumerate() if thread.name.startswith("kerascnn")]
