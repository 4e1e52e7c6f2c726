"""Options of a run: all that a person may change about an experiment."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunOptions:
    """Options of one run; None leaves the experiment's own setting.

    Attributes:
        output: the folder that reports are written beneath.
        epochs: training epochs, at least 1.
        folds: cross-validation folds, at least 2.
        engine: how fits are run, see `kerascnn.GridSearchCV`.
        search: "grid", "halving" or "random", see `GridExperiment`.
        n_iter: how many settings a random search tries, at least 1.
        factor: a halving search keeps one in so many candidates a rung, at least 2.
        scheduler: address of a cluster's scheduler, for the engine "dask".
        seed: the seed of the test split, the initial weights, the batch order and dropout.
        data: a dataset's name or path in place of the experiment's own.
        smoke: a run of a few seconds that shows that everything works, and nothing else.
        fresh: train again what an earlier run has finished.
        n_jobs: worker processes; None for one per core.
        periodic: whether the last column of images is beside the first, as on a map of the earth.
        progress: whether to show progress; None shows it on a terminal. False also leaves out
            the page that follows the run.
        open_page: whether to open that page in a browser.
        command: the command line that the report names.
    """

    output: Path = Path("reports")
    epochs: int | None = None
    folds: int | None = None
    engine: str | None = None
    search: str | None = None
    n_iter: int | None = None
    factor: int | None = None
    scheduler: str | None = None
    seed: int = 0
    data: str | None = None
    smoke: bool = False
    fresh: bool = False
    n_jobs: int | None = None
    periodic: bool = False
    progress: bool | None = None
    open_page: bool = False
    command: str = ""
