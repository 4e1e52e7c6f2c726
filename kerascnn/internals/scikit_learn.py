"""Private parts of scikit-learn.

A search of our own gives the numbers, warnings and hooks of scikit-learn's while other engines
run its fits. The public ways, `GridSearchCV.fit` and `cross_validate`, run the fits themselves,
so the steps that they consist of are taken one by one. Methods that `kerascnn.GridSearchCV`
inherits and calls are private too; they need no import and are listed with the tests.
"""

from typing import Any

# Tears callbacks down after `fit`. `with_callbacks` is public, but it decorates methods only.
from sklearn.callback._callback_support import callback_management_context

# The classes of what `check_scoring` returns, by which a scorer that only looks at predictions
# is told from any other callable; none of them has a public name.
from sklearn.metrics._scorer import _BaseScorer as BaseScorer
from sklearn.metrics._scorer import _MultimetricScorer as MultimetricScorer
from sklearn.metrics._scorer import _PassthroughScorer as PassthroughScorer

# What scikit-learn's searches have in common, to be inherited by what ours have in common.
from sklearn.model_selection._search import BaseSearchCV

# Fits and scores one candidate on one split. `cross_validate` with that one split raises if the
# fit fails, whatever `error_score` says, because then all of its fits have failed.
from sklearn.model_selection._validation import _fit_and_score as fit_and_score

# Gives failed fits a score per metric, where only the scores of others tell the metrics' names.
from sklearn.model_selection._validation import _insert_error_scores as insert_error_scores

# Calls a scorer and treats its errors and wrong return values as scikit-learn's search does.
from sklearn.model_selection._validation import _score as score

# Words the warning about some failed fits and the error about all of them.
from sklearn.model_selection._validation import (
    _warn_or_raise_about_fit_failures as warn_or_raise_about_fit_failures,
)

# Picks the rows of a split from arrays, lists and tables alike.
from sklearn.utils.metaestimators import _safe_split as safe_split

# Cuts arguments of `fit` and of scorers that are as long as the samples to the rows of a split.
from sklearn.utils.validation import _check_method_params as check_method_params

# Checks sample weights as scikit-learn's own classifiers do, with their messages.
from sklearn.utils.validation import _check_sample_weight as check_sample_weight

__all__ = [
    "BaseScorer",
    "BaseSearchCV",
    "MultimetricScorer",
    "PassthroughScorer",
    "callback_management_context",
    "callbacks_of",
    "check_method_params",
    "check_sample_weight",
    "fit_and_score",
    "insert_error_scores",
    "root_callback_context",
    "safe_split",
    "score",
    "scorers_by_name",
    "warn_or_raise_about_fit_failures",
]


def scorers_by_name(scorer: Any) -> dict[str, Any]:
    """Return the scorers that a scorer of several metrics holds; none for a single metric.

    `check_scoring` is the public way to such a scorer, but nothing public leads back from it.
    """
    return dict(scorer._scorers) if isinstance(scorer, MultimetricScorer) else {}


def callbacks_of(estimator: Any) -> list[Any]:
    """Return the callbacks that `set_callbacks` gave an estimator; there is no getter."""
    return list(getattr(estimator, "_skl_callbacks", []))


def root_callback_context(estimator: Any, max_subtasks: int) -> Any:
    """Set up an estimator's callbacks and return the context of its `fit`.

    scikit-learn documents this method for authors of estimators, and underscores it.

    Args:
        estimator: a scikit-learn estimator that supports callbacks.
        max_subtasks: how many tasks its `fit` consists of.
    """
    return estimator._init_callback_context(max_subtasks=max_subtasks)
