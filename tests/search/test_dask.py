"""Searches on a Dask cluster give the numbers of separate fits, whatever happens to its workers."""

import importlib.util
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import keras
import numpy as np
import pytest
from distributed import Client, LocalCluster
from sklearn.base import clone

from kerascnn import GridSearchCV
from kerascnn.cli import main
from kerascnn.cluster import worker
from kerascnn.cluster.messages import BatchResult, Pack, PlainTraining
from kerascnn.search.engines.dask import DaskEngine
from kerascnn.search.engines.dask_batches import BatchQueue
from kerascnn.search.engines.dask_dispatch import Dispatch
from kerascnn.search.engines.dask_worker import WorkerSearch, surroundings
from kerascnn.search.fits import Outcome
from kerascnn.search.store import NullStore
from tests.search.expectations import assert_equal_searches, classifier

ROOT = Path(__file__).parents[2]
GRID = {"learning_rate": [0.01, 0.1], "model__n_filters": [2, 3]}


@pytest.fixture(scope="module")
def cluster():
    """Return a cluster of two processes with one thread each."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", memory_limit=0
    ) as started:
        yield started


@pytest.fixture
def client(cluster):
    """Return a client that is not the current one."""
    with Client(cluster, set_as_default=False) as connected:
        connected.wait_for_workers(2)
        yield connected


def search(scheduler=None, grid=GRID, **arguments) -> GridSearchCV:
    """Return a search on a cluster."""
    settings = {"cv": 2, "refit": False, "engine": "dask", "scheduler": scheduler}
    return GridSearchCV(classifier(), grid, **{**settings, **arguments})


def test_a_cluster_gives_the_numbers_of_separate_fits(client, three_digits):
    """Columns and curves are equal to the bit: merged, weighted, and not compiled."""
    grid = [{"learning_rate": [0.01], "epochs": [1, 2]}, {"compile__run_eagerly": [True]}]
    weights = {"sample_weight": np.linspace(0.5, 1.5, 90)}
    found, expected = (
        search(client, grid, return_train_score=True).set_params(**engine)
        for engine in ({}, {"engine": "serial", "scheduler": None})
    )
    assert_equal_searches(
        found.fit(*three_digits, **weights), expected.fit(*three_digits, **weights)
    )
    assert "6 on a Dask cluster" in found.plan_.describe()


@contextmanager
def processes_killed(client, after):
    """Kill a random worker, or the process that trains beside it, after so many seconds each."""
    draw = random.Random(0)

    def pids(dask_worker):
        from kerascnn.cluster.worker import TrainerProcess

        running = TrainerProcess._running
        return [os.getpid(), *([running._process.pid] if running else [])]

    def kill():
        for seconds in after:
            time.sleep(seconds)
            found = client.run(pids, on_error="ignore").values()
            os.kill(draw.choice([pid for some in found for pid in some]), signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    yield
    thread.join()


def test_killed_and_late_workers_change_nothing(cluster, client, three_digits, tmp_path):
    """What dead workers left is done by others, one that joins late among them; all is stored."""
    store, grid = tmp_path / "fits.sqlite", {**GRID, "epochs": [10]}
    cluster.scale(3)
    with processes_killed(client, after=[0.5, 1, 1]):
        found = search(client, grid, store=store, cv=3).fit(*three_digits)
    expected = search(grid=grid, engine="compiled", cv=3)
    assert_equal_searches(found, clone(expected).fit(*three_digits))
    assert expected.set_params(store=store).fit(*three_digits).n_restored_ == 12


class TooLateError(Exception):
    """An error with arguments of its own."""

    def __init__(self, *, epoch):
        super().__init__(epoch)
        self.epoch = epoch

    def __reduce__(self):
        return _too_late, (self.epoch,)


def _too_late(epoch):
    return TooLateError(epoch=epoch)


class Failing(keras.callbacks.Callback):
    """A callback that fails."""

    def on_epoch_end(self, epoch, logs=None):
        """Fail."""
        raise TooLateError(epoch=epoch)


def test_a_fit_raises_its_own_exception(client, three_digits):
    """With error_score="raise", as in this process."""
    grid = {"callbacks": [[Failing()]]}
    with pytest.raises(TooLateError) as raised:
        search(client, grid, error_score="raise").fit(*three_digits)
    assert raised.value.epoch == 0
    assert "on_epoch_end" in raised.value.__notes__[-1]


def test_a_scheduler_that_is_killed_ends_a_search_with_one_error(three_digits):
    """The error says how to resume."""
    command = [sys.executable, "-m", "dask", "scheduler", "--port", "0", "--no-dashboard"]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1"], stderr=subprocess.PIPE, text=True
    ) as process:
        line = next(line for line in process.stderr if "Scheduler at" in line)
        threading.Timer(3, process.kill).start()
        with pytest.raises(ConnectionError, match="was lost: with a store"):
            search(line.split()[-1]).fit(*three_digits)


def test_a_scheduler_that_does_not_answer_is_an_error_at_once(three_digits, capsys):
    """In Python and on the command line, before anything is trained."""
    started = time.monotonic()
    with pytest.raises(ConnectionError, match="does not answer within 5 s"):
        search("tcp://127.0.0.1:9").fit(*three_digits)
    assert time.monotonic() - started < 10
    with pytest.raises(SystemExit):
        main(["plan", "grid-digits", "--engine", "dask", "--scheduler", "nowhere"])
    assert "scheduler='nowhere' does not answer" in capsys.readouterr().err


def test_a_scheduler_that_no_engine_uses_is_an_error(three_digits, capsys):
    """Here and on the command line."""
    with pytest.raises(ValueError, match="used by engine='dask' only"):
        search("tcp://127.0.0.1:9", engine="compiled").fit(*three_digits)
    with pytest.raises(ValueError, match="scheduler=8786 is none"):
        search(8786).plan(*three_digits)
    with pytest.raises(SystemExit):
        main(["plan", "grid-digits", "--scheduler", "tcp://127.0.0.1:9"])
    assert "set engine='dask'" in capsys.readouterr().err


def test_a_missing_dask_is_an_error_with_the_remedy(three_digits, monkeypatch):
    """It names the extra."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'kerascnn\[dask\]'"):
        search().plan(*three_digits)


