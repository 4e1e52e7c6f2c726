"""Preparation of a search: the arguments of its `fit`, validated and completed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.model_selection import check_cv
from sklearn.utils.validation import indexable

from kerascnn import environment
from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.identity import Unidentifiable
from kerascnn.internals.scikit_learn import check_method_params
from kerascnn.search.checks import (
    check_class_sizes,
    check_fit_params,
    check_split_weights,
    check_splits,
    checked_targets,
)
from kerascnn.search.fits import SearchTask, n_samples_of
from kerascnn.search.keys import seed_key
from kerascnn.search.store import open_store
from kerascnn.search.trainings import row_numbers

LARGEST_SEED = 2**31 - 1

Splits = list[tuple[np.ndarray, np.ndarray]]


@dataclass
class Preparation:
    """What a search is to do.

    Attributes:
        task: what all fits share.
        splits: row numbers of training and test samples.
        refit_metric: scikit-learn's, the metric that chooses the best candidate.
        notes: what a user should know of it, a line each.
    """

    task: SearchTask
    splits: Splits
    refit_metric: Any
    notes: list[str] = field(default_factory=list)


def prepare(
    search: Any, X: Any, y: Any, params: Mapping[str, Any], *, keep_seed: bool = True
) -> Preparation:
    """Check the arguments of `fit` and lay out what all fits share; changes nothing in `search`.

    Args:
        search: a `kerascnn.GridSearchCV`.
        X: images.
        y: labels, (n,).
        params: further arguments of `fit`.
        keep_seed: whether a seed that is drawn may be kept in the search's store.

    Raises:
        ValueError: naming the argument that is wrong.
    """
    environment.prefer_threads_for_sweep()
    search.estimator.check_constructor()
    scorer, refit_metric = search._get_scorers()
    X, y = indexable(X, checked_targets(search.estimator, y))
    routed = search._get_routed_params_for_fit(check_method_params(X, params=dict(params)))
    check_fit_params(routed.estimator.fit, X)
    splits = _splits(search, X, y, routed.splitter.split)
    check_split_weights(routed.estimator.fit.get("sample_weight"), splits)
    task = SearchTask(
        clone(search.estimator),
        X,
        y,
        scorer,
        routed.estimator.fit,
        routed.scorer.score,
        search.return_train_score,
        search.error_score,
        _lacking_classes(y, splits) if is_classifier(search.estimator) else frozenset(),
    )
    prepared = Preparation(task, splits, refit_metric)
    return _seeded(prepared, search.store, keep_seed)


def _splits(search: Any, X: Any, y: Any, params: Mapping[str, Any]) -> Splits:
    splitter = check_cv(search.cv, y, classifier=is_classifier(search.estimator))
    check_class_sizes(splitter, y)
    n_samples = n_samples_of(X)
    splits = [
        (row_numbers(train, n_samples), row_numbers(test, n_samples))
        for train, test in splitter.split(X, y, **params)
    ]
    n_stated = splitter.get_n_splits(X, y, **params)
    if len(splits) != n_stated:
        raise ValueError(
            "cv.split and cv.get_n_splits return inconsistent results. "
            f"Expected {n_stated} splits, got {len(splits)}"
        )
    check_splits(splits)
    return splits


def _lacking_classes(y: Any, splits: Splits) -> frozenset[int]:
    """Return the splits whose training samples do not have all labels."""
    labels = np.asarray(y)
    n_classes = len(np.unique(labels))
    return frozenset(
        number
        for number, (train, _) in enumerate(splits)
        if len(np.unique(labels[train])) < n_classes
    )


def _seeded(prepared: Preparation, store: Any, keep_seed: bool) -> Preparation:
    """Settle the estimator's `random_state` if it is None: the store's, or one just drawn."""
    task = prepared.task
    if task.estimator.random_state is not None:
        return prepared
    seed = int(np.random.default_rng().integers(LARGEST_SEED))
    notes = []
    if store is not None and keep_seed:
        try:
            with open_store(store, lambda fit: None) as opened:
                seed = opened.seed(seed_key(task), seed)
        except Unidentifiable as reason:
            notes = [
                f"random_state=None drew a new seed, so that no stored fit is reused: {reason}; "
                "set random_state"
            ]
    estimator: CNNEstimator = clone(task.estimator).set_params(random_state=seed)
    seeded = replace(task, estimator=estimator)
    return Preparation(seeded, prepared.splits, prepared.refit_metric, notes)
