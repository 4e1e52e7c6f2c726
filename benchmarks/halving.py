"""Halving beside the full digits grid: is the best candidate found, and in which part of the time?

    python -m benchmarks.halving                        # seeds 0 to 9
    python -m benchmarks.halving --seeds 1 --epochs 9   # shows within minutes that it works

Writes halving.csv, a row per seed. Each search runs in a process of its own, the two of a seed one
after the other; seconds are those of `fit` without the last fit, tracing included. That two
candidates cannot be told apart is settled by Nadeau & Bengio's corrected resampled t-test (2003,
Machine Learning 52) on the full grid's folds, at 5 %, two-sided.
"""

import argparse
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kerascnn.experiment import GridExperiment, RunOptions
from kerascnn.experiment.files import load_experiment
from kerascnn.experiment.searches import OWN_OPTIONS, make_search
from kerascnn.results.statistics import p_values_of

EXPERIMENT = "grid-digits"
OUTPUT = Path("reports/benchmark-halving")
LEVEL = 0.05
AIM = {"found": 0.9, "part of the time": 1 / 3}


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Attributes:
        seconds: of its `fit`.
        settings: every candidate's parameters but the epochs.
        folds: every candidate's scores, (n_candidates, n_splits).
        best: the row of the best.
    """

    seconds: float
    settings: list[dict[str, Any]]
    folds: np.ndarray
    best: int


def run(search: str, seed: int, epochs: int | None) -> Found:
    """Run a search over the experiment's grid on its training split."""
    options = RunOptions(seed=seed, epochs=epochs, progress=False)
    _, loaded = load_experiment(EXPERIMENT)
    assert isinstance(loaded, GridExperiment)
    experiment = replace(loaded, search=search).adapted(options)
    split = experiment.load(options)
    estimator = experiment.classifier(experiment.model, seed)
    settings: dict[str, Any] = {"cv": experiment.folds, "refit": False, "return_train_score": False}
    own = {name: getattr(experiment, name) for name in OWN_OPTIONS}
    grid = dict(experiment.grid)
    made = make_search(search, grid, estimator, seed, own, progress=False, **settings)
    start = time.perf_counter()
    made.fit(split.X, split.y)
    seconds = time.perf_counter() - start
    results = made.cv_results_
    folds = [results[f"split{number}_test_score"] for number in range(made.n_splits_)]
    candidates = [
        {name: value for name, value in setting.items() if name != "epochs"}
        for setting in results["params"]
    ]
    return Found(seconds, candidates, np.stack(folds, axis=1), int(made.best_index_))


def p_value(one: np.ndarray, other: np.ndarray) -> float:
    """Return the p-value of two candidates' scores on the same folds, (n_folds,) each."""
    return float(p_values_of((one - other)[None], 1 / (len(one) - 1))[0])


def compared(seed: int, full: Found, halved: Found) -> dict[str, float | bool]:
    """Return a row of the table."""
    chosen = full.settings.index(halved.settings[halved.best])
    p = p_value(full.folds[full.best], full.folds[chosen])
    return {
        "seed": seed,
        "same candidate": chosen == full.best,
        "found": chosen == full.best or p > LEVEL,
        "p": p,
        "full grid's best": full.folds[full.best].mean(),
        "halving's best in the full grid": full.folds[chosen].mean(),
        "full grid, s": full.seconds,
        "halving, s": halved.seconds,
        "part of the time": halved.seconds / full.seconds,
    }


def in_own_process(*arguments: Any) -> Found:
    """Run a search where no other has run."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
        return pool.submit(run, *arguments).result()


def main(given: Sequence[str] | None = None) -> None:
    """Measure seed after seed, write the table as it grows, and say what came of the aim."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.halving", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--seeds", type=int, default=10, help="how many, from 0 (10)")
    parser.add_argument("--epochs", type=int, default=None, help="the experiment's own")
    parser.add_argument("--output", type=Path, default=OUTPUT, help=f"default {OUTPUT}")
    options = parser.parse_args(given)
    options.output.mkdir(parents=True, exist_ok=True)
    rows = []
    for seed in range(options.seeds):
        full, halved = (
            in_own_process(search, seed, options.epochs) for search in ("grid", "halving")
        )
        rows.append(compared(seed, full, halved))
        table = pd.DataFrame(rows)
        table.to_csv(options.output / "halving.csv", index=False)
        print(table.tail(1).to_string(header=seed == 0, index=False), flush=True)
    print(
        f"found in {int(table['found'].sum())} of {len(table)} seeds (aim {AIM['found']:.0%}), in "
        f"{table['part of the time'].median():.2f} of the time (aim {AIM['part of the time']:.2f})"
    )


if __name__ == "__main__":
    main()
