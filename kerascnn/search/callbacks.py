"""scikit-learn's callbacks in a search whose fits are run by engines.

The hooks are those that scikit-learn's own search calls, with the same arguments and contexts:

    fit
    ├── search
    │   ├── candidate-split-evaluation 0
    │   └── …
    └── refit-with-best-params

scikit-learn's own `_run_search` calls those of `search`, and of the iterations of a halving search.

A fit may run in another process, in one graph with others, or not at all because it is stored, so
both of its hooks are called when its outcome is there, in the order in which outcomes come.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from sklearn.callback import CallbackContext

from kerascnn.internals.scikit_learn import (
    callback_management_context,
    callbacks_of,
    check_method_params,
    root_callback_context,
    safe_split,
)
from kerascnn.search.fits import Fit, SearchTask

Samples = Mapping[str, Any]


@contextmanager
def search_callbacks(
    search: Any, task: SearchTask, sample_weight: Any = None
) -> Iterator["SearchCallbacks"]:
    """Call the hooks around all of a search's `fit`; callbacks are torn down on errors, too.

    Args:
        search: the search, on which `set_callbacks` may have been called.
        task: what all its fits share.
        sample_weight: what `fit` of the search was given, (n,), or None.
    """
    samples = {"X": task.X, "y": task.y, "metadata": _metadata(sample_weight)}
    with callback_management_context(search):
        root = root_callback_context(search, max_subtasks=1 + (search.refit is not False))
        root.call_on_fit_task_begin(estimator=search, **samples)
        yield SearchCallbacks(search, task, root, samples)
        root.call_on_fit_task_end(estimator=search, **samples)


class SearchCallbacks:
    """The hooks of a search's callbacks, to be called within `search_callbacks`.

    Args:
        search: the search.
        task: what all its fits share.
        root: scikit-learn's context of the search's `fit`.
        samples: all samples, as the hooks take them.
    """

    def __init__(
        self, search: Any, task: SearchTask, root: CallbackContext, samples: Samples
    ) -> None:
        self.search = search
        self.task = task
        self.root = root
        self.samples = samples
        self._contexts: dict[tuple[int, int], CallbackContext] = {}

    def evaluation(self, fits: Sequence[Fit], context: CallbackContext) -> None:
        """Announce fits: their hooks are called within a context that scikit-learn has begun.

        Args:
            fits: all that are evaluated now in scikit-learn's order, stored ones included.
            context: of these fits.
        """
        self._contexts = {}
        if callbacks_of(self.search):
            self._contexts = {
                (fit.candidate, fit.split): context.subcontext("candidate-split-evaluation", number)
                for number, fit in enumerate(fits)
            }

    def finished(self, fit: Fit) -> None:
        """Call the hooks of one fit."""
        if not self._contexts:
            return
        context = self._contexts[fit.candidate, fit.split]
        samples = _training_samples(self.task, fit)
        with _propagated(context, self.search.estimator):
            context.call_on_fit_task_begin(estimator=self.search, **samples)
        context.call_on_fit_task_end(estimator=self.search, **samples)

    @contextmanager
    def refit(self, estimator: Any) -> Iterator[None]:
        """Call the hooks around the fit of the best candidate on all samples.

        Args:
            estimator: the best candidate; while it is fitted, it has the callbacks that are to
                be propagated.
        """
        context = self.root.subcontext("refit-with-best-params")
        with context.propagate_callback_context(estimator):
            context.call_on_fit_task_begin(estimator=self.search, **self.samples)
            yield
        context.call_on_fit_task_end(estimator=self.search, **self.samples)


@contextmanager
def _propagated(context: CallbackContext, estimator: Any) -> Iterator[None]:
    """Let scikit-learn say, in its own words, that a fit's estimator takes no callbacks.

    An estimator that does take them has been fitted already: its callbacks are told of the fit
    by the search, as if they were not to be propagated.
    """
    if hasattr(estimator, "set_callbacks"):
        yield
    else:
        with context.propagate_callback_context(estimator):
            yield


def _training_samples(task: SearchTask, fit: Fit) -> dict[str, Callable[[], Any]]:
    """Return the training samples of a fit, cut from all samples when a hook asks for them."""
    rows = cache(lambda: safe_split(task.estimator, task.X, task.y, fit.train))
    return {
        "X": lambda: rows()[0],
        "y": lambda: rows()[1],
        "metadata": cache(lambda: _metadata(_cut_weights(task, fit.train))),
    }


def _cut_weights(task: SearchTask, rows: np.ndarray) -> Any:
    params = {"sample_weight": task.fit_params.get("sample_weight")}
    return check_method_params(task.X, params, indices=rows)["sample_weight"]


def _metadata(sample_weight: Any) -> dict[str, Any] | None:
    return None if sample_weight is None else {"sample_weight": sample_weight}
