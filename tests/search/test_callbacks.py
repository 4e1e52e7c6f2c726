"""A search run by engines calls the hooks of callbacks as scikit-learn's own search does."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import sklearn.model_selection
from sklearn.base import clone
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import ParameterGrid, StratifiedKFold

from kerascnn.search.callbacks import search_callbacks
from kerascnn.search.fits import SearchTask, enumerate_fits

GRID = {"strategy": ["prior", "stratified"], "random_state": [1, 2]}
X = np.arange(40.0).reshape(20, 2)
Y = np.tile([0, 1], 10)
WEIGHTS = np.linspace(0.5, 1.5, 20)


@contextmanager
def evaluated(search, callbacks, fits):
    """Call the hooks around all fits as scikit-learn's `_run_search` does."""
    context = callbacks.root.subcontext(
        "search", max_subtasks=len(fits), sequential_subtasks=False
    ).call_on_fit_task_begin(estimator=search)
    callbacks.evaluation(fits, context)
    yield
    context.call_on_fit_task_end(estimator=search)


class GridSearchCV(sklearn.model_selection.GridSearchCV):
    """A search that is told of its fits last first, and trains none of them."""

    def fit(self, X, y, **fit_params):
        """Call the hooks as `kerascnn.GridSearchCV` does."""
        splits = list(StratifiedKFold(self.cv).split(X, y))
        fits = enumerate_fits(ParameterGrid(self.param_grid), splits)
        task = SearchTask(self.estimator, X, y, len, fit_params)
        with search_callbacks(self, task, fit_params.get("sample_weight")) as callbacks:
            with evaluated(self, callbacks, fits):
                for fit in reversed(fits):
                    callbacks.finished(fit)
            self.best_estimator_ = clone(self.estimator)
            if self.refit:
                with callbacks.refit(self.best_estimator_):
                    self.best_estimator_.fit(X, y, **fit_params)
        return self


@dataclass(frozen=True)
class Call:
    """One call of a hook: its name, the tasks from `fit` down to the one it is for, the rest."""

    hook: str
    estimator: str
    tasks: tuple
    arguments: str

    @property
    def is_of_a_fit(self) -> bool:
        """Whether the call belongs to one candidate on one split."""
        return any("candidate-split-evaluation" in task for task in self.tasks)


class Recorder:
    """A callback that keeps what it was called with.

    Args:
        fails_at: the task at whose beginning it raises an error, if any.
    """

    def __init__(self, fails_at: str | None = None) -> None:
        self.fails_at = fails_at
        self.calls: list[Call] = []

    def _record(self, hook, estimator, context, **arguments: Any) -> None:
        tasks: list[Any] = []
        while context is not None:
            source = (context.source_estimator_name, context.source_task_name)
            count = (context.max_subtasks, context.sequential_subtasks)
            tasks.insert(
                0, (context.task_name, context.task_id, context.estimator_name, *source, *count)
            )
            context = context.parent
        told = repr({name: np.asarray(value).tolist() for name, value in arguments.items()})
        self.calls.append(Call(hook, type(estimator).__name__, tuple(tasks), told))

    def setup(self, estimator, context):
        """Record the call."""
        self._record("setup", estimator, context)

    def teardown(self, estimator, context):
        """Record the call."""
        self._record("teardown", estimator, context)

    def on_fit_task_begin(
        self, estimator, context, *, X=None, y=None, metadata=None, fitted_estimator=None
    ):
        """Record the call, and fail if that is wanted."""
        arguments = {"X": X, "y": y, "metadata": metadata, "fitted": fitted_estimator}
        self._record("begin", estimator, context, **arguments)
        if context.task_name == self.fails_at:
            raise RuntimeError("the callback failed")

    def on_fit_task_end(
        self, estimator, context, *, X=None, y=None, metadata=None, fitted_estimator=None
    ):
        """Record the call."""
        arguments = {"X": X, "y": y, "metadata": metadata, "fitted": fitted_estimator}
        self._record("end", estimator, context, **arguments)


class PropagatedRecorder(Recorder):
    """A recorder that goes down to estimators within the one it is set on."""

    max_propagation_depth = None


class CallingClassifier(CallbackSupportMixin, DummyClassifier):
    """A classifier that calls hooks of its own."""

    @with_callbacks
    def fit(self, X, y, sample_weight=None):
        """Fit within one task."""
        context = self._init_callback_context().call_on_fit_task_begin(estimator=self, X=X, y=y)
        super().fit(X, y, sample_weight)
        context.call_on_fit_task_end(estimator=self, X=X, y=y)
        return self


def calls_of(search_class, recorder, estimator=None, fit_params=None, **arguments) -> list[Call]:
    """Return what a recorder is called with when a search is fitted, fits in grid order."""
    search = search_class(estimator or DummyClassifier(), GRID, cv=2, **arguments)
    search.set_callbacks(recorder).fit(X, Y, **(fit_params or {}))
    return in_grid_order(recorder.calls)


def in_grid_order(calls: list[Call]) -> list[Call]:
    """Return calls with those of fits ordered by the fits' places in the grid."""
    of_fits = iter(sorted((c for c in calls if c.is_of_a_fit), key=lambda c: c.tasks[-1][1]))
    return [next(of_fits) if call.is_of_a_fit else call for call in calls]


