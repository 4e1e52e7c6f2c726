"""The common part of all searches: scikit-learn's contract, engines, a store and progress."""

import copy
import time
from collections.abc import Iterator, Mapping, Sequence
from inspect import signature
from pathlib import Path
from typing import Any, Self

from sklearn.base import clone

from kerascnn.internals.scikit_learn import scorers_by_name
from kerascnn.search import results
from kerascnn.search.callbacks import SearchCallbacks, search_callbacks
from kerascnn.search.checks import check_lasting, check_left_to_scikit_learn, check_reach
from kerascnn.search.display import Displayed
from kerascnn.search.draws import Draws
from kerascnn.search.engines.dask_client import scheduler_address
from kerascnn.search.evaluation import Evaluator, NoContext, Rehearsal
from kerascnn.search.fits import Outcome, SearchTask
from kerascnn.search.pipeline_planner import PipelinePlanner
from kerascnn.search.pipelines import NotReachedError, cnn_of, is_pipeline
from kerascnn.search.plan import Plan, PlanSummary, Rung
from kerascnn.search.planner import Planner
from kerascnn.search.preparation import Preparation, prepare
from kerascnn.search.refit import refit
from kerascnn.search.store import NullStore, SqliteStore, open_store
from kerascnn.utils.splits import test_train_ratio


