"""RandomizedSearchCV: scikit-learn's draws, with engines, a store of finished fits and progress."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sklearn.model_selection

from kerascnn.search.base import BaseSearch

# Parameter name → values, or what draws them, such as a distribution of scipy.stats.
Distributions = Mapping[str, Any]


class RandomizedSearchCV(BaseSearch, sklearn.model_selection.RandomizedSearchCV):
    """Search over parameters that are drawn at random, as scikit-learn's, for estimators of CNNs.

    All arguments and attributes of `sklearn.model_selection.RandomizedSearchCV` mean what they
    mean there: the same `random_state` draws the same candidates in the same order. With another
    estimator than this package's this class simply is that one. Divergence, `engine`, `store`,
    `progress` and the further attributes are those of `kerascnn.GridSearchCV`.

    Args:
        estimator: a CNNClassifier, CNNRegressor or ConvAutoencoder, a Pipeline that ends in one,
            or any other estimator.
        param_distributions: parameter name → values or a distribution with a method `rvs`, such
            as `scipy.stats.loguniform(1e-4, 1e-1)`; or a list of such mappings.
        n_iter: how many candidates are drawn.
        scoring: see scikit-learn.
        n_jobs: see `kerascnn.GridSearchCV`.
        refit: see scikit-learn.
        cv: see scikit-learn.
        verbose: above 0, the progress is shown as with `progress=True`.
        pre_dispatch: used with other estimators only.
        random_state: seed of the draws, see scikit-learn; the trainings have the estimator's.
        error_score: see scikit-learn.
        return_train_score: see scikit-learn.
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
        n_iter: int = 10,
        scoring: Any = None,
        n_jobs: int | None = None,
        refit: Any = True,
        cv: Any = None,
        verbose: int = 0,
        pre_dispatch: int | str = "2*n_jobs",
        random_state: Any = None,
        error_score: float | str = np.nan,
        return_train_score: bool = False,
        engine: str = "auto",
        store: str | Path | None = None,
        progress: bool | None = None,
        scheduler: Any = None,
    ) -> None:
        super().__init__(
            estimator,
            param_distributions,
            n_iter=n_iter,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            random_state=random_state,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self._run_by(engine=engine, store=store, progress=progress, scheduler=scheduler)
