"""Parameters and routes: their precedence, and which ones a network depends on."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

Parameters = Mapping[str, Any]

# Arguments of Keras's own methods that a route may set; the estimator gives the others itself.
FIT_ROUTES = (
    "batch_size",
    "callbacks",
    "epochs",
    "shuffle",
    "validation_freq",
    "validation_split",
    "verbose",
)
COMPILE_ROUTES = (
    "auto_scale_loss",
    "jit_compile",
    "loss_weights",
    "run_eagerly",
    "steps_per_execution",
    "weighted_metrics",
)
PREDICT_ROUTES = ("batch_size", "verbose")
PREFIXES = (
    "augmentation",
    "callbacks",
    "compile",
    "early_stopping",
    "fit",
    "loss",
    "metrics",
    "model",
    "optimizer",
    "predict",
)

# Parameters that each training reads anew, so that they may change between two of one network.
READ_BY_EACH_TRAINING = (
    "batch_size",
    "callbacks",
    "class_weight",
    "early_stopping",
    "epochs",
    "shuffle",
    "validation_split",
    "verbose",
    "warm_start",
)
PREFIXES_READ_BY_EACH_TRAINING = ("callbacks", "early_stopping", "fit", "predict")


def effective(parameters: Parameters, name: str) -> Any:
    """Return a parameter's value; a route that leads to the same thing wins."""
    prefix = {"learning_rate": "optimizer", "l2": "model"}.get(name, "fit")
    return parameters.get(f"{prefix}__{name}", parameters[name])


def has_callbacks(parameters: Parameters) -> bool:
    """Return whether a training has Keras callbacks, of a user's or for early stopping."""
    names = ("callbacks", "fit__callbacks")
    given = any(name.startswith(names) and parameters[name] for name in parameters)
    return given or bool(parameters["early_stopping"])


def plain_number(value: Any) -> Any:
    """Return a NumPy scalar as Python's own number, which Keras insists on; all else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def settled_by_building(parameters: Parameters) -> dict[str, Any]:
    """Return the parameters that a network is built and compiled with.

    Lists, tuples and dicts are copied, so that a later change inside them can be seen.
    """
    return {
        name: _copied_containers(value)
        for name, value in parameters.items()
        if is_settled_by_building(name)
    }


def is_settled_by_building(name: str) -> bool:
    """Return whether a parameter decides what is built and compiled, as all do but a few."""
    prefix, is_route, _ = name.partition("__")
    if is_route:
        return prefix not in PREFIXES_READ_BY_EACH_TRAINING
    return name not in READ_BY_EACH_TRAINING


def changed_names(before: Parameters, now: Parameters) -> list[str]:
    """Return the names of parameters whose effective values differ, sorted.

    Args:
        before: parameters that a network was built with.
        now: the same, of another time.
    """
    before, now, missing = _without_overruled(before), _without_overruled(now), object()
    names = {*before, *now}
    return sorted(n for n in names if not _same(before.get(n, missing), now.get(n, missing)))


def _without_overruled(parameters: Parameters) -> dict[str, Any]:
    """Return parameters in which a route has taken the place of the parameter that it overrules."""
    routes = ("optimizer__learning_rate", "model__l2")
    kept = {name: value for name, value in parameters.items() if name not in routes}
    return kept | {name: effective(parameters, name) for name in ("learning_rate", "l2")}


def _copied_containers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied_containers(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_copied_containers(item) for item in value)
    return value


def _same(first: Any, second: Any) -> bool:
    """Return whether two values are one object, or equal numbers, texts or containers of such."""
    if first is second:
        return True
    if isinstance(first, Real | str) and isinstance(second, Real | str):
        return bool(first == second)
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(_same(first[k], second[k]) for k in first)
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(_same, first, second))
    return False
