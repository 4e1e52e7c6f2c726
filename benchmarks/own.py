"""The same grid with kerascnn, whole, in a process of its own.

python -m benchmarks.own job.json answer.json
"""

import sys
import time
from pathlib import Path

import numpy as np

from benchmarks import data
from benchmarks.jobs import Answer, Job, peak_memory, read_job, seconds_since_launch, write
from kerascnn import CNNClassifier, GridSearchCV


def grid_search(job: Job) -> Answer:
    """Run kerascnn's GridSearchCV over the whole grid."""
    case = job.case
    X, y = data.load(job.data)
    search = GridSearchCV(
        CNNClassifier(case.model, random_state=data.SEED, **case.parameters),
        dict(case.grid),
        cv=data.splits(case, y),
        refit=False,
        return_train_score=case.folds is None,  # the loop evaluates its training samples too
        progress=False,
    )
    startup, start = seconds_since_launch(job), time.perf_counter()
    search.fit(X, y)
    seconds = (time.perf_counter() - start) / case.n_fits
    found = search.cv_results_
    scores = np.stack([found[f"split{k}_test_score"] for k in range(case.folds or 1)], axis=1)
    asked, done = operations(search)
    how = search.plan_.describe()
    return Answer(startup, seconds, scores.tolist(), peak_memory(), asked, done, how)


def operations(search: GridSearchCV) -> tuple[float, float]:
    """Return the floating-point operations that were asked for and those carried out.

    Fewer are carried out where candidates share a training or a training diverged.
    """
    diverged = search.diverged_.set_index(["candidate", "split"])["epoch"].to_dict()
    asked = done = 0.0
    for training in search.plan_.trainings:
        asked += training.flops_per_epoch * sum(e * n for e, n in training.n_fits.items())
        last = diverged.get((training.candidate, training.split))
        done += training.flops_per_epoch * (last or max(training.n_fits))
    return asked, done


def main(job_file: str, answer_file: str) -> None:
    """Do the job and write the answer."""
    write(grid_search(read_job(job_file)), Path(answer_file))


if __name__ == "__main__":
    main(*sys.argv[1:])
