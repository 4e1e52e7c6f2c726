"""The parameters that decide what is built, told from those that decide how it is trained."""

from collections.abc import Mapping
from types import FunctionType
from typing import Any

import numpy as np

from kerascnn.estimators.routes import effective, is_settled_by_building
from kerascnn.estimators.transfer import has_two_rates
from kerascnn.estimators.validation import optimizer_class

Parameters = Mapping[str, Any]

RATE_ROUTE = "optimizer__learning_rate"


def network_key(parameters: Parameters) -> str | None:
    """Return a key that candidates share only if they are surely built alike; None for no others.

    Numbers, text and functions that are the same object are sure. Other objects may have drawn a
    seed of their own when they were made, so they are built, and told apart by what comes of it.

    Args:
        parameters: the candidate's, routes included.
    """
    chosen = building_parameters(parameters)
    if not all(map(_is_sure, chosen.values())):
        return None
    return repr(sorted((name, _named(value)) for name, value in chosen.items()))


def _is_sure(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_sure, value))
    if isinstance(value, FunctionType | type):
        return True
    return value is None or isinstance(value, bool | int | float | str | np.number)


def _named(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} {[_named(item) for item in value]}"
    return f"object {id(value)}" if isinstance(value, FunctionType | type) else repr(value)


def building_parameters(parameters: Parameters) -> dict[str, Any]:
    """Return the parameters that decide what is built and compiled."""
    rates = free_rates(parameters)
    left_out = {*rates, RATE_ROUTE} if rates else set()
    return {n: v for n, v in parameters.items() if is_settled_by_building(n) and n not in left_out}


def training_parameters(parameters: Parameters) -> dict[str, Any]:
    """Return the parameters that decide how the network is trained, without the epochs."""
    left_out = {*building_parameters(parameters), "epochs", "fit__epochs", RATE_ROUTE}
    chosen = {name: value for name, value in parameters.items() if name not in left_out}
    return chosen | free_rates(parameters)


def free_rates(parameters: Parameters) -> dict[str, float]:
    """Return the learning rates that are set after building, by parameter; none if none is.

    That is so for numbers and Keras's own optimizers by name or class; what users wrote may use the
    rate in its constructor. The head's comes first where the backbone has one of its own.
    """
    optimizer = parameters["optimizer"]
    rates = {"learning_rate": effective(parameters, "learning_rate")}
    if has_two_rates(parameters):
        rates["backbone_learning_rate"] = parameters["backbone_learning_rate"]
    are_numbers = all(isinstance(rate, int | float | np.number) for rate in rates.values())
    if not (are_numbers and isinstance(optimizer, str | type)):
        return {}
    if not optimizer_class(optimizer).__module__.startswith("keras."):
        return {}
    return {name: float(rate) for name, rate in rates.items()}
