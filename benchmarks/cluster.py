"""What a Dask cluster adds to a search: seconds per batch and per fit, with one and two workers.

    python -m benchmarks.cluster                     # 10,000 candidates on one split
    python -m benchmarks.cluster --candidates 100    # shows within a minute that it works

The process beside each worker gives an outcome for each fit at once, and trains and builds nothing:
what is measured is the engine, Dask, and what passes between processes. Prints a table.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks import machine
from kerascnn import CNNClassifier, GridSearchCV, environment
from kerascnn.search.engines.dask import DaskEngine
from kerascnn.search.engines.dask_batches import BatchQueue
from kerascnn.search.engines.dask_client import connected
from kerascnn.search.engines.dask_cluster import Cluster
from kerascnn.search.engines.dask_dispatch import Dispatch
from kerascnn.search.fits import Fit, Outcome
from kerascnn.search.plan import Plan
from kerascnn.search.store import NullStore

N_SAMPLES = 100
# What trains beside the workers, in place of kerascnn.search.engines.dask_worker.
NOTHING = """
import pickle
from kerascnn.search.fits import Outcome

OUTCOME = Outcome(0.5, None, 20, 0.0, 0.0, {name: [0.5] for name in ("loss", "accuracy")})

class WorkerSearch:
    def __init__(self, *arguments):
        pass

    def train(self, batch, report):
        for training in batch:
            for fits in training.fits.values():
                for fit in fits:
                    report("outcome", pickle.dumps((*fit, OUTCOME)))
        return "done", None
"""


class CountingCluster(Cluster):
    """A cluster that counts the batches it is given."""

    n_batches = 0

    def submit(self, worker: str, batch: Sequence) -> object:
        """Count and submit a batch."""
        self.n_batches += 1
        return super().submit(worker, batch)


def plan_of(n_candidates: int) -> Plan:
    """Return the plan of a search of so many candidates on one split."""
    draw = np.random.default_rng(0)
    X, y = draw.random((N_SAMPLES, 8, 8, 1), np.float32), np.arange(N_SAMPLES) % 2
    rows = np.arange(N_SAMPLES)
    grid = {"learning_rate": np.linspace(0.001, 0.1, n_candidates)}
    classifier = CNNClassifier("digits_cnn", epochs=1, random_state=0)
    search = GridSearchCV(classifier, grid, cv=[(rows[:80], rows[80:])], engine="dask")
    return search.plan(X, y)


def train_nothing() -> None:
    """Have the processes beside a Dask worker train nothing."""
    from kerascnn.cluster import worker

    worker.TRAINING = "trains_nothing"


def run(plan: Plan, n_workers: int) -> tuple[float, int]:
    """Return the seconds that a cluster takes for a plan's fits, and how many batches these were.

    A batch before the measured ones has started the process beside each worker.
    """
    trainings = [training for each in plan.assignments for training in each.trainings]
    content = DaskEngine(plan.context)._content(trainings)
    with connected(None, n_workers) as client:
        client.wait_for_workers(n_workers)
        client.run(train_nothing)
        dispatched(client, content, plan, trainings[: 4 * n_workers])
        return dispatched(client, content, plan, trainings)


def dispatched(client: object, content: object, plan: Plan, trainings: list) -> tuple[float, int]:
    """Return the seconds that trainings take, and the number of their batches."""
    outcomes: list[Outcome] = []

    def finished(fit: Fit, outcome: Outcome) -> None:
        outcomes.append(outcome)

    started = time.perf_counter()
    cluster = CountingCluster(client, content)  # type: ignore[arg-type]
    queue = BatchQueue(trainings, lambda training: 1.0)
    Dispatch(cluster, plan.context.task, queue, finished, NullStore()).run()
    assert len(outcomes) == len(trainings)
    return time.perf_counter() - started, cluster.n_batches


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--candidates", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    environment.start_tensorflow_quietly()
    print(machine.describe())
    started = time.perf_counter()
    plan = plan_of(options.candidates)
    print(f"planning {options.candidates:,} fits: {time.perf_counter() - started:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "trains_nothing.py").write_text(NOTHING, encoding="utf-8")
        sys.path.append(folder)  # workers on this machine have it as well
        print("workers | batches | seconds | ms per batch | ms per fit")
        for _ in range(options.rounds):
            for n_workers in (1, 2):
                seconds, batches = run(plan, n_workers)
                per_batch, per_fit = 1000 * seconds / batches, 1000 * seconds / options.candidates
                print(f"{n_workers} | {batches} | {seconds:.2f} | {per_batch:.0f} | {per_fit:.2f}")


if __name__ == "__main__":
    main()
