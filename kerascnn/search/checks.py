"""Validation of a search's arguments, before anything is trained."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import StratifiedKFold
from sklearn.utils import get_tags
from sklearn.utils.validation import column_or_1d

from kerascnn.internals.scikit_learn import check_sample_weight
from kerascnn.search.engines.choice import ENGINES, FOR_ANY_ESTIMATOR
from kerascnn.search.engines.dask_client import check_scheduler
from kerascnn.search.pipelines import cnn_of, prefix_of
from kerascnn.utils.spelling import did_you_mean

SMALLEST_FACTOR = 2


def check_reach(search: Any) -> None:
    """Raise ValueError if a search's `engine` names none, or an argument reaches nobody."""
    _check_scheduler(search)
    if search.n_jobs == 0:
        raise ValueError("n_jobs=0 starts no workers: leave it out, or give 1 or more")
    if not isinstance(search.engine, str) or search.engine not in ENGINES:
        hint = did_you_mean(str(search.engine), ENGINES)
        raise ValueError(f"engine={search.engine!r} is unknown: {hint}")
    if cnn_of(search.estimator) is None:
        check_left_to_scikit_learn(search)


def check_left_to_scikit_learn(search: Any, why: str = "") -> None:
    """Raise ValueError for arguments that mean nothing where scikit-learn's own search runs.

    Args:
        search: the search.
        why: why it must, although there is a CNN.
    """
    kind = type(search.estimator).__name__ + (f" ({why})" if why else "")
    if search.engine not in FOR_ANY_ESTIMATOR:
        raise ValueError(
            f"engine={search.engine!r} trains a CNN, and cannot reach into {kind}: leave engine "
            "out, or search over the CNN itself"
        )
    if search.store is not None:
        raise ValueError(
            f"store={str(search.store)!r} keeps fits of a CNN, and cannot keep those of {kind}: "
            "leave store out, or search over the CNN itself"
        )
    if search.progress:
        raise ValueError(
            f"progress={search.progress!r} counts fits of a CNN, and cannot count those of {kind}: "
            "leave progress out, or set verbose"
        )


def _check_scheduler(search: Any) -> None:
    """Raise an error if a search has no use for its scheduler, or cannot use it."""
    if search.engine == "dask":
        check_scheduler(search.scheduler)
    elif search.scheduler is not None:
        raise ValueError(
            f"scheduler={search.scheduler!r} is used by engine='dask' only, and engine is "
            f"{search.engine!r}: set engine='dask', or leave scheduler out"
        )


def check_halving(search: Any) -> None:
    """Raise ValueError if a halving search's `factor` or resource can halve nothing."""
    if search.factor < SMALLEST_FACTOR:
        raise ValueError(
            f"factor={search.factor!r} must be at least {SMALLEST_FACTOR}, so that a rung keeps at "
            "most half of its candidates: 3 is usual"
        )
    if search.resource == "n_samples":
        return
    known = search.estimator.get_params()
    if search.resource not in known:
        hint = did_you_mean(search.resource, [*known, "n_samples"])
        raise ValueError(
            f"resource={search.resource!r} is neither 'n_samples' nor a parameter of "
            f"{type(search.estimator).__name__}: {hint}"
        )
    overruling = f"{prefix_of(search.estimator)}fit__epochs"
    if search.resource == f"{prefix_of(search.estimator)}epochs" and overruling in known:
        raise ValueError(
            f"{overruling}={known[overruling]!r} overrides the resource 'epochs': leave it out"
        )
    if search.max_resources == "auto":
        raise ValueError(
            "max_resources='auto' is the number of samples, and says nothing of "
            f"{search.resource}: give the most that a candidate may use, such as max_resources=100"
        )


def check_lasting(cv: Any) -> None:
    """Raise ValueError if a splitter gives its splits only once."""
    if isinstance(cv, Iterator):
        raise ValueError(
            f"cv={cv!r} yields its splits only once, and planning would consume them: give list(cv)"
        )


def check_splits(splits: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
    """Raise ValueError if there are no splits, or one has no samples on one side."""
    if not splits:
        raise ValueError("No fits were performed. Was the CV iterator empty?")
    for number, sides in enumerate(splits):
        for side, rows in zip(("training", "test"), sides, strict=True):
            if not len(rows):
                raise ValueError(
                    f"cv leaves split {number} without {side} samples: every split needs some"
                )


def checked_targets(estimator: Any, y: Any) -> Any:
    """Return targets; labels in a table of one column become an array.

    Raises:
        ValueError: if there are none although the estimator learns some, or several labels for
            each sample.
    """
    kind = type(estimator).__name__
    if not is_classifier(estimator):
        if y is None and get_tags(estimator).target_tags.required:
            raise ValueError(f"y=None, but a {kind} learns targets: give one for each sample")
        return y
    if y is None:
        raise ValueError(f"y=None, but a {kind} learns labels: give one for each sample")
    return column_or_1d(y, warn=True) if np.ndim(y) > 1 else y


def check_fit_params(params: Mapping[str, Any], X: Any) -> None:
    """Raise ValueError for further arguments of `fit` that no fit could take."""
    if "validation_data" in params:
        raise ValueError(
            "validation_data is not an argument of a search: each fit is validated on the test "
            "samples of its split, and `learning_curves_` has the results"
        )
    weights = params.get("sample_weight")
    if weights is None:
        return
    if not np.ndim(weights):
        raise ValueError(f"sample_weight={weights!r} must be an array with a weight per sample")
    check_sample_weight(weights, X, dtype=np.float32, ensure_non_negative=True)


def check_split_weights(weights: Any, splits: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
    """Raise ValueError if no training sample of a split counts; `weights` may be None."""
    if weights is None:
        return
    for number, (train, _) in enumerate(splits):
        if not np.any(np.asarray(weights)[train]):
            raise ValueError(
                f"sample_weight is 0 for all training samples of split {number}: give some of "
                "them a weight above 0"
            )


def check_class_sizes(splitter: Any, y: Any) -> None:
    """Raise ValueError if a class has fewer members than a stratified splitter has folds."""
    if not isinstance(splitter, StratifiedKFold):
        return
    labels, counts = np.unique(np.asarray(y), return_counts=True)
    if counts.min() < splitter.n_splits:
        rarest = labels.tolist()[counts.argmin()]
        raise ValueError(
            f"cv={splitter.n_splits} folds need at least {splitter.n_splits} members of each "
            f"class, but class {rarest!r} has {counts.min()}: use fewer folds or add samples"
        )