ARGUMENTS = {
    "plain": {},
    "weights": {"fit_params": {"sample_weight": WEIGHTS}},
    "no refit": {"refit": False},
}


@pytest.mark.parametrize("arguments", ARGUMENTS.values(), ids=ARGUMENTS)
def test_hooks_are_called_as_by_scikit_learn(arguments):
    """Hooks, tasks and samples are those of scikit-learn's search, up to the order of fits."""
    own = calls_of(GridSearchCV, Recorder(), **arguments)
    stock = calls_of(sklearn.model_selection.GridSearchCV, Recorder(), **arguments)
    assert own == stock
    assert sum(call.is_of_a_fit for call in own) == 2 * 4 * 2


def test_both_hooks_of_a_fit_are_called_together():
    """A fit begins when its outcome is there, not earlier, and then it ends."""
    recorder = Recorder()
    calls_of(GridSearchCV, recorder)
    of_fits = [(call.hook, call.tasks[-1][1]) for call in recorder.calls if call.is_of_a_fit]
    assert of_fits == [(hook, number) for number in range(7, -1, -1) for hook in ("begin", "end")]


def test_a_search_within_a_search_is_a_part_of_its_tasks():
    """The tasks of a search that another estimator fits hang below that estimator's."""

    def nested_calls(search_class) -> list[Call]:
        inner = search_class(DummyClassifier(), {"strategy": ["prior", "uniform"]}, cv=2)
        outer = sklearn.model_selection.GridSearchCV(
            inner, {"refit": [True]}, cv=[(np.arange(12), np.arange(12, 20))], scoring=lambda *_: 0
        )
        recorder = PropagatedRecorder()
        with pytest.warns(UserWarning, match="DummyClassifier does not support callbacks"):
            outer.set_callbacks(recorder).fit(X, Y)
        return recorder.calls

    own, stock = nested_calls(GridSearchCV), nested_calls(sklearn.model_selection.GridSearchCV)
    assert Counter(own) == Counter(stock)


def test_a_refit_has_the_callbacks_that_are_propagated():
    """The best estimator calls propagated hooks itself, as in scikit-learn's search."""

    def refit_calls(search_class) -> list[Call]:
        calls = calls_of(search_class, PropagatedRecorder(), CallingClassifier())
        return [call for call in calls if not call.is_of_a_fit]

    own = refit_calls(GridSearchCV)
    assert own == refit_calls(sklearn.model_selection.GridSearchCV)
    assert "CallingClassifier" in {call.estimator for call in own}


def test_fits_report_to_propagated_callbacks_by_the_search():
    """A fit that an engine runs cannot call hooks itself, so the search does."""
    calls = calls_of(GridSearchCV, PropagatedRecorder(), CallingClassifier())
    plain = calls_of(GridSearchCV, Recorder(), CallingClassifier())
    assert [call for call in calls if call.is_of_a_fit] == [c for c in plain if c.is_of_a_fit]


@pytest.mark.parametrize("search_class", [GridSearchCV, sklearn.model_selection.GridSearchCV])
def test_an_estimator_without_callbacks_is_warned_about(search_class):
    """Callbacks that cannot be propagated are not ignored silently, even without a refit."""
    with pytest.warns(UserWarning, match="DummyClassifier does not support callbacks"):
        calls_of(search_class, PropagatedRecorder(), refit=False)


TASKS = ["fit", "search", "candidate-split-evaluation", "refit-with-best-params"]


@pytest.mark.parametrize("task", TASKS)
def test_callbacks_are_torn_down_after_an_error(task):
    """Whatever fails, no later hook is called but the teardown, once."""
    recorder = Recorder(fails_at=task)
    with pytest.raises(RuntimeError, match="the callback failed"):
        calls_of(GridSearchCV, recorder)
    assert [call.hook for call in recorder.calls[-2:]] == ["begin", "teardown"]
    assert recorder.calls[-2].tasks[-1][0] == task


def test_a_search_without_callbacks_cuts_no_samples_and_keeps_nothing():
    """Samples are not looked at, and the search has no other attributes than before."""
    search = GridSearchCV(DummyClassifier(), GRID)
    before = set(vars(search))
    task = SearchTask(search.estimator, None, None, len)
    fits = enumerate_fits(ParameterGrid(GRID), [(np.arange(3), np.arange(3, 5))])
    with search_callbacks(search, task) as callbacks, evaluated(search, callbacks, fits):
        for fit in fits:
            callbacks.finished(fit)
    assert set(vars(search)) == before


def test_samples_are_cut_only_for_hooks_that_take_them():
    """A callback that counts tasks, such as a progress bar, costs no copies of the data."""

    class Counter:
        def setup(self, estimator, context):
            self.count = 0

        def teardown(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context):
            self.count += 1

        def on_fit_task_end(self, estimator, context):
            self.count += 1

    counter = Counter()
    search = GridSearchCV(DummyClassifier(), GRID).set_callbacks(counter)
    task = SearchTask(search.estimator, None, None, len)
    fits = enumerate_fits(ParameterGrid(GRID), [(np.arange(3), np.arange(3, 5))])
    with search_callbacks(search, task) as callbacks, evaluated(search, callbacks, fits):
        for fit in fits:
            callbacks.finished(fit)
    assert counter.count == 2 * (2 + len(fits))
