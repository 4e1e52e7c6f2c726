"""GridSearchCV: scikit-learn's, with engines, a store of finished fits and progress."""

import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import sklearn.model_selection
from sklearn.base import clone, is_classifier
from sklearn.model_selection import ParameterGrid, check_cv
from sklearn.model_selection._validation import (
    _insert_error_scores,
    _warn_or_raise_about_fit_failures,
)
from sklearn.utils.validation import _check_method_params, indexable

from kerascnn import runtime
from kerascnn.estimators import CNNClassifier
from kerascnn.search import results
from kerascnn.search.checks import check_candidates, check_class_sizes, check_engine
from kerascnn.search.fits import Outcome, SearchTask, enumerate_fits
from kerascnn.search.plan import Plan, make_plan
from kerascnn.search.run import run_plan
from kerascnn.search.store import open_store

LARGEST_SEED = 2**31 - 1


class GridSearchCV(sklearn.model_selection.GridSearchCV):
    """Exhaustive search over a parameter grid, as scikit-learn's, made for CNNClassifier.

    All arguments and attributes of `sklearn.model_selection.GridSearchCV` mean what they mean
    there; with another estimator than CNNClassifier this class simply is that one. A fit whose
    loss is not finite has diverged: it ends there, scores `error_score` and ranks last, without
    a warning, because that is a result.

    Args:
        estimator: a CNNClassifier, or any scikit-learn estimator. If its `random_state` is
            None, one seed is drawn for all fits and kept as `seed_`.
        param_grid: parameter name → values, or a list of such grids.
        scoring: see scikit-learn.
        n_jobs: worker processes where fits run in processes; None for one per core.
        refit: see scikit-learn.
        cv: see scikit-learn; an integer means stratified folds.
        verbose: above 0, the progress is shown as with `progress=True`.
        pre_dispatch: used with other estimators only.
        error_score: see scikit-learn.
        return_train_score: see scikit-learn.
        engine: "auto" trains candidates together in one graph where that gives what separate
            fits give, and the others in worker processes; "fused" and "processes" are each of
            the two alone; "serial" is one Keras fit after another.
        store: a file in which finished fits are kept; a search that was killed takes them
            from there and ends with the same numbers. None keeps nothing.
        progress: whether a progress bar is shown on standard error; None shows it where that
            is a terminal.

    Attributes:
        learning_curves_: one row per fit and epoch: candidate, split, epoch (from 1), loss,
            accuracy, val_loss, val_accuracy. A pandas DataFrame.
        diverged_: the fits that diverged: candidate, split, epoch. A pandas DataFrame.
        plan_: what ran how, and why.
        n_restored_: how many fits came from the store.
        seed_: the `random_state` of all fits that the grid does not set themselves.
    """

    def __init__(
        self,
        estimator: Any,
        param_grid: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Sequence[Any]]],
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
        """
        check_engine(self.engine)
        if not isinstance(self.estimator, CNNClassifier):
            return super().fit(X, y, **params)
        plan, task, refit_metric = self._prepare(X, y, params)
        shown = True if self.verbose else self.progress
        outcomes, self.n_restored_ = run_plan(plan, open_store(self.store, task), shown)
        self._keep(plan, task, outcomes)
        self._choose_best(task, outcomes, refit_metric)
        if self.refit:
            self._refit_best(task)
        return self

    def plan(self, X: Any, y: Any = None, **params: Any) -> Plan:
        """Return how `fit` would run with the same arguments, without training anything."""
        return self._prepare(X, y, params)[0]

    def _prepare(
        self, X: Any, y: Any, params: Mapping[str, Any]
    ) -> tuple[Plan, SearchTask, str | Any]:
        """Check everything that can be checked and lay out all fits."""
        if self.engine in ("auto", "fused"):
            runtime.prefer_threads_for_sweep()
        scorer, refit_metric = self._get_scorers()
        X, y = indexable(X, y)
        routed = self._get_routed_params_for_fit(_check_method_params(X, params=dict(params)))
        estimator = self._seeded_estimator()
        candidates = list(ParameterGrid(self.param_grid))
        check_candidates(estimator, candidates, X, y)
        splitter = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        check_class_sizes(splitter, y)
        splits = list(splitter.split(X, y, **routed.splitter.split))
        self.n_splits_ = len(splits)
        task = SearchTask(
            estimator,
            X,
            y,
            scorer,
            routed.estimator.fit,
            routed.scorer.score,
            self.return_train_score,
            self.error_score,
        )
        fits = enumerate_fits(candidates, splits)
        return make_plan(task, fits, self.engine, self.n_jobs), task, refit_metric

    def _seeded_estimator(self) -> CNNClassifier:
        """Return a copy of the estimator whose `random_state` is set, drawn if it was None."""
        estimator = clone(self.estimator)
        if estimator.random_state is None:
            seed = int(np.random.default_rng().integers(LARGEST_SEED))
            estimator.set_params(random_state=seed)
        self.seed_ = estimator.random_state
        return estimator

    def _keep(self, plan: Plan, task: SearchTask, outcomes: Sequence[Outcome]) -> None:
        """Set the attributes that hold what came of the fits."""
        self.plan_ = plan
        self.scorer_ = getattr(task.scorer, "_scorers", task.scorer)
        self.learning_curves_ = results.learning_curves(plan.fits, outcomes)
        self.diverged_ = results.divergences(plan.fits, outcomes)
        rows = results.scikit_learn_rows(outcomes)
        failures = results.unexpected_failures(rows, outcomes)
        _warn_or_raise_about_fit_failures(failures, self.error_score)
        if callable(self.scoring):
            _insert_error_scores(rows, self.error_score)
        self.multimetric_ = isinstance(rows[0]["test_scores"], dict)
        with warnings.catch_warnings():
            if len(self.diverged_):
                warnings.filterwarnings("ignore", "One or more of the .* scores are non-finite")
            candidates = [fit.parameters for fit in plan.fits[:: self.n_splits_]]
            self.cv_results_ = self._format_results(candidates, self.n_splits_, rows)

    def _choose_best(
        self, task: SearchTask, outcomes: Sequence[Outcome], refit_metric: str | Any
    ) -> None:
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

    def _refit_best(self, task: SearchTask) -> None:
        """Fit the best candidate on all samples."""
        self.best_estimator_ = clone(task.estimator).set_params(
            **clone(self.best_params_, safe=False)
        )
        start = time.time()
        self.best_estimator_.fit(task.X, task.y, **task.fit_params)
        self.refit_time_ = time.time() - start
        if hasattr(self.best_estimator_, "feature_names_in_"):
            self.feature_names_in_ = self.best_estimator_.feature_names_in_
