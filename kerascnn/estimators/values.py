"""Validation of parameter values, independent of the network."""

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from numbers import Integral, Real
from typing import Any

import keras
import numpy as np

from kerascnn.estimators.routes import Parameters, effective

LARGEST_SEED = 2**32 - 1

Check = tuple[Callable[[Any], bool], str]


def value_problems(parameters: Parameters) -> Iterator[str]:
    """Yield a sentence for each parameter whose value is wrong."""
    for name in ("epochs", "batch_size", "learning_rate", "l2", "validation_split", "shuffle"):
        yield from _problem(name, effective(parameters, name), CHECKS[name])
    for name in NOT_OVERRULED:
        if name in parameters:
            yield from _problem(name, parameters[name], CHECKS[name])
    for name, check in ROUTE_CHECKS.items():
        if name in parameters:
            yield from _problem(name, parameters[name], check)
    yield from _callback_problems(parameters)


def prediction_problems(parameters: Parameters) -> Iterator[str]:
    """Yield a sentence for each parameter that predicting reads and whose value is wrong."""
    for name, check in (("batch_size", FROM_1), ("verbose", VERBOSITY)):
        route = f"predict__{name}"
        used = route if route in parameters else name
        yield from _problem(used, parameters[used], check)


def optimizer_value_problems(parameters: Parameters, defaults: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each argument of the optimizer whose value is wrong.

    Args:
        parameters: the estimator's.
        defaults: those of the optimizer's arguments.
    """
    for name, default in defaults.items():
        route = f"optimizer__{name}"
        if name == "learning_rate" or route not in parameters:
            continue
        check = OPTIMIZER_CHECKS.get(name) or _check_like(default)
        if check is not None:
            yield from _problem(route, parameters[route], check)


def is_integer(value: Any) -> bool:
    """Return whether a value is a whole number by type, and no bool."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Return whether a value is a finite number, and no bool."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _problem(name: str, value: Any, check: Check) -> Iterator[str]:
    is_right, expectation = check
    if not is_right(value):
        yield f"{name}={value!r} must be {expectation}"


def _check_like(default: Any) -> Check | None:
    """Return the check of an optimizer's argument by its default value, None if there is none."""
    if isinstance(default, bool):
        return BOOLEAN
    return NUMBER if isinstance(default, float) else None


def _callback_problems(parameters: Parameters) -> Iterator[str]:
    for name in ("callbacks", "fit__callbacks"):
        value = parameters.get(name)
        if value is not None and not all(map(_is_callback, _flattened(value))):
            yield (
                f"{name}={value!r} must be None, a Keras callback, or a list or dict of Keras "
                "callbacks"
            )


def _flattened(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return [value]
    return [part for item in value for part in _flattened(item)]


def _is_callback(value: Any) -> bool:
    kind = value if inspect.isclass(value) else type(value)
    return issubclass(kind, keras.callbacks.Callback)


def _is_positive_integer(value: Any) -> bool:
    return is_integer(value) and value >= 1


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool | np.bool_)


def _is_rate(value: Any) -> bool:
    schedule = keras.optimizers.schedules.LearningRateSchedule
    return isinstance(value, schedule) or (is_number(value) and value >= 0)


def _is_shape(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(map(_is_positive_integer, value))


def _is_verbosity(value: Any) -> bool:
    if isinstance(value, str):
        return value == "auto"
    return isinstance(value, Integral | np.bool_) and value in (0, 1, 2)


def _is_frequency(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_positive_integer, value))
    return _is_positive_integer(value)


def _is_class_weight(value: Any) -> bool:
    is_balanced = isinstance(value, str) and value == "balanced"
    return value is None or isinstance(value, Mapping) or is_balanced


def _or_none(check: Check) -> Check:
    """Return a check that lets None pass as well."""
    is_right, expectation = check
    return (lambda value: value is None or is_right(value)), f"None or {expectation}"


BOOLEAN: Check = (_is_boolean, "True or False")
NUMBER: Check = (is_number, "a finite number")
AT_LEAST_0: Check = (lambda v: is_number(v) and v >= 0, "a finite number of at least 0")
ABOVE_0: Check = (lambda v: is_number(v) and v > 0, "a finite number above 0")
RATE: Check = (_is_rate, "a finite number of at least 0, or a Keras schedule")
FROM_1: Check = (_is_positive_integer, "an integer of at least 1")
VERBOSITY: Check = (_is_verbosity, "'auto', 0, 1 or 2")

CHECKS: dict[str, Check] = {
    "epochs": FROM_1,
    "batch_size": FROM_1,
    "learning_rate": RATE,
    "l2": AT_LEAST_0,
    "validation_split": (
        lambda v: is_number(v) and 0 <= v < 1,
        "a number from 0 to below 1",
    ),
    "shuffle": BOOLEAN,
    "warm_start": BOOLEAN,
    "verbose": VERBOSITY,
    "random_state": _or_none(
        (lambda v: is_integer(v) and 0 <= v <= LARGEST_SEED, f"an integer from 0 to {LARGEST_SEED}")
    ),
    "image_shape": _or_none((_is_shape, "integers of at least 1, (height, width, channels)")),
    "output_shape": _or_none((_is_shape, "integers of at least 1, of one output")),
    "n_codes": FROM_1,
    "class_weight": (_is_class_weight, "None, 'balanced' or a dict of labels and weights"),
}
# Parameters that no route overrules, and that not every estimator has.
NOT_OVERRULED = (
    "class_weight",
    "image_shape",
    "n_codes",
    "output_shape",
    "random_state",
    "verbose",
    "warm_start",
)
ROUTE_CHECKS: dict[str, Check] = {
    "fit__verbose": VERBOSITY,
    "fit__validation_freq": (
        _is_frequency,
        "an integer of at least 1, or a list of epochs from 1 on",
    ),
    "predict__batch_size": FROM_1,
    "predict__verbose": VERBOSITY,
    "compile__auto_scale_loss": BOOLEAN,
    "compile__jit_compile": (
        lambda v: _is_boolean(v) or (isinstance(v, str) and v == "auto"),
        "True, False or 'auto'",
    ),
    "compile__run_eagerly": BOOLEAN,
    "compile__steps_per_execution": FROM_1,
}
OPTIMIZER_CHECKS: dict[str, Check] = {
    "clipnorm": _or_none(ABOVE_0),
    "clipvalue": _or_none(ABOVE_0),
    "global_clipnorm": _or_none(ABOVE_0),
    "weight_decay": _or_none(AT_LEAST_0),
    "loss_scale_factor": _or_none(ABOVE_0),
    "gradient_accumulation_steps": _or_none(
        (lambda v: is_integer(v) and v >= 2, "an integer of at least 2")
    ),
    "ema_overwrite_frequency": _or_none(FROM_1),
}
