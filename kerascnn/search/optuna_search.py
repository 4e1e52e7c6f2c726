"""OptunaSearchCV: candidates that an Optuna study proposes and prunes, a batch at a time."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kerascnn.internals.scikit_learn import BaseSearchCV
from kerascnn.search import results
from kerascnn.search.base import BaseSearch
from kerascnn.search.evaluation import Evaluator
from kerascnn.search.fits import Outcome
from kerascnn.search.plan import Plan, PlanSummary, Rung
from kerascnn.search.planner import Planner
from kerascnn.search.rungs import HalvingPlan
from kerascnn.search.store import NullStore

if TYPE_CHECKING:
    import optuna

    from kerascnn.search.study import StudyTrial

Evaluate = Callable[..., Mapping[str, Any]]


class OptunaSearchCV(BaseSearch):
    """Search over parameters that an Optuna study proposes, by ask and tell, in batches.

    A batch of trials is evaluated at once, by any engine, before the study is told their mean test
    scores. With `prune_at` the study's pruner gives up trials on the way: those that it keeps go on
    from where they ended, as in a halving search, and `cv_results_` has a row for each trial and
    rung, with columns `iter` and `n_resources`; the best candidate is one of the last rung. The
    study is told of a trial that failed or diverged as failed, unless `error_score` is a number.
    Needs Optuna: `pip install "kerascnn[optuna]"`.

    Args:
        estimator: a CNNClassifier, CNNRegressor or ConvAutoencoder, or any scikit-learn
            estimator.
        param_distributions: parameter name → distribution of `optuna.distributions`.
        n_trials: how many trials the study is to have. Those that it has already count: they are
            candidates, too, whose finished fits come from `store` if they are there. So a search
            with a study in a file that was killed is resumed by the same command; no other
            process should work on that study meanwhile.
        study: of `optuna.create_study(direction="maximize")`; None for a new one in memory, with
            Optuna's default sampler and pruner. As everywhere in Optuna, a sampler's seed starts
            over in a new process; without a study of your own, the same `random_state` proposes
            the same candidates in every process, also after a kill.
        trials_per_batch: how many trials are asked for and evaluated at a time: the more, the
            better machines are used, and the less each trial knows of others.
        prune_at: epochs after which each trial is reported to the study's pruner, rising and
            below the estimator's `epochs`, such as (1, 3, 9); None prunes nothing.
        random_state: seed of the sampler of a new study; trainings have the estimator's.
        scoring: see scikit-learn; of several metrics, the study is told the one that `refit` names.
        n_jobs: see `kerascnn.GridSearchCV`.
        refit: see scikit-learn.
        cv: see scikit-learn; its splits must be the same each time that they are asked for.
        verbose: above 0, the progress is shown as with `progress=True`.
        pre_dispatch: used with other estimators only.
        error_score: see scikit-learn.
        return_train_score: see scikit-learn.
        engine: see `kerascnn.GridSearchCV`.
        store: likewise.
        progress: likewise.
        scheduler: likewise.

    Attributes:
        study_: the study with all trials, such as for `optuna.visualization`. Further attributes
            are those of `kerascnn.GridSearchCV`.
    """

    resource = "epochs"

    def __init__(
        self,
        estimator: Any,
        param_distributions: "Mapping[str, optuna.distributions.BaseDistribution]",
        *,
        n_trials: int = 10,
        study: "optuna.Study | None" = None,
        trials_per_batch: int = 8,
        prune_at: Sequence[int] | None = None,
        random_state: Any = None,
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
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self.param_distributions = param_distributions
        self.n_trials = n_trials
        self.study = study
        self.trials_per_batch = trials_per_batch
        self.prune_at = prune_at
        self.random_state = random_state
        self._run_by(engine=engine, store=store, progress=progress, scheduler=scheduler)

    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Evaluate the study's trials on every split, then fit the best on all samples.

        Args:
            X: images, (n, height, width, channels), (n, height, width) or (n, features).
            y: labels, (n,).
            **params: further arguments of the estimator's `fit` and of the splitter.

        Raises:
            ImportError: if Optuna is not installed.
            ValueError: if an argument, a candidate or the data is wrong, or if every fit failed or
                diverged.
        """
        study = self._study_module()
        self.study_ = study.seeded_study(self.random_state) if self.study is None else self.study
        return super().fit(X, y, **params)

    def plan(self, X: Any, y: Any = None, **params: Any) -> HalvingPlan:  # type: ignore[override]
        """Return how `fit` would run, with stand-ins for what the study will propose."""
        unit = "batches" if self.prune_at is None else "rungs"
        return HalvingPlan(self._plans(X, y, params), unit)

    def _study_module(self) -> Any:
        """Return what works with Optuna, with this search's arguments checked."""
        try:
            from kerascnn.search import study, study_checks
        except ModuleNotFoundError as error:
            if error.name != "optuna":
                raise
            raise ImportError(
                'OptunaSearchCV needs Optuna: pip install "kerascnn[optuna]"'
            ) from error
        study_checks.check_study_search(self)
        return study

    def _rehearsing(self) -> Self:
        rehearsing = super()._rehearsing()
        rehearsing.study_ = self._study_module().stand_in_study()
        return rehearsing

    def _continues(self) -> bool:
        return self.prune_at is not None

    def _rung(self, more_results: Mapping[str, Sequence[Any]]) -> Rung | None:
        if "iter" not in more_results:
            return None
        number, epochs = more_results["iter"][0], more_results["n_resources"][0]
        return Rung(number + 1, self.resource, epochs)

    def _failures(
        self, rows: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome]
    ) -> Sequence[Mapping[str, Any]]:
        """Count no divergence: a batch in which all diverged teaches the study, too."""
        return results.without_divergences(rows, outcomes)

    def _open_store(self, planner: Planner) -> NullStore:
        """Return the store; without one, fits are kept until the end: trials may be alike."""
        return self._store_of_rungs(planner)

    def _choose_best(self, evaluator: Evaluator, refit_metric: str | Any) -> None:
        if all(outcome.error for outcome in evaluator.outcomes):
            raise ValueError(
                f"all fits of {len(evaluator.cv_results['params'])} candidates diverged: give "
                "distributions of smaller learning rates"
            )
        super()._choose_best(evaluator, refit_metric)

    def _summary(self, plans: list[Plan]) -> PlanSummary:
        return HalvingPlan(plans).summary()

    def _run_search(self, evaluate_candidates: Evaluate, *, callback_ctx: Any) -> None:
        """Ask the study for trials, evaluate and tell them, batch by batch; see scikit-learn."""
        from kerascnn.search.study import batches

        context = callback_ctx.subcontext(task_name="search", max_subtasks=None)
        context.call_on_fit_task_begin(estimator=self)
        distributions = self.param_distributions
        for trials in batches(self.study_, distributions, self.n_trials, self.trials_per_batch):
            self._evaluate_batch(trials, evaluate_candidates, context)
        context.call_on_fit_task_end(estimator=self)

    def _evaluate_batch(
        self, trials: "Sequence[StudyTrial]", evaluate: Evaluate, context: Any
    ) -> None:
        from kerascnn.search.study import survivors

        for rung, epochs in enumerate(self.prune_at or ()):
            scores = self._scores(trials, evaluate, context, (rung, epochs))
            trials = survivors(trials, scores, epochs)
            if not trials:
                return
        last = None if self.prune_at is None else (len(self.prune_at), self.estimator.epochs)
        scores = self._scores(trials, evaluate, context, last)
        for trial, score in zip(trials, scores, strict=True):
            trial.finish(score)

    def _scores(
        self,
        trials: "Sequence[StudyTrial]",
        evaluate: Evaluate,
        context: Any,
        rung: tuple[int, int] | None,
    ) -> np.ndarray:
        """Return the mean test score of each trial.

        Args:
            trials: to be evaluated.
            evaluate: scikit-learn's `evaluate_candidates`.
            context: scikit-learn's, of the search.
            rung: its number, from 0, and its epochs; None where nothing is pruned.
        """
        candidates, more = [dict(trial.params) for trial in trials], {}
        if rung is not None:
            candidates = [{**params, self.resource: rung[1]} for params in candidates]
            more = {"iter": [rung[0]] * len(trials), "n_resources": [rung[1]] * len(trials)}
        batch = context.subcontext(
            task_name="batch", max_subtasks=len(trials) * self.n_splits_, sequential_subtasks=False
        ).call_on_fit_task_begin(estimator=self)
        found = evaluate(candidates, more_results=more, callback_ctx=batch)
        batch.call_on_fit_task_end(estimator=self)
        return self._told(found)[-len(trials) :]

    def _told(self, cv_results: Mapping[str, Any]) -> np.ndarray:
        """Return the mean test scores that the study is told of, of all candidates so far.

        Raises:
            ValueError: if a callable `scoring` gives several metrics, of which `refit` names none.
        """
        for name in (f"mean_test_{self.refit}", "mean_test_score"):
            if name in cv_results:
                return np.asarray(cv_results[name])
        raise ValueError(
            f"refit={self.refit!r} names none of the metrics that scoring={self.scoring!r} gives: "
            "the study is told the one that it names"
        )

    @staticmethod
    def _select_best_index(refit: Any, refit_metric: str, results: Mapping[str, Any]) -> int:
        """Return the best candidate of the last rung; all scikit-learn's where there are none."""
        if callable(refit) or "iter" not in results:
            return int(BaseSearchCV._select_best_index(refit, refit_metric, results))
        scores = np.asarray(results[f"mean_test_{refit_metric}"])
        scored = np.flatnonzero(~np.isnan(scores))
        rungs = np.asarray(results["iter"])[scored]
        last = scored[rungs == rungs.max()]
        return int(last[scores[last].argmax()])
