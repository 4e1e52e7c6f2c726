"""Early stopping: held-out training samples tell when a training has come far enough."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np

from kerascnn.estimators.values import is_number
from kerascnn.training.early_stopping import StopEarly
from kerascnn.utils.signatures import constructor_defaults

Parameters = Mapping[str, Any]

ROUTE = "early_stopping__"
SHARE = 0.1
# Keras's arguments but those that only print; two have defaults of their own here.
DEFAULTS = {
    **constructor_defaults(keras.callbacks.EarlyStopping),
    "patience": 10,
    "restore_best_weights": True,
}
# What ends the names of curves that are the better the lower, or the higher.
BETTER = {"min": ("loss", "error"), "max": ("accuracy", "auc", "precision", "recall", "score")}
# What Keras does not check.
OTHERS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "min_delta": (is_number, "a number"),
    "baseline": (lambda value: value is None or is_number(value), "None or a number"),
    "restore_best_weights": (lambda value: isinstance(value, bool | np.bool_), "True or False"),
}
ARGUMENTS = tuple(name for name in DEFAULTS if name != "verbose")


def share_of(parameters: Parameters) -> float:
    """Return the share of the training samples that early stopping holds out, 0 for none."""
    value = parameters["early_stopping"]
    if isinstance(value, bool | np.bool_):
        return SHARE if value else 0.0
    return float(value) if value else 0.0


def stopping_callback(parameters: Parameters) -> keras.callbacks.EarlyStopping | None:
    """Return Keras's callback as the parameters ask for it, None without early stopping."""
    if not share_of(parameters):
        return None
    own = {name: parameters[ROUTE + name] for name in ARGUMENTS if ROUTE + name in parameters}
    return StopEarly(**{**DEFAULTS, **own, "mode": _mode(parameters)})


def monitored(parameters: Parameters) -> str:
    """Return the name of the curve that early stopping goes by."""
    return str(parameters.get(f"{ROUTE}monitor", DEFAULTS["monitor"]))


def _mode(parameters: Parameters) -> str | None:
    """Return whether the curve is to fall or to rise; None if its name does not tell."""
    mode = parameters.get(f"{ROUTE}mode", "auto")
    if mode != "auto":
        return str(mode)
    name = monitored(parameters)
    return next((mode for mode, ends in BETTER.items() if name.endswith(ends)), None)


def best_epoch(parameters: Parameters, history: Mapping[str, Sequence[float]]) -> int | None:
    """Return the epoch, from 1, whose weights early stopping keeps; None without it.

    Keras's own callback is shown the history again.

    Args:
        parameters: an estimator's.
        history: a value per epoch of one training, of the curve monitored at least.
    """
    callback = stopping_callback(parameters)
    values = history.get(monitored(parameters), ())
    if callback is None or not len(values):
        return None
    network = SimpleNamespace(get_weights=list, set_weights=list, stop_training=False)
    callback._model = network
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {callback.monitor: value})
    return callback.best_epoch + 1 if callback.restore_best_weights else len(values)


def early_stopping_problems(parameters: Parameters) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong with the parameters of early stopping."""
    value = parameters["early_stopping"]
    routes = [name for name in parameters if name.startswith(ROUTE)]
    if not _is_share(value):
        yield (
            f"early_stopping={value!r} must be None, True, or the share of the training samples "
            "that are held out, above 0 and below 1"
        )
    elif not share_of(parameters):
        if routes:
            yield (
                f"{', '.join(routes)} has no effect without early_stopping=0.1, for example: make "
                "the estimator without it, or give a search a list of grids, one for candidates "
                "without early_stopping"
            )
    elif parameters.get("fit__validation_split", parameters["validation_split"]):
        yield (
            f"early_stopping={value!r} holds out samples itself: leave validation_split out, or "
            "give Keras's EarlyStopping as one of the callbacks"
        )
    elif parameters.get("fit__validation_freq", 1) != 1:
        yield f"early_stopping={value!r} validates every epoch: leave fit__validation_freq out"
    elif routes:
        yield from _argument_problems(parameters)


def _argument_problems(parameters: Parameters) -> Iterator[str]:
    name = monitored(parameters)
    if not name.startswith("val_"):
        yield (
            f"{ROUTE}monitor={name!r} is no curve of held-out samples: name one that begins with "
            "'val_'"
        )
    for argument in ("patience", "start_from_epoch"):
        value = parameters.get(ROUTE + argument, 0)
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
            yield f"{ROUTE}{argument}={value!r} must be an integer of at least 0"
    for argument, (is_right, expectation) in OTHERS.items():
        value = parameters.get(ROUTE + argument, DEFAULTS[argument])
        if not is_right(value):
            yield f"{ROUTE}{argument}={value!r} must be {expectation}"
    mode = parameters.get(f"{ROUTE}mode", "auto")
    if mode not in ("auto", "min", "max"):
        yield f"{ROUTE}mode={mode!r} must be 'auto', 'min' or 'max'"
    elif _mode(parameters) is None:
        yield (
            f"{ROUTE}monitor={name!r} does not tell whether less or more of it is better: set "
            f"{ROUTE}mode to 'min' or 'max'"
        )


def _is_share(value: Any) -> bool:
    if value is None or isinstance(value, bool | np.bool_):
        return True
    is_number = isinstance(value, int | float | np.integer | np.floating)
    return is_number and (value == 0 or 0 < value < 1)
