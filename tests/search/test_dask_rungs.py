"""Halving searches on a Dask cluster train nothing twice: where trainings end travels with them."""

import pickle
import sqlite3
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
import sklearn.model_selection
from distributed import LocalCluster
from sklearn.experimental import enable_halving_search_cv  # noqa: F401

from kerascnn import HalvingGridSearchCV
from kerascnn.cluster.messages import BatchResult
from kerascnn.search.engines import dask, dask_batches
from kerascnn.search.engines.dask_worker import WorkerSearch, surroundings
from tests.search.expectations import ONE_SPLIT, assert_equal_results, classifier, linear

GRID = {"learning_rate": [0.003, 0.01, 0.03, 0.1]}
# Rungs of 4, 2 and 1 candidates, for 1, 2 and 4 epochs.
RUNGS = {"resource": "epochs", "max_resources": 4, "factor": 2, "cv": ONE_SPLIT, "refit": False}
EPOCHS_IN_ALL = 4 * 1 + 2 * (2 - 1) + 1 * (4 - 2)


def halving(**arguments) -> HalvingGridSearchCV:
    """Return a search of three rungs on a cluster."""
    estimator = arguments.pop("estimator", None) or classifier(linear, optimizer="adam")
    return HalvingGridSearchCV(estimator, GRID, **{**RUNGS, "engine": "dask", **arguments})


@pytest.fixture(scope="module")
def stock(three_digits) -> sklearn.model_selection.HalvingGridSearchCV:
    """Return scikit-learn's search of three rungs, fitted."""
    estimator = classifier(linear, optimizer="adam")
    return sklearn.model_selection.HalvingGridSearchCV(estimator, GRID, **RUNGS).fit(*three_digits)


@pytest.mark.numbers
def test_rungs_on_a_cluster_equal_those_of_scikit_learn(stock, three_digits, tmp_path):
    """Whichever worker goes on with a training; no state is left in the store."""
    store = tmp_path / "fits.sqlite"
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", memory_limit=0
    ) as cluster:
        search = halving(scheduler=cluster.scheduler_address, store=store).fit(*three_digits)
    assert_equal_results(search.cv_results_, stock.cv_results_)
    assert "2 fits go on from where they ended" in search.plan_.describe()
    with sqlite3.connect(store) as file:
        assert file.execute("SELECT COUNT(*) FROM ends").fetchone() == (0,)


@dataclass
class ClusterHere:
    """A cluster whose two workers train in this process, a batch at once."""

    client: object
    content: object
    address: str = "tcp://here"
    sizes: list[int] = field(default_factory=list)

    def __post_init__(self):
        pack = self.content.packed()
        self._search = WorkerSearch(pack.pickled, pack.buffers, surroundings(), 1)

    def connect(self):
        """Say that nothing was lost."""
        return False

    def workers(self):
        """Return the threads of each worker."""
        return {"one": 1, "two": 1}

    def submit(self, worker, batch):
        """Train a batch."""
        self.sizes.append(len(batch))
        reported = {"outcome": [], "end": []}

        def report(kind, content):
            reported[kind].append(content)

        ended, reason = self._search.train(pickle.loads(pickle.dumps(batch)), report)
        assert ended == "done", reason
        result = BatchResult(reported["outcome"], reported["end"])
        return SimpleNamespace(
            status="finished", result=lambda timeout: result, release=lambda: None
        )

    def reports(self, seconds):
        """Report nothing before a batch has ended."""
        return []

    def close(self, futures):
        """Do nothing."""


@pytest.fixture
def clusters(monkeypatch) -> list[ClusterHere]:
    """Return the clusters that searches have used so far, all of them in this process."""
    made = []

    def here(client, content):
        made.append(ClusterHere(client, content))
        return made[-1]

    monkeypatch.setattr(dask, "Cluster", here)
    monkeypatch.setattr(dask, "connected", lambda *_: nullcontext())
    return made


def test_nothing_is_trained_twice(clusters, epochs_trained, stock, three_digits):
    """Survivors train the epochs that their rung adds, without a store too."""
    search = halving().fit(*three_digits)
    assert len(clusters) == 3
    assert len(epochs_trained) == EPOCHS_IN_ALL
    assert_equal_results(search.cv_results_, stock.cv_results_)


def test_a_cluster_goes_on_from_what_was_trained_here(
    clusters, epochs_trained, three_digits, tmp_path, monkeypatch
):
    """A search that was stopped after its first rung is completed elsewhere."""
    store, rungs = tmp_path / "fits.sqlite", []

    def stop_after_one(self, number):
        rungs.append(number)
        if len(rungs) > 1:
            raise KeyboardInterrupt
        return rung(self, number)

    rung = HalvingGridSearchCV._rung
    with monkeypatch.context() as changed:
        changed.setattr(HalvingGridSearchCV, "_rung", stop_after_one)
        with pytest.raises(KeyboardInterrupt):
            halving(engine="compiled", store=store).fit(*three_digits)
    epochs_trained.clear()
    search = halving(store=store).fit(*three_digits)
    assert search.n_restored_ == 4
    assert len(epochs_trained) == EPOCHS_IN_ALL - 4


def test_large_states_make_small_batches(clusters, three_digits, monkeypatch):
    """What comes back with a batch is bounded."""
    monkeypatch.setattr(dask_batches, "BATCHES_PER_THREAD", 1)
    halving().fit(*three_digits)
    assert clusters[0].sizes[0] == 2
    monkeypatch.setattr(dask_batches, "BYTES_AT_MOST", 1)
    halving().fit(*three_digits)
    assert clusters[3].sizes == [1] * 4


def test_what_starts_anew_sends_no_state(clusters, three_digits):
    """Keras's own fits start anew, and the plan does not say otherwise."""
    estimator = classifier(linear, optimizer="adam", compile__run_eagerly=True)
    plan = halving(estimator=estimator, n_jobs=1).plan(*three_digits)
    assert "go on" not in plan.announcement()