def test_a_plan_starts_no_cluster(client, three_digits):
    """It says how many workers there are, or would be."""
    assert "started on this machine, 3 workers" in search(n_jobs=3).plan(*three_digits).describe()
    described = search(client, n_jobs=1).plan(*three_digits).describe()
    assert f"scheduler {client.scheduler.address}, 1 worker with 1 thread" in described


class Counting(keras.callbacks.Callback):
    """A callback that changes what its fits share."""

    epochs = 0

    def on_epoch_end(self, epoch, logs=None):
        """Count."""
        type(self).epochs += 1


def test_what_must_run_in_order_runs_here(three_digits):
    """The plan says why."""
    grid = {"callbacks": [[], [Counting()]]}
    described = search(grid=grid).plan(*three_digits).describe()
    assert "4 fits: 2 on a Dask cluster" in described
    assert "2 compiled, 1 network on 1 thread, not on the cluster: " in described


def test_the_current_client_is_taken(cluster, three_digits):
    """Unless a scheduler is named."""
    with Client(cluster) as current:
        described = search().plan(*three_digits).describe()
        assert current.scheduler.address in described


def test_a_search_with_a_client_is_cloned_and_pickled(client):
    """A clone shares the client; what is pickled has its scheduler's address."""
    made = search(client)
    assert clone(made).scheduler is client
    assert pickle.loads(pickle.dumps(made)).scheduler == client.scheduler.address


# From here on, without a cluster.


DYING = """
import os, signal

class WorkerSearch:
    def __init__(self, *arguments):
        pass

    def train(self, batch, report):
        report("outcome", b"first")
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_dies_says_so_and_keeps_what_it_reported(tmp_path, monkeypatch):
    """What is not wanted any more is killed at once."""
    (tmp_path / "dying.py").write_text(DYING)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(worker, "TRAINING", "dying")
    reports: list[tuple[str, bytes]] = []

    def report(*what):
        reports.append(what)

    process = worker.TrainerProcess({}, 1)
    ended = process.train(Pack(b"", ()), [], report, lambda: True)
    assert (ended, reports) == ({"death": "exit code -9"}, [("outcome", b"first")])
    other = worker.TrainerProcess({}, 1)
    with pytest.raises(worker.Unwanted):
        other.train(Pack(b"", ()), [], report, lambda: False)


def test_a_first_fit_that_ends_its_process_is_a_death(tmp_path, monkeypatch):
    """Whatever the exit code: only a process that never began would end anywhere."""
    (tmp_path / "leaving.py").write_text(
        DYING.replace('report("outcome", b"first")', "os._exit(1)")
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(worker, "TRAINING", "leaving")
    process = worker.TrainerProcess({}, 1)
    ended = process.train(Pack(b"", ()), [], print, lambda: True)
    assert ended == {"death": "exit code 1"}


@pytest.fixture
def planned(three_digits):
    """Return the plan of a search on a cluster that is not started."""
    return search().plan(*three_digits)


def trainings_of(plan):
    """Return a plan's trainings."""
    return [training for each in plan.assignments for training in each.trainings]


def beside_worker(plan, expected=None, **changes) -> WorkerSearch:
    """Return a search as it is beside a worker, in this process."""
    content = DaskEngine(plan.context)._content(trainings_of(plan))
    pack = replace(content, **changes).packed()
    return WorkerSearch(pack.pickled, pack.buffers, expected or surroundings(), 1)


