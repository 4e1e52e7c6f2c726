"""Searches over pipelines that end in a CNN: transformers fitted once per split, then lanes.

What the transformers make of the samples of each split takes the place of the samples: the split
of a candidate is rows of it, and all else is a search over the CNN alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from scipy import sparse
from sklearn import get_config
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.internals.scikit_learn import callbacks_of, check_method_params, safe_split
from kerascnn.search.fits import SearchTask

Parameters = Mapping[str, Any]
Splits = list[tuple[np.ndarray, np.ndarray]]


class NotReachedError(ValueError):
    """A pipeline is one that only scikit-learn's own search does justice to."""


def is_pipeline(estimator: Any) -> bool:
    """Return whether an estimator is scikit-learn's own pipeline; a subclass may do anything."""
    return type(estimator) is Pipeline and bool(estimator.steps)


def cnn_of(estimator: Any) -> CNNEstimator | None:
    """Return an estimator that is a CNN, or the CNN that a pipeline ends in; None without one."""
    last = estimator.steps[-1][1] if is_pipeline(estimator) else estimator
    return last if isinstance(last, CNNEstimator) else None


def prefix_of(estimator: Any) -> str:
    """Return what stands before the names of the CNN's parameters: nothing for a CNN alone."""
    return f"{estimator.steps[-1][0]}__" if is_pipeline(estimator) else ""


def own_params(estimator: Any, params: Parameters) -> dict[str, Any]:
    """Return those of a pipeline's parameters that are its CNN's, by the names that it gives."""
    prefix = prefix_of(estimator)
    return {n.removeprefix(prefix): v for n, v in params.items() if n.startswith(prefix)}


def with_seed(estimator: Any, seed: int) -> Any:
    """Return a copy of a CNN, or of a pipeline that ends in one, with a seed."""
    return clone(estimator).set_params(**{f"{prefix_of(estimator)}random_state": seed})


def check_reached(search: Any, task: SearchTask) -> None:
    """Raise NotReachedError for a pipeline's search that lanes could not do justice to."""
    if not task.scorer_sees_predictions_only:
        raise NotReachedError("scoring may look into the whole pipeline")
    if callbacks_of(search):
        raise NotReachedError("scikit-learn's callbacks are told of each fit of the pipeline")
    if get_config()["enable_metadata_routing"]:
        raise NotReachedError("metadata routing passes arguments through the pipeline")


@dataclass(frozen=True)
class Transformed:
    """What the transformers of some candidates make of the samples.

    Attributes:
        task: a search over the CNN alone, whose samples are those of all splits, transformed.
        splits: row numbers of training and test samples among them.
        scored: of each split, the training samples as they are predicted; None where they are
            those that the CNN is trained on.
    """

    task: SearchTask
    splits: Splits
    scored: Sequence[np.ndarray | None]


def divided(task: SearchTask, settings: Parameters) -> tuple[Pipeline, dict[str, Any]]:
    """Return a candidate's transformers, not fitted, and what it sets of the CNN.

    Args:
        task: of the pipeline.
        settings: what the candidate sets of the pipeline.

    Raises:
        NotReachedError: if it puts another step in the place of the CNN.
    """
    last = task.estimator.steps[-1][0]
    if last in settings or "steps" in settings:
        raise NotReachedError(f"candidates set {last!r} as a whole")
    whole = clone(task.estimator).set_params(**clone(dict(settings), safe=False))
    return whole[:-1], own_params(task.estimator, settings)


def same(transformers: Pipeline) -> Any:
    """Return what transformers have in common that make the same of the same samples.

    Some are like nothing but themselves: what this returns is theirs as long as they exist.
    """
    try:
        return joblib.hash((transformers, transformers.get_params()))  # a pickle may leave some out
    except Exception:  # what cannot be pickled is like nothing else
        return id(transformers)


