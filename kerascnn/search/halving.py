"""Successive halving: many candidates get few epochs or samples, the best of them more.

Karnin, Koren & Somekh (2013), "Almost optimal exploration in multi-armed bandits", ICML.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

# scikit-learn gives its halving searches only to those who ask.
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingGridSearchCV as StockHalvingGridSearchCV
from sklearn.model_selection import HalvingRandomSearchCV as StockHalvingRandomSearchCV

from kerascnn.search.base import BaseSearch
from kerascnn.search.checks import check_halving
from kerascnn.search.evaluation import Evaluator
from kerascnn.search.grid_search import Grid
from kerascnn.search.pipelines import prefix_of
from kerascnn.search.plan import Plan, PlanSummary, Rung
from kerascnn.search.planner import Planner
from kerascnn.search.preparation import Preparation
from kerascnn.search.randomized_search import Distributions
from kerascnn.search.rungs import HalvingPlan
from kerascnn.search.store import NullStore

EPOCHS = ("epochs", "fit__epochs")


class BaseHalving(BaseSearch):
    """Runs scikit-learn's halving searches by engines; to be inherited before one of them."""

    factor: float
    resource: str

    def plan(self, X: Any, y: Any = None, **params: Any) -> HalvingPlan:  # type: ignore[override]
        """Return how `fit` would run with the same arguments, without training anything."""
        return HalvingPlan(self._plans(X, y, params))

    def _check(self) -> None:
        super()._check()
        check_halving(self)

    def _continues(self) -> bool:
        return self.resource.removeprefix(prefix_of(self.estimator)) in EPOCHS

    def _rung(self, more_results: Mapping[str, Sequence[Any]]) -> Rung:
        number, amount = more_results["iter"][0], more_results["n_resources"][0]
        return Rung(number + 1, self.resource, amount)

    def _planner(self, prepared: Preparation) -> Planner:
        self._n_samples_orig = prepared.task.n_samples
        return super()._planner(prepared)

    def _open_store(self, planner: Planner) -> NullStore:
        return self._store_of_rungs(planner)

    def _summary(self, plans: list[Plan]) -> PlanSummary:
        return HalvingPlan(plans).summary()

    def _choose_best(self, evaluator: Evaluator, refit_metric: str | Any) -> None:
        super()._choose_best(evaluator, refit_metric)
        self.best_score_ = self.cv_results_["mean_test_score"][self.best_index_]