def test_other_versions_are_refused(planned):
    """The reason names what differs."""
    with pytest.raises(Exception, match=r"keras is .* there, 2\.0 here"):
        beside_worker(planned, {**surroundings(), "keras": "2.0"})
    with pytest.raises(Exception, match="kerascnn is of files"):
        beside_worker(planned, {**surroundings(), "kerascnn": "of files abc"})


def test_other_code_is_refused(planned):
    """A candidate or scorer of another identity is not trained."""
    batch = [PlainTraining(0, {2: [(0, 0)]})]
    for changes in ({"identities": {0: "another"}}, {"scorer": "another"}):
        kind, reason = beside_worker(planned, **changes).train(batch, print)
        assert kind == "refusal"
        assert "differs there" in reason


@dataclass
class FakeFuture:
    """A batch on a worker of a test."""

    batch: list
    status: str = "pending"
    value: BatchResult = field(default_factory=BatchResult)

    def result(self, timeout=None):
        """Return what came of it."""
        return self.value

    def release(self):
        """Do nothing."""


class FakeCluster:
    """Workers of a test, which decides what becomes of each batch."""

    address = "tcp://fake"

    def __init__(self, workers, fate):
        self.now, self.fate, self.sizes = dict(workers), fate, []

    def connect(self):
        """Say that nothing was lost."""
        return False

    def workers(self):
        """Return the threads of each worker."""
        return dict(self.now)

    def submit(self, worker, batch):
        """Decide."""
        self.sizes.append(len(batch))
        future = FakeFuture(batch)
        self.fate(self, worker, future)
        return future

    def reports(self, seconds):
        """Report nothing before a batch has ended."""
        return []

    def close(self, futures):
        """Do nothing."""


def done(future):
    """Let a batch end well."""
    outcome = Outcome(0.5, None, 30, 0.0, 0.0, {})
    fits = [fit for each in future.batch for same in each.fits.values() for fit in same]
    future.value = BatchResult([pickle.dumps((*fit, outcome)) for fit in fits])
    future.status = "finished"


def dispatched(plan, cluster, limit=None):
    """Return the outcomes that a search has on a cluster of a test, by candidate and split."""
    outcomes = {}
    queue = BatchQueue(trainings_of(plan), lambda training: 1.0)
    Dispatch(
        cluster,
        plan.context.task,
        queue,
        lambda fit, outcome: outcomes.setdefault((fit.candidate, fit.split), outcome),
        NullStore(),
        limit,
    ).run()
    return outcomes


def test_a_worker_that_dies_is_replaced_by_one_that_joins(planned):
    """All fits of the others are done in the end, none twice."""

    def fate(cluster, worker, future):
        if worker == "first":
            cluster.now = {"second": 1}
        else:
            done(future)

    outcomes = dispatched(planned, FakeCluster({"first": 1}, fate))
    assert len(outcomes) == 8
    assert not any(outcome.error for outcome in outcomes.values())


def test_the_culprit_is_found_by_ever_smaller_batches(three_digits):
    """Of many fits in a batch only the one that kills has the error score."""
    plan = search(grid={"learning_rate": np.linspace(0.01, 0.1, 40)}).plan(*three_digits)

    def fate(cluster, worker, future):
        done(future)
        if any(each.candidate == 7 for each in future.batch):
            future.value = BatchResult(death="exit code -9")

    cluster = FakeCluster({"one": 1, "two": 4}, fate)
    outcomes = dispatched(plan, cluster)
    failed = {key for key, outcome in outcomes.items() if outcome.error}
    assert failed == {(7, 0), (7, 1)}
    assert len(outcomes) == 80
    assert max(cluster.sizes) > 10


def test_a_worker_that_would_compute_something_else_is_left_out(planned):
    """The others do its work; if there are none, that is an error that gives the reason."""

    def fate(cluster, worker, future):
        done(future)
        if worker == "old":
            future.value = BatchResult(refusal="keras is 2.0 there, 3.0 here")

    with pytest.warns(UserWarning, match="worker old is left out: keras is 2.0 there"):
        assert len(dispatched(planned, FakeCluster({"old": 1, "new": 1}, fate))) == 8
    with (
        pytest.warns(UserWarning, match="left out"),
        pytest.raises(ValueError, match="no worker that would give this process's numbers"),
    ):
        dispatched(planned, FakeCluster({"old": 1}, fate))


def test_a_cancelled_batch_is_done_again(planned):
    """A batch that Dask has lost is nobody's fault."""
    lost = []

    def fate(cluster, worker, future):
        done(future)
        if len(lost) < 5:
            lost.append(future)
            future.status = "cancelled"

    assert not any(o.error for o in dispatched(planned, FakeCluster({"one": 1}, fate)).values())
