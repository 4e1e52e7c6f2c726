"""GridSearchCV: scikit-learn's, with engines, a store of finished fits and progress."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sklearn.model_selection

from kerascnn.search.base import BaseSearch

Grid = Mapping[str, Sequence[Any] | np.ndarray]


class GridSearchCV(BaseSearch, sklearn.model_selection.GridSearchCV):
    """Exhaustive search over a parameter grid, as scikit-learn's, made for estimators of CNNs.

    All arguments and attributes of `sklearn.model_selection.GridSearchCV` mean what they mean
    there; with another estimator than this package's this class simply is that one. A fit whose
    loss is not finite has diverged: it ends there, scores `error_score` and ranks last, without
    a warning, because that is a result.

    Args:
        estimator: a CNNClassifier, CNNRegressor or ConvAutoencoder, a Pipeline that ends in one,
            or any other estimator. If its `random_state` is None, one seed is drawn for all fits
            and kept as `seed_`.
        param_grid: parameter name → values, or a list of such grids.
        scoring: see scikit-learn.
        n_jobs: worker processes where fits run in processes; None for one per core. On a cluster
            that is there already, how many of its workers are used at most; None for all.
        refit: see scikit-learn.
        cv: see scikit-learn; an integer means folds, stratified for classifiers.
        verbose: above 0, the progress is shown as with `progress=True`.
        pre_dispatch: used with other estimators only.
        error_score: see scikit-learn.
        return_train_score: see scikit-learn.
        engine: "auto" takes the fastest way that is exact for each candidate: "stacks", many of
            the smallest networks in one graph, equal to separate fits but for rounding;
            "compiled", Keras's own training step compiled into whole epochs, on every core, equal
            to the last bit; "processes", Keras fits in worker processes. Each can be asked for
            alone, "fused" is the first two, and "serial" is one Keras fit after another. "dask"
            is compiled lanes on the workers of a Dask cluster.
        store: a file in which finished fits are kept; a search that was killed takes them
            from there and ends with the same numbers. None keeps nothing.
        progress: whether a progress bar is shown on standard error; None shows it where that
            is a terminal.
        scheduler: with engine="dask", the cluster: its scheduler's address, such as
            "tcp://192.168.0.1:8786", or a `distributed.Client`. None takes the program's current
            client, or else starts `n_jobs` worker processes on this machine for the search.

    Attributes:
        learning_curves_: one row per fit and epoch: candidate, split, epoch (from 1), loss,
            val_loss, and accuracy, val_accuracy or other metrics that the estimator records, NaN
            where a fit has none. A pandas DataFrame.
        best_epochs_: where fits with `early_stopping` ended: candidate, split, epoch (the last
            trained), best_epoch (whose weights were kept). A pandas DataFrame.
        diverged_: the fits that diverged: candidate, split, epoch. A pandas DataFrame.
        n_samples_: how many samples the splits are of.
        test_train_ratio_: how many test samples there are to each training sample of a split.
        plan_: what ran how, and why: `print(search.plan_.describe())`.
        n_restored_: how many fits came from the store.
        seed_: the `random_state` of all fits that the grid does not set themselves.
    """

    def __init__(
        self,
        estimator: Any,
        param_grid: Grid | Sequence[Grid],
        *,
        scoring: Any = None,
        n_jobs: int | None = None,
        refit: Any = True,
        cv: Any = None,
        verbose: int = 0,
        pre_dispatch: int | str = "2*n_jobs",
        error_score: float | str = np.nan,
        return_train_score: bool = False,
        engine: str = "auto",
        store: str | Path | None = None,
        progress: bool | None = None,
        scheduler: Any = None,
    ) -> None:
        super().__init__(
            estimator,
            param_grid,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self._run_by(engine=engine, store=store, progress=progress, scheduler=scheduler)
