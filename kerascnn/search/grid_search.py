"""GridSearchCV: scikit-learn's, with engines, a store of finished fits and progress."""

import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import sklearn.model_selection
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.internals.scikit_learn import (
    insert_error_scores,
    scorers_by_name,
    warn_or_raise_about_fit_failures,
)
from kerascnn.search import results
from kerascnn.search.callbacks import SearchCallbacks, search_callbacks
from kerascnn.search.checks import check_lasting, check_reach
from kerascnn.search.engines.dask_client import scheduler_address
from kerascnn.search.fits import Fit, Outcome, SearchTask, enumerate_fits
from kerascnn.search.plan import Plan, make_plan
from kerascnn.search.preparation import Preparation, prepare
from kerascnn.search.refit import refit
from kerascnn.search.run import run_plan
from kerascnn.search.store import open_store

Grid = Mapping[str, Sequence[Any] | np.ndarray]


class GridSearchCV(sklearn.model_selection.GridSearchCV):
    """Exhaustive search over a parameter grid, as scikit-learn's, made for estimators of CNNs.

    All arguments and attributes of `sklearn.model_selection.GridSearchCV` mean what they mean
    there; with another estimator than this package's this class simply is that one. A fit whose
    loss is not finite has diverged: it ends there, scores `error_score` and ranks last, without
    a warning, because that is a result.

    Args:
        estimator: a CNNClassifier, CNNRegressor or ConvAutoencoder, or any scikit-learn
            estimator. If its `random_state` is None, one seed is drawn for all fits and kept as
            `seed_`.
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
            accuracy, val_loss, val_accuracy. A pandas DataFrame.
        diverged_: the fits that diverged: candidate, split, epoch. A pandas DataFrame.
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
        self.engine = engine
        self.store = store
        self.progress = progress
        self.scheduler = scheduler

    def __sklearn_clone__(self) -> Self:
        """Return a clone that shares the scheduler: a client is a connection, and has no copy."""
        scheduler, self.scheduler = self.scheduler, None
        try:
            copy: Self = super().__sklearn_clone__()
        finally:
            self.scheduler = scheduler
        return copy.set_params(scheduler=scheduler)

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: of a client, its scheduler's address."""
        state: dict[str, Any] = super().__getstate__()
        return {**state, "scheduler": scheduler_address(self.scheduler)}

    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Fit every candidate on every split, then the best candidate on all samples.

        Args:
            X: images, (n, height, width, channels), (n, height, width) or (n, features).
            y: labels, (n,).
            **params: further arguments of the estimator's `fit`, such as `sample_weight`, and
                of the splitter, such as `groups`.

        Raises:
            ValueError: if an argument, a candidate or the data is wrong (before any training),
                or if every fit failed or diverged.
            ConnectionError: if the scheduler of a cluster does not answer, or is lost.
        """
        check_reach(self)
        if not isinstance(self.estimator, CNNEstimator):
            return super().fit(X, y, **params)
        self._validate_params()
        prepared = prepare(self, X, y, params)
        task = prepared.task
        with search_callbacks(self, task, params.get("sample_weight")) as callbacks:
            plan = self._plan(prepared)
            outcomes = self._run(plan, task, callbacks)
            self._choose_best(outcomes, prepared.refit_metric)
            if self.refit:
                self._refit_best(plan, callbacks)
        return self

    def plan(self, X: Any, y: Any = None, **params: Any) -> Plan:
        """Return how `fit` would run with the same arguments, without training anything.

        A cluster that is there is asked for its workers; none is started.
        """
        check_reach(self)
        check_lasting(self.cv)
        self._validate_params()
        return self._plan(prepare(self, X, y, params, keep_seed=False))

    def _plan(self, prepared: Preparation) -> Plan:
        settings = list(ParameterGrid(self.param_grid))
        fits = enumerate_fits(settings, prepared.splits)
        plan = make_plan(prepared.task, settings, fits, self.engine, self.n_jobs, self.scheduler)
        plan.notes += prepared.notes
        return plan

    def _run(self, plan: Plan, task: SearchTask, callbacks: SearchCallbacks) -> list[Outcome]:
        """Run a plan and set what comes of it; return the outcomes of its fits in their order."""
        shown = True if self.verbose else self.progress
        store = open_store(self.store, plan.key)
        with callbacks.evaluation(plan.fits):
            outcomes, self.n_restored_ = run_plan(plan, store, shown, callbacks.finished)
            self.seed_ = task.estimator.random_state
            self.n_splits_ = plan.n_splits
            self._set_results(plan, task, outcomes)
        return outcomes

    def _set_results(self, plan: Plan, task: SearchTask, outcomes: Sequence[Outcome]) -> None:
        """Set the attributes that hold what came of the fits."""
        self.plan_ = plan.summary()
        self.scorer_ = scorers_by_name(task.scorer) or task.scorer
        self.learning_curves_ = results.learning_curves(plan.fits, outcomes)
        self.diverged_ = results.divergences(plan.fits, outcomes)
        rows = results.scikit_learn_rows(outcomes)
        failures = results.unexpected_failures(rows, outcomes)
        warn_or_raise_about_fit_failures(failures, self.error_score)
        if callable(self.scoring):
            insert_error_scores(rows, self.error_score)
        self.multimetric_ = isinstance(rows[0]["test_scores"], dict)
        self.cv_results_ = self._formatted(plan.fits, rows)

    def _formatted(self, fits: Sequence[Fit], rows: Sequence[Any]) -> dict[str, Any]:
        """Return scikit-learn's `cv_results_`, without a warning that fits diverged."""
        candidates = [fit.parameters for fit in fits[:: self.n_splits_]]
        with warnings.catch_warnings():
            if len(self.diverged_):
                warnings.filterwarnings("ignore", "One or more of the .* scores are non-finite")
            return self._format_results(candidates, self.n_splits_, rows)

    def _choose_best(self, outcomes: Sequence[Outcome], refit_metric: str | Any) -> None:
        """Set best_index_, best_score_ and best_params_ where scikit-learn does."""
        if callable(self.scoring) and self.multimetric_:
            self._check_refit_for_multimetric(outcomes[0].test_scores)
            refit_metric = self.refit
        if not self.refit and self.multimetric_:
            return
        self.best_index_ = self._select_best_index(self.refit, refit_metric, self.cv_results_)
        if not callable(self.refit):
            self.best_score_ = self.cv_results_[f"mean_test_{refit_metric}"][self.best_index_]
        self.best_params_ = self.cv_results_["params"][self.best_index_]

    def _refit_best(self, plan: Plan, callbacks: SearchCallbacks) -> None:
        """Fit the best candidate on all samples."""
        candidate = plan.candidates[self.best_index_]
        estimator = clone(candidate.estimator)
        with callbacks.refit(estimator):
            start = time.time()
            self.best_estimator_ = refit(plan.context, candidate, estimator, self.engine)
            self.refit_time_ = time.time() - start
            if hasattr(self.best_estimator_, "feature_names_in_"):
                self.feature_names_in_ = self.best_estimator_.feature_names_in_
