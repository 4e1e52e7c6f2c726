"""Candidates evaluated rung by rung, when scikit-learn's `_run_search` asks for them."""

import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sklearn.callback import CallbackContext

from kerascnn.internals.scikit_learn import insert_error_scores, warn_or_raise_about_fit_failures
from kerascnn.search import results
from kerascnn.search.callbacks import SearchCallbacks
from kerascnn.search.fits import Fit, Outcome
from kerascnn.search.plan import Plan
from kerascnn.search.planner import Planner
from kerascnn.search.run import run_plan
from kerascnn.search.store import NullStore

More = Mapping[str, Sequence[Any]]


class Candidates:
    """The candidates that `_run_search` has asked for so far, with its further columns.

    Args:
        search: the search.
        planner: makes the plans.
    """

    def __init__(self, search: Any, planner: Planner) -> None:
        self._search = search
        self._planner = planner
        self._settings: list[Mapping[str, Any]] = []
        self._more: dict[str, list[Any]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._settings)

    def plan(self, candidates: Iterable[Mapping[str, Any]], cv: Any, more: More | None) -> Plan:
        """Take candidates, and return the plan of their fits."""
        settings, more = list(candidates), more or {}
        plan = self._planner.plan(settings, cv, self._search._rung(more))
        self._settings += settings
        for name, values in more.items():
            self._more[name].extend(values)
        return plan

    def formatted(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return scikit-learn's `cv_results_` of these rows, one for each fit."""
        search = self._search
        formatted: dict[str, Any] = search._format_results(
            self._settings, search.n_splits_, rows, self._more
        )
        return formatted


class Evaluator:
    """What `_run_search` calls with candidates: once in most searches, once a rung in halving ones.

    Args:
        search: the search.
        planner: makes the plans.
        callbacks: the search's.
        store: where finished fits are kept; open.

    Attributes:
        fits: all fits so far, in the order of the rows of `cv_results`.
        outcomes: theirs.
        rows: the outcomes as scikit-learn's search has them.
        n_restored: how many outcomes were stored.
        cv_results: scikit-learn's `cv_results_` so far.
    """

    def __init__(
        self, search: Any, planner: Planner, callbacks: SearchCallbacks, store: NullStore
    ) -> None:
        self.fits: list[Fit] = []
        self.outcomes: list[Outcome] = []
        self.rows: list[dict[str, Any]] = []
        self.n_restored = 0
        self.cv_results: dict[str, Any] = {}
        self._search = search
        self._candidates = Candidates(search, planner)
        self._callbacks = callbacks
        self._store = store

    def __call__(
        self,
        candidate_params: Iterable[Mapping[str, Any]],
        cv: Any = None,
        more_results: More | None = None,
        callback_ctx: CallbackContext | None = None,
    ) -> dict[str, Any]:
        """Evaluate candidates; return `cv_results_` of all so far.

        Args:
            candidate_params: what each candidate sets.
            cv: a splitter in place of the search's own.
            more_results: further columns, a value for each candidate.
            callback_ctx: scikit-learn's context of these evaluations.
        """
        plan = self._candidates.plan(candidate_params, cv, more_results)
        if callback_ctx is not None:
            self._callbacks.evaluation(plan.fits, callback_ctx)
        self._take(plan, self._run(plan))
        return self.cv_results

    def _run(self, plan: Plan) -> list[Outcome]:
        search = self._search
        shown = True if search.verbose else search.progress
        outcomes, n_restored = run_plan(plan, self._store, shown, self._callbacks.finished)
        self.n_restored += n_restored
        return outcomes

    def _take(self, plan: Plan, outcomes: Sequence[Outcome]) -> None:
        """Add what came of a plan to the results."""
        search = self._search
        rows = results.scikit_learn_rows(outcomes)
        failures = search._failures(rows, outcomes)
        warn_or_raise_about_fit_failures(failures, search.error_score)
        if callable(search.scoring):
            insert_error_scores(rows, search.error_score)
        self.fits += plan.fits
        self.outcomes += outcomes
        self.rows += rows
        self.cv_results = self._formatted()

    def _formatted(self) -> dict[str, Any]:
        """Return scikit-learn's `cv_results_`, without a warning that fits diverged."""
        with warnings.catch_warnings():
            if any(outcome.diverged_epoch for outcome in self.outcomes):
                warnings.filterwarnings("ignore", "One or more of the .* scores are non-finite")
            return self._candidates.formatted(self.rows)


class NoContext:
    """Stands for scikit-learn's `CallbackContext` where no callback is called."""

    def subcontext(self, *_: Any, **__: Any) -> "NoContext":
        """Return itself."""
        return self

    def call_on_fit_task_begin(self, **_: Any) -> "NoContext":
        """Call nothing."""
        return self

    def call_on_fit_task_end(self, **_: Any) -> None:
        """Call nothing."""


class Rehearsal:
    """Takes an `Evaluator`'s place where nothing is to be trained: every candidate scores 0.

    Args:
        search: the search.
        planner: makes the plans.
    """

    def __init__(self, search: Any, planner: Planner) -> None:
        self._search = search
        self._candidates = Candidates(search, planner)

    def __call__(
        self,
        candidate_params: Iterable[Mapping[str, Any]],
        cv: Any = None,
        more_results: More | None = None,
        callback_ctx: Any = None,
    ) -> dict[str, Any]:
        """Plan for candidates; return what `cv_results_` would be if all were as good."""
        self._candidates.plan(candidate_params, cv, more_results)
        row = {"test_scores": 0.0, "n_test_samples": 1, "fit_time": 0.0, "score_time": 0.0}
        if self._search.return_train_score:
            row["train_scores"] = 0.0
        return self._candidates.formatted([row] * (len(self._candidates) * self._search.n_splits_))
