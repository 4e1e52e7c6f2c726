"""The ways that users have without kerascnn, each in a process of its own.

    python -m benchmarks.peers job.json answer.json

kerascnn is never imported here: it would make its settings for TensorFlow.
"""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from benchmarks import data
from benchmarks.cases import LOOP, SCIKERAS
from benchmarks.jobs import Answer, Job, peak_memory, read_job, seconds_since_launch, write

# scikeras's names for what a grid calls otherwise.
ROUTES = {"learning_rate": "optimizer__learning_rate", "l2": "model__l2"}
TASKS_PER_WORKER = 4
PAUSE = 0.1  # seconds that keep a worker busy, so that the next task goes to another


def start_tensorflow() -> None:
    """Import TensorFlow and run a first operation, so that it belongs to the start-up."""
    import tensorflow as tf

    tf.linalg.matmul(tf.ones((2, 2)), tf.ones((2, 2)))


def loop(job: Job) -> Answer:
    """Run the course's loop: build, compile, fit and evaluate a model for every candidate."""
    from benchmarks import networks

    X, y, splits = _load(job)
    train, test = splits[0]
    start_tensorflow()
    startup, seconds, scores = seconds_since_launch(job), [], []
    for candidate in job.case.sampled:
        start = time.perf_counter()
        settings = {**job.case.parameters, **candidate}
        model = getattr(networks, job.case.model)(l2=settings["l2"])
        _compile(model, settings, networks.loss(job.case.model))
        fitting = {"epochs": settings["epochs"], "batch_size": settings["batch_size"], "verbose": 0}
        model.fit(X[train], y[train], **fitting)
        model.evaluate(X[train], y[train], verbose=0)
        scores.append([model.evaluate(X[test], y[test], verbose=0)[1]])
        seconds.append(time.perf_counter() - start)
    return Answer(startup, fmean(seconds), scores, peak_memory())


def _compile(model: Any, settings: Mapping[str, Any], loss: Any) -> None:
    import keras

    optimizer = keras.optimizers.get(settings["optimizer"])
    optimizer.learning_rate = settings["learning_rate"]
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])


def grid_search(job: Job) -> Answer:
    """Run scikit-learn's GridSearchCV over scikeras's KerasClassifier."""
    from scikeras.wrappers import KerasClassifier
    from sklearn.model_selection import GridSearchCV

    from benchmarks import networks

    case, n_jobs = job.case, job.contender.n_jobs
    X, y, splits = _load(job)
    start_tensorflow()
    if n_jobs > 1:
        _in_each_worker(start_tensorflow, n_jobs)
    estimator = KerasClassifier(
        getattr(networks, case.model),
        loss=networks.loss(case.model),
        verbose=0,
        **_routed(case.parameters),
    )
    grid = [_routed({name: [value] for name, value in some.items()}) for some in case.sampled]
    folds = splits[: case.sampled_folds]
    search = GridSearchCV(estimator, grid, cv=folds, n_jobs=n_jobs, refit=False)
    startup = seconds_since_launch(job)
    search.fit(X, y)
    found = search.cv_results_
    seconds = fmean(found["mean_fit_time"] + found["mean_score_time"]) / n_jobs
    scores = np.stack([found[f"split{k}_test_score"] for k in range(len(folds))], axis=1)
    memory = peak_memory()
    if n_jobs > 1:
        memory += sum(dict(_in_each_worker(_pid_and_memory, n_jobs)).values())
    return Answer(startup, seconds, scores.tolist(), memory)


def _load(job: Job) -> tuple[np.ndarray, np.ndarray, data.Splits]:
    X, y = data.load(job.data)
    return data.as_numbers(X), y, data.splits(job.case, y)


def _routed(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters under scikeras's names."""
    return {ROUTES.get(name, name): value for name, value in parameters.items()}


def _in_each_worker(function: Any, n_jobs: int) -> list[Any]:
    """Call a function in every worker process that GridSearchCV will use, some times each."""
    tasks = range(n_jobs * TASKS_PER_WORKER)
    return Parallel(n_jobs=n_jobs, batch_size=1)(delayed(_slowly)(function) for _ in tasks)


def _slowly(function: Any) -> Any:
    time.sleep(PAUSE)
    return function()


def _pid_and_memory() -> tuple[int, int]:
    return os.getpid(), peak_memory()


def main(job_file: str, answer_file: str) -> None:
    """Do the job and write the answer."""
    job = read_job(job_file)
    answer = {LOOP: loop, SCIKERAS: grid_search}[job.contender.kind](job)
    if "kerascnn" in sys.modules:
        raise RuntimeError("kerascnn was imported in a peer's process: its settings are not plain")
    write(answer, Path(answer_file))


if __name__ == "__main__":
    main(*sys.argv[1:])