def transformed(task: SearchTask, transformers: Pipeline, splits: Splits) -> Transformed:
    """Return the task of the CNN behind transformers that are fitted anew for each split.

    Args:
        task: of the pipeline.
        transformers: not fitted, and left so.
        splits: row numbers of the pipeline's samples.

    Raises:
        NotReachedError: if a transformer fails, or what it makes differs in form between splits.
    """
    made = [_made(task, transformers, train, test) for train, test in splits]
    rows = [
        [train, test, train][: len(pieces)]
        for pieces, (train, test) in zip(made, splits, strict=True)
    ]
    numbers = np.concatenate([each for several in rows for each in several])
    own = own_params(task.estimator, task.fit_params)
    inner = SearchTask(
        task.estimator.steps[-1][1],
        _together([piece for pieces in made for piece in pieces]),
        task.rows_of_targets(numbers),
        task.scorer,
        check_method_params(task.X, params=own, indices=numbers),
        check_method_params(task.X, params=dict(task.score_params), indices=numbers),
        task.return_train_score,
        task.error_score,
    )
    places = _places(rows)
    return Transformed(
        inner,
        [(train, test) for train, test, *_ in places],
        [scored[0] if scored else None for _, _, *scored in places],
    )


def _places(rows: Sequence[Sequence[np.ndarray]]) -> list[list[np.ndarray]]:
    """Return where pieces of so many rows are, once they stand one below the other."""
    ends = np.cumsum([len(each) for several in rows for each in several])
    spans = iter(np.split(np.arange(ends[-1]), ends[:-1]))
    return [[next(spans) for _ in several] for several in rows]


def splits_key(splits: Splits) -> str:
    """Return a digest of the rows of splits."""
    return str(joblib.hash([rows for sides in splits for rows in sides]))


def _made(
    task: SearchTask, transformers: Pipeline, train: np.ndarray, test: np.ndarray
) -> list[Any]:
    """Return training and test samples of a split, and the former as predicted if they differ.

    Raises:
        NotReachedError: if a transformer fails: scikit-learn says how each fit fails then; or if
            it changes its samples in place, which scikit-learn hands it more than once.
    """
    X_train, y_train = safe_split(task.estimator, task.X, task.y, train)
    X_test, _ = safe_split(task.estimator, task.X, task.y, test, train)
    if not transformers.steps:
        return [_plain(X_train), _plain(X_test)]
    fitted, prefix = clone(transformers), prefix_of(task.estimator)
    fitted.steps.append((prefix.removesuffix("__"), _Samples()))
    given = _content(X_train, y_train, X_test)
    params = {n: v for n, v in task.fit_params.items() if not n.startswith(prefix)}
    cut = check_method_params(task.X, params=params, indices=train)
    try:
        learnt = _plain(fitted.fit(X_train, y_train, **cut).steps[-1][1].samples_)
        made = [learnt, _plain(fitted.predict(X_test))]
        scored = _plain(fitted.predict(X_train)) if task.return_train_score else learnt
    except Exception as error:
        raise NotReachedError(f"a transformer fails: {error}") from error
    if _content(X_train, y_train, X_test) != given:
        raise NotReachedError("a transformer changes samples in place, see copy=False")
    return made if _equal(learnt, scored) else [*made, scored]


def _content(*samples: Any) -> str:
    """Return a digest of values; how a table holds them may change while it is read."""
    return str(joblib.hash([_plain(each) for each in samples]))


class _Samples(BaseEstimator):
    """Stands for the CNN: keeps the samples that it would be trained on, and predicts samples."""

    def fit(self, X: Any, y: Any = None) -> "_Samples":
        """Keep the samples."""
        self.samples_ = X
        return self

    def predict(self, X: Any) -> Any:
        """Return the samples."""
        return X


def _plain(samples: Any) -> Any:
    """Return samples as an array, sparse ones as they are."""
    return samples if sparse.issparse(samples) else np.asarray(samples)


def _equal(first: Any, second: Any) -> bool:
    if first is second:
        return True
    if sparse.issparse(first) or sparse.issparse(second):
        return False
    same_form = first.shape == second.shape and first.dtype == second.dtype
    return same_form and first.tobytes() == second.tobytes()


def _together(pieces: Sequence[Any]) -> Any:
    forms = {(piece.shape[1:], piece.dtype.str) for piece in pieces}
    if len(forms) > 1:
        raise NotReachedError("transformers give samples of one form or another by the split")
    if sparse.issparse(pieces[0]):
        return sparse.vstack(pieces, format="csr")
    return np.concatenate(pieces)