class HalvingGridSearchCV(BaseHalving, StockHalvingGridSearchCV):
    """Search a grid by successive halving, as scikit-learn's, made for estimators of CNNs.

    All arguments and attributes of `sklearn.model_selection.HalvingGridSearchCV` mean what they
    mean there, and every column of `cv_results_` but the times is the same; nothing experimental
    need be enabled. With `resource="epochs"` the candidates that survive a rung go on from where
    they ended, where scikit-learn trains them again from the start: compiled and stacked lanes do
    so, fits with callbacks and Keras's own fits start anew. With another estimator than this
    package's this class simply is scikit-learn's. Divergence, `engine`, `store`, `progress` and
    the further attributes are those of `kerascnn.GridSearchCV`.

    Args:
        estimator: a CNNClassifier, CNNRegressor or ConvAutoencoder, a Pipeline that ends in one,
            or any other estimator.
        param_grid: parameter name → values, or a list of such grids.
        factor: the part of candidates that a rung keeps is one in `factor`, at least 2; each may
            use `factor` times as much in the next rung.
        resource: "n_samples", or a parameter of the estimator such as "epochs".
        max_resources: the most that a candidate may use; "auto" is all samples.
        min_resources: what each candidate may use in the first rung, see scikit-learn.
        aggressive_elimination: see scikit-learn.
        cv: see scikit-learn; its splits must be the same in every rung.
        scoring: a single metric, see scikit-learn.
        refit: see scikit-learn.
        error_score: see scikit-learn.
        return_train_score: see scikit-learn.
        random_state: seed of the samples of each rung, see scikit-learn; the trainings
            have the estimator's.
        n_jobs: see `kerascnn.GridSearchCV`.
        verbose: above 0, the progress is shown, and the rungs are printed.
        engine: see `kerascnn.GridSearchCV`.
        store: likewise.
        progress: likewise.
        scheduler: likewise.
    """

    def __init__(
        self,
        estimator: Any,
        param_grid: Grid | Sequence[Grid],
        *,
        factor: float = 3,
        resource: str = "n_samples",
        max_resources: int | str = "auto",
        min_resources: int | str = "exhaust",
        aggressive_elimination: bool = False,
        cv: Any = 5,
        scoring: Any = None,
        refit: Any = True,
        error_score: float | str = np.nan,
        return_train_score: bool = True,
        random_state: Any = None,
        n_jobs: int | None = None,
        verbose: int = 0,
        engine: str = "auto",
        store: str | Path | None = None,
        progress: bool | None = None,
        scheduler: Any = None,
    ) -> None:
        super().__init__(
            estimator,
            param_grid,
            factor=factor,
            resource=resource,
            max_resources=max_resources,
            min_resources=min_resources,
            aggressive_elimination=aggressive_elimination,
            cv=cv,
            scoring=scoring,
            refit=refit,
            error_score=error_score,
            return_train_score=return_train_score,
            random_state=random_state,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self._run_by(engine=engine, store=store, progress=progress, scheduler=scheduler)


class HalvingRandomSearchCV(BaseHalving, StockHalvingRandomSearchCV):
    """Halve candidates that are drawn at random, as scikit-learn's, made for estimators of CNNs.

    All arguments and attributes of `sklearn.model_selection.HalvingRandomSearchCV` mean what they
    mean there, and every column of `cv_results_` but the times is the same; nothing experimental
    need be enabled. With `resource="epochs"` the candidates that survive a rung go on from where
    they ended, where scikit-learn trains them again from the start: compiled and stacked lanes do
    so, fits with callbacks and Keras's own fits start anew. With another estimator than this
    package's this class simply is scikit-learn's. Divergence, `engine`, `store`, `progress` and
    the further attributes are those of `kerascnn.GridSearchCV`.

    Args:
        estimator: a CNNClassifier, CNNRegressor or ConvAutoencoder, a Pipeline that ends in one,
            or any other estimator.
        param_distributions: see `kerascnn.RandomizedSearchCV`.
        n_candidates: how many candidates are drawn for the first rung; "exhaust" draws as many as
            let the last rung use as much as possible.
        factor: the part of candidates that a rung keeps is one in `factor`, at least 2; each may
            use `factor` times as much in the next rung.
        resource: "n_samples", or a parameter of the estimator such as "epochs".
        max_resources: the most that a candidate may use; "auto" is all samples.
        min_resources: what each candidate may use in the first rung, see scikit-learn.
        aggressive_elimination: see scikit-learn.
        cv: see scikit-learn; its splits must be the same in every rung.
        scoring: a single metric, see scikit-learn.
        refit: see scikit-learn.
        error_score: see scikit-learn.
        return_train_score: see scikit-learn.
        random_state: seed of the draws and the samples of each rung, see scikit-learn; trainings
            have the estimator's.
        n_jobs: see `kerascnn.GridSearchCV`.
        verbose: above 0, the progress is shown, and the rungs are printed.
        engine: see `kerascnn.GridSearchCV`.
        store: likewise.
        progress: likewise.
        scheduler: likewise.
    """

    def __init__(
        self,
        estimator: Any,
        param_distributions: Distributions | Sequence[Distributions],
        *,
        n_candidates: int | str = "exhaust",
        factor: float = 3,
        resource: str = "n_samples",
        max_resources: int | str = "auto",
        min_resources: int | str = "smallest",
        aggressive_elimination: bool = False,
        cv: Any = 5,
        scoring: Any = None,
        refit: Any = True,
        error_score: float | str = np.nan,
        return_train_score: bool = True,
        random_state: Any = None,
        n_jobs: int | None = None,
        verbose: int = 0,
        engine: str = "auto",
        store: str | Path | None = None,
        progress: bool | None = None,
        scheduler: Any = None,
    ) -> None:
        super().__init__(
            estimator,
            param_distributions,
            n_candidates=n_candidates,
            factor=factor,
            resource=resource,
            max_resources=max_resources,
            min_resources=min_resources,
            aggressive_elimination=aggressive_elimination,
            cv=cv,
            scoring=scoring,
            refit=refit,
            error_score=error_score,
            return_train_score=return_train_score,
            random_state=random_state,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self._run_by(engine=engine, store=store, progress=progress, scheduler=scheduler)
