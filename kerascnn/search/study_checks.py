"""Validation of what a search that an Optuna study drives is given, before anything is trained."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from numbers import Integral
from typing import Any

import numpy as np
from optuna import Study
from optuna.distributions import BaseDistribution
from sklearn.base import clone

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.search.study import extremes, found_trials, maximizes

MAXIMIZING = 'optuna.create_study(direction="maximize")'


def check_study_search(search: Any) -> None:
    """Raise ValueError for wrong arguments of an `OptunaSearchCV`."""
    for name in ("n_trials", "trials_per_batch"):
        _check_count(name, getattr(search, name))
    _check_distributions(search.estimator, search.param_distributions)
    _check_metric(search)
    _check_seed(search.random_state)
    if search.study is not None:
        _check_study(search.study, search.param_distributions)
    if search.prune_at is not None:
        _check_epochs(search)


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _check_count(name: str, count: Any) -> None:
    if not _is_whole(count) or count < 1:
        raise ValueError(f"{name}={count!r} must be a whole number of at least 1")


def _check_distributions(estimator: Any, distributions: Any) -> None:
    """Raise ValueError if a distribution is none, or gives what the estimator does not take."""
    if not isinstance(distributions, Mapping) or not distributions:
        raise ValueError(
            f"param_distributions={distributions!r} must map parameters to Optuna's distributions, "
            'such as {"learning_rate": optuna.distributions.FloatDistribution(1e-4, 0.1, log=True)}'
        )
    for name, distribution in distributions.items():
        if not isinstance(distribution, BaseDistribution):
            raise ValueError(
                f"param_distributions[{name!r}]={distribution!r} is no distribution of Optuna's: "
                "for a list of values give optuna.distributions.CategoricalDistribution(values)"
            )
    for candidate in _corners(distributions):
        checked = clone(estimator).set_params(**candidate)
        if isinstance(checked, CNNEstimator):
            checked.check_arguments()


def _corners(distributions: Mapping[str, BaseDistribution]) -> list[dict[str, Any]]:
    """Return candidates in which each choice, each smallest and each largest number occurs."""
    values = {name: extremes(distribution) for name, distribution in distributions.items()}
    return [
        {name: some[min(number, len(some) - 1)] for name, some in values.items()}
        for number in range(max(map(len, values.values())))
    ]


def _check_seed(random_state: Any) -> None:
    if random_state is None or isinstance(random_state, np.random.RandomState):
        return
    if not _is_whole(random_state) or not 0 <= random_state < 2**32:
        raise ValueError(
            f"random_state={random_state!r} must be None, a whole number from 0 to 2**32 - 1, or a "
            "numpy.random.RandomState"
        )


def _check_metric(search: Any) -> None:
    several = isinstance(search.scoring, Sequence | Mapping | set)
    if several and not isinstance(search.scoring, str) and not isinstance(search.refit, str):
        raise ValueError(
            f"refit={search.refit!r} leaves open which of several metrics the study is told: "
            "give the metric's name"
        )


def _check_study(study: Any, distributions: Mapping[str, Any]) -> None:
    if not isinstance(study, Study):
        raise ValueError(f"study={study!r} is no study: give {MAXIMIZING}, or None for a new one")
    if not maximizes(study):
        directions = " and ".join(direction.name.lower() for direction in study.directions)
        raise ValueError(
            f"study has the direction {directions}, but a search looks for the largest mean score: "
            f"give {MAXIMIZING}"
        )
    for trial in found_trials(study):
        if set(trial.params) != set(distributions):
            raise ValueError(
                f"trial {trial.number} of the study sets {sorted(trial.params)}, but "
                f"param_distributions has {sorted(distributions)}: give a new study"
            )


def _check_epochs(search: Any) -> None:
    """Raise ValueError if trials cannot be pruned after these epochs."""
    prune_at, estimator = search.prune_at, search.estimator
    if not isinstance(estimator, CNNEstimator):
        raise ValueError(
            f"prune_at={prune_at!r} counts epochs of a CNN, not of a {type(estimator).__name__}: "
            "leave it out"
        )
    for name in ("epochs", "fit__epochs"):
        if name in search.param_distributions:
            raise ValueError(f"{name} cannot be searched and prune_at={prune_at!r} count them, too")
    if "fit__epochs" in estimator.get_params():
        raise ValueError(
            f"fit__epochs={estimator.get_params()['fit__epochs']!r} overrides the epochs that "
            f"prune_at={prune_at!r} sets: give epochs in its place"
        )
    _check_rising(prune_at, estimator.epochs)


def _check_rising(prune_at: Any, epochs: int) -> None:
    numbers = list(prune_at) if isinstance(prune_at, Sequence) else []
    whole = numbers and all(map(_is_whole, numbers))
    if not whole or any(low >= high for low, high in pairwise([0, *numbers, epochs])):
        raise ValueError(
            f"prune_at={prune_at!r} must be rising numbers of epochs, from 1 up to below the "
            f"estimator's epochs={epochs}, such as (1, 3)"
        )
