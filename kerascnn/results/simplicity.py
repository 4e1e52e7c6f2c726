"""The complexity of candidates, as far as the names of parameters tell.

More regularization, fewer epochs and a smaller network are simpler. Each parameter in the lists
below gives a candidate a place from 0, its simplest value among those tried, to 1, its most complex
one; a candidate's complexity is the mean of its places. Other parameters say nothing of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

# The larger, the simpler: what holds weights, trees or neighbourhoods back.
SIMPLER_WHEN_LARGER = {
    *("l1", "l2", "alpha", "reg_alpha", "reg_lambda", "weight_decay", "l2_regularization"),
    *("dropout", "dropout_rate", "ccp_alpha", "min_impurity_decrease"),
    *("min_samples_leaf", "min_samples_split", "n_neighbors"),
}
# The smaller, the simpler: how long training takes, how large what is trained is.
SIMPLER_WHEN_SMALLER = {
    *("C", "epochs", "max_iter", "n_estimators", "max_depth", "max_leaf_nodes", "max_features"),
    *("n_filters", "filters", "n_units", "units", "n_layers", "n_blocks", "depth", "width"),
    *("n_codes", "n_components", "n_features_to_select", "k", "degree", "kernel_size"),
}
# `None` there means that there is no limit.
UNLIMITED = {"max_depth", "max_leaf_nodes", "max_features"}


def complexity_of(settings: Sequence[Mapping[str, Any]]) -> np.ndarray | None:
    """Return how complex each candidate is, (n_candidates,) float from 0 to 1.

    Returns:
        None if no parameter with several values tells.
    """
    names = dict.fromkeys(name for setting in settings for name in setting)
    places = [place for name in names if (place := _places(name, settings)) is not None]
    return np.mean(places, axis=0) if places else None


def _places(name: str, settings: Sequence[Mapping[str, Any]]) -> np.ndarray | None:
    """Return each candidate's place by one parameter; None if that tells nothing."""
    own = name.rsplit("__", 1)[-1]
    if own not in SIMPLER_WHEN_LARGER | SIMPLER_WHEN_SMALLER:
        return None
    numbers = [_number(own, setting.get(name)) for setting in settings]
    if any(number is None for number in numbers):
        return None
    values, places = np.unique(np.array(numbers, float), return_inverse=True)
    if len(values) < 2:
        return None
    share = places / (len(values) - 1)
    return 1 - share if own in SIMPLER_WHEN_LARGER else share


def _number(name: str, value: Any) -> float | None:
    """Return a parameter's value as a number; None for what is none."""
    if value is None and name in UNLIMITED:
        return np.inf
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return float(value) if is_number and not np.isnan(value) else None
