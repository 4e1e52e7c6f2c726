"""Preparation of a search: the arguments of its `fit`, validated and completed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.model_selection import check_cv
from sklearn.utils.validation import indexable

from kerascnn import environment
from kerascnn.identity import Unidentifiable
from kerascnn.internals.scikit_learn import check_method_params
from kerascnn.search.checks import (
    check_class_sizes,
    check_fit_params,
    check_split_weights,
    check_splits,
    checked_targets,
)
from kerascnn.search.fits import SearchTask
from kerascnn.search.keys import seed_key
from kerascnn.search.pipelines import check_reached, cnn_of, is_pipeline, own_params, with_seed
from kerascnn.search.store import no_key, open_store
from kerascnn.search.trainings import row_numbers

LARGEST_SEED = 2**31 - 1

Splits = list[tuple[np.ndarray, np.ndarray]]


@dataclass
class Preparation:
    """What a search is to do.

    Attributes:
        task: what all fits share.
        splitter: scikit-learn's, gives the rows of training and test samples.
        split_params: further arguments of the splitter, such as `groups`.
        refit_metric: scikit-learn's, the metric that chooses the best candidate.
        notes: what a user should know of it, a line each.
    """

    task: SearchTask
    splitter: Any
    split_params: Mapping[str, Any]
    refit_metric: Any
    notes: list[str] = field(default_factory=list)

    @property
    def seed(self) -> int | None:
        """The `random_state` of the CNN."""
        cnn = cnn_of(self.task.estimator)
        return None if cnn is None else cnn.random_state

    @cached_property
    def n_splits(self) -> int:
        """How many splits the splitter says that there are."""
        task = self.task
        return int(self.splitter.get_n_splits(task.X, task.y, **self.split_params))

    def splits(self, splitter: Any = None) -> Splits:
        """Return the row numbers of training and test samples.

        Args:
            splitter: in place of the search's own.

        Raises:
            ValueError: if there are none, or a side of one is empty or of no weight.
        """
        task, splitter = self.task, splitter or self.splitter
        splits = [
            (row_numbers(train, task.n_samples), row_numbers(test, task.n_samples))
            for train, test in splitter.split(task.X, task.y, **self.split_params)
        ]
        if len(splits) != self.n_splits:
            raise ValueError(
                "cv.split and cv.get_n_splits return inconsistent results. "
                f"Expected {self.n_splits} splits, got {len(splits)}"
            )
        check_splits(splits)
        own = own_params(task.estimator, task.fit_params)
        check_split_weights(own.get("sample_weight"), splits)
        return splits


def prepare(
    search: Any, X: Any, y: Any, params: Mapping[str, Any], *, keep_seed: bool = True
) -> Preparation:
    """Check the arguments of `fit` and lay out what all fits share; changes nothing in `search`.

    Args:
        search: one of this package's searches.
        X: images.
        y: labels, (n,).
        params: further arguments of `fit`.
        keep_seed: whether a seed that is drawn may be kept in the search's store.

    Raises:
        ValueError: naming the argument that is wrong.
    """
    environment.prefer_threads_for_sweep()
    cnn = cnn_of(search.estimator)
    assert cnn is not None  # or scikit-learn's own search had been called
    cnn.check_constructor()
    scorer, refit_metric = search._get_scorers()
    X, y = indexable(X, checked_targets(search.estimator, y))
    routed = search._get_routed_params_for_fit(check_method_params(X, params=dict(params)))
    check_fit_params(own_params(search.estimator, routed.estimator.fit), X)
    splitter = check_cv(search.cv, y, classifier=is_classifier(search.estimator))
    check_class_sizes(splitter, y)
    task = SearchTask(
        clone(search.estimator),
        X,
        y,
        scorer,
        routed.estimator.fit,
        routed.scorer.score,
        search.return_train_score,
        search.error_score,
    )
    if is_pipeline(search.estimator):
        check_reached(search, task)
    notes = _notes_of_draws(search)
    prepared = Preparation(task, splitter, routed.splitter.split, refit_metric, notes)
    return _seeded(prepared, search.store, keep_seed)


def _notes_of_draws(search: Any) -> list[str]:
    """Return why a search that was killed would not resume, if it draws without a seed."""
    if search.store is None or getattr(search, "random_state", 0) is not None:
        return []
    if hasattr(search, "param_distributions"):
        drawn = "candidates"
    elif search.resource == "n_samples":
        drawn = "samples"
    else:
        return []
    return [
        f"random_state=None of the search draws other {drawn} each time, so that stored fits are "
        "not found again: set random_state"
    ]


def lacking_classes(task: SearchTask, splits: Splits) -> frozenset[int]:
    """Return the splits whose training samples do not have all labels."""
    if not is_classifier(task.estimator):
        return frozenset()
    labels = np.asarray(task.y)
    n_classes = len(np.unique(labels))
    return frozenset(
        number
        for number, (train, _) in enumerate(splits)
        if len(np.unique(labels[train])) < n_classes
    )


def _seeded(prepared: Preparation, store: Any, keep_seed: bool) -> Preparation:
    """Settle the estimator's `random_state` if it is None: the store's, or one just drawn."""
    task = prepared.task
    if prepared.seed is not None:
        return prepared
    seed = int(np.random.default_rng().integers(LARGEST_SEED))
    notes = []
    if store is not None and keep_seed:
        try:
            with open_store(store, no_key) as opened:
                seed = opened.seed(seed_key(task), seed)
        except Unidentifiable as reason:
            notes = [
                f"random_state=None drew a new seed, so that no stored fit is reused: {reason}; "
                "set random_state"
            ]
    seeded = replace(task, estimator=with_seed(task.estimator, seed))
    return replace(prepared, task=seeded, notes=[*prepared.notes, *notes])