class BaseSearch(Displayed):
    """Runs scikit-learn's searches by engines; to be inherited before one of them.

    Which candidates there are, in which order, and what becomes of their scores is settled by
    scikit-learn's `_run_search`, which calls an `Evaluator`.
    """

    cv: Any
    engine: str
    store: str | Path | None
    progress: bool | None
    scheduler: Any

    def _run_by(
        self, *, engine: str, store: str | Path | None, progress: bool | None, scheduler: Any
    ) -> None:
        """Store the arguments that scikit-learn's searches lack."""
        self.engine = engine
        self.store = store
        self.progress = progress
        self.scheduler = scheduler

    def __sklearn_clone__(self) -> Self:
        """Return a clone that shares the scheduler: a client is a connection, and has no copy."""
        scheduler, self.scheduler = self.scheduler, None
        try:
            copied: Self = super().__sklearn_clone__()
        finally:
            self.scheduler = scheduler
        return copied.set_params(scheduler=scheduler)

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
        if cnn_of(self.estimator) is None:
            return super().fit(X, y, **params)
        fit = self._fit_pipeline if is_pipeline(self.estimator) else self._fit
        return fit(X, y, params)

    def _fit_pipeline(self, X: Any, y: Any, params: dict[str, Any]) -> Self:
        """Fit candidates by engines, or by scikit-learn's search as if they had never begun."""
        cv, draws = self.cv, Draws(self)
        try:
            if isinstance(cv, Iterator):
                self.cv = list(cv)
            return self._fit(X, y, params)
        except NotReachedError as reason:
            check_left_to_scikit_learn(self, str(reason))
            draws.undo()
            return super().fit(X, y, **params)
        finally:
            self.cv = cv

    def _fit(self, X: Any, y: Any, params: dict[str, Any]) -> Self:
        """Fit candidates by engines."""
        self._check()
        prepared = prepare(self, X, y, params)
        with search_callbacks(self, prepared.task, params.get("sample_weight")) as callbacks:
            planner = self._planner(prepared)
            self._evaluate(planner, prepared, callbacks)
            if self.refit:
                self._refit_best(planner, prepared.task, callbacks)
        return self

    def plan(self, X: Any, y: Any = None, **params: Any) -> Plan:
        """Return how `fit` would run with the same arguments, without training anything.

        A cluster that is there is asked for its workers; none is started.

        Raises:
            ValueError: as `fit`, and for a pipeline that is left to scikit-learn's own search.
        """
        return self._plans(X, y, params)[0]

    def _plans(self, X: Any, y: Any, params: dict[str, Any]) -> list[Plan]:
        """Return the plan of each rung; those that survive one are not known, so any do."""
        check_reach(self)
        check_lasting(self.cv)
        self._check()
        rehearsing = self._rehearsing()
        try:
            planner = rehearsing._planner(prepare(self, X, y, params, keep_seed=False))
            rehearsing._search_by(Rehearsal(rehearsing, planner), NoContext())
        except NotReachedError as reason:
            check_left_to_scikit_learn(self, str(reason))
            raise ValueError(
                f"there is no plan: this pipeline is left to scikit-learn's own search ({reason})"
            ) from reason
        return planner.plans

    def _rehearsing(self) -> Self:
        """Return a search that may draw candidates, and print and set what it likes."""
        rehearsing = copy.copy(self)
        rehearsing.verbose = 0
        for name in ("random_state", "param_distributions"):
            if hasattr(self, name):
                setattr(rehearsing, name, copy.deepcopy(getattr(self, name)))
        return rehearsing

    def _check(self) -> None:
        """Raise ValueError for wrong arguments of the constructor."""
        self._validate_params()

    def _continues(self) -> bool:
        """Return whether later rungs train the candidates of earlier ones for more epochs."""
        return False

    def _rung(self, more_results: Mapping[str, Sequence[Any]]) -> Rung | None:
        """Return the rung of candidates with these further columns, if there are rungs."""
        return None

    def _failures(
        self, rows: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome]
    ) -> Sequence[Mapping[str, Any]]:
        """Return rows of scikit-learn's in which what was to be expected is no failure."""
        return results.unexpected_failures(rows, outcomes)

    def _planner(self, prepared: Preparation) -> Planner:
        """Set what scikit-learn's `_run_search` reads, and return what makes its plans."""
        task, split_params = prepared.task, prepared.split_params
        self._checked_cv_orig = prepared.splitter
        self.n_splits_ = prepared.n_splits
        self._check_input_parameters(X=task.X, y=task.y, split_params=split_params)
        kind = PipelinePlanner if is_pipeline(self.estimator) else Planner
        return kind(self, prepared, self._continues())

    def _open_store(self, planner: Planner) -> NullStore:
        """Return the store of finished fits, to be used as a context manager."""
        return open_store(self.store, lambda fit: planner.plans[-1].key(fit))

    def _store_of_rungs(self, planner: Planner) -> NullStore:
        """Return the store; without one, what a rung leaves to the next is kept until the end."""
        return SqliteStore(
            self.store,
            lambda fit: planner.plans[-1].key(fit),
            lambda fit: planner.plans[-1].key.training(fit),
        )

    def _evaluate(
        self, planner: Planner, prepared: Preparation, callbacks: SearchCallbacks
    ) -> None:
        """Evaluate all candidates and set what comes of it."""
        self.seed_ = prepared.seed
        with self._open_store(planner) as store:
            evaluator = Evaluator(self, planner, callbacks, store)
            self._search_by(evaluator, callbacks.root)
            for plan in planner.plans:
                store.drop_ends(map(plan.key.training, plan.fits))
        self._set_results(planner, evaluator)
        self._choose_best(evaluator, prepared.refit_metric)

    def _search_by(self, evaluator: Evaluator | Rehearsal, context: Any) -> None:
        """Have scikit-learn, or a subclass, call an evaluator with candidates."""
        takes_context = "callback_ctx" in signature(self._run_search).parameters
        self._run_search(evaluator, **({"callback_ctx": context} if takes_context else {}))

    def _set_results(self, planner: Planner, evaluator: Evaluator) -> None:
        """Set the attributes that hold what came of the fits."""
        scorer = planner.plans[0].context.task.scorer
        self.plan_ = self._summary(planner.plans)
        self.n_restored_ = evaluator.n_restored
        self.scorer_ = scorers_by_name(scorer) or scorer
        self.learning_curves_ = results.learning_curves(evaluator.fits, evaluator.outcomes)
        self.best_epochs_ = results.best_epochs(
            evaluator.fits, evaluator.outcomes, planner.plans[-1].candidates
        )
        self.n_samples_ = planner.plans[0].context.task.n_samples
        self.test_train_ratio_ = test_train_ratio(
            [(fit.train, fit.test) for fit in evaluator.fits if fit.candidate == 0]
        )
        self.diverged_ = results.divergences(evaluator.fits, evaluator.outcomes)
        self.multimetric_ = isinstance(evaluator.rows[0]["test_scores"], dict)
        self.cv_results_ = evaluator.cv_results

    def _summary(self, plans: list[Plan]) -> PlanSummary:
        """Return what can be kept of plans after their run."""
        summaries = [plan.summary() for plan in plans]
        return PlanSummary(
            "\n".join(each.text for each in summaries),
            tuple(training for each in summaries for training in each.trainings),
        )

    def _choose_best(self, evaluator: Evaluator, refit_metric: str | Any) -> None:
        """Set best_index_, best_score_ and best_params_ where scikit-learn does."""
        if callable(self.scoring) and self.multimetric_:
            self._check_refit_for_multimetric(evaluator.rows[0]["test_scores"])
            refit_metric = self.refit
        if not self.refit and self.multimetric_:
            return
        self.best_index_ = self._select_best_index(self.refit, refit_metric, self.cv_results_)
        if not callable(self.refit):
            self.best_score_ = self.cv_results_[f"mean_test_{refit_metric}"][self.best_index_]
        self.best_params_ = self.cv_results_["params"][self.best_index_]

    def _refit_best(self, planner: Planner, task: SearchTask, callbacks: SearchCallbacks) -> None:
        """Fit the best candidate on all samples."""
        plan = planner.plans[-1]
        candidate, whole = plan.candidates[self.best_index_], is_pipeline(task.estimator)
        estimator = clone(task.estimator if whole else candidate.estimator)
        if whole:
            estimator.set_params(**clone(self.best_params_, safe=False))
        with callbacks.refit(estimator):
            start = time.time()
            self.best_estimator_ = (
                estimator.fit(task.X, task.y, **task.fit_params)
                if whole
                else refit(plan.context, candidate, estimator, self.engine)
            )
            self.refit_time_ = time.time() - start
            if hasattr(self.best_estimator_, "feature_names_in_"):
                self.feature_names_in_ = self.best_estimator_.feature_names_in_
