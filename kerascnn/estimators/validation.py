"""Validation of an estimator's arguments: all problems at once, each with its remedy."""

import functools
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import keras

from kerascnn.estimators.augmentation import RANGE, augmentation_problems
from kerascnn.estimators.augmentation_kinds import AUGMENTATIONS
from kerascnn.estimators.builders import (
    SECOND_ARGUMENTS,
    find_builder,
    model_name,
    own_arguments,
    signature,
)
from kerascnn.estimators.early_stopping import ARGUMENTS as STOPPING_ARGUMENTS
from kerascnn.estimators.early_stopping import early_stopping_problems
from kerascnn.estimators.losses import loss_class
from kerascnn.estimators.routes import (
    COMPILE_ROUTES,
    FIT_ROUTES,
    PREDICT_ROUTES,
    PREFIXES,
    Parameters,
)
from kerascnn.estimators.transfer import transfer_problems
from kerascnn.estimators.values import optimizer_value_problems, value_problems
from kerascnn.utils.signatures import constructor_defaults
from kerascnn.utils.spelling import did_you_mean

__all__ = [
    "Unsaved",
    "optimizer_arguments",
    "optimizer_class",
    "problems",
    "raise_all",
    "unknown_name",
]


@dataclass(frozen=True)
class Unsaved:
    """Stands for a parameter that a file could only name, see `kerascnn.estimators.persistence`."""

    name: str


def problems(parameters: Parameters, named: Iterable[str], task: str) -> list[str]:
    """Return a sentence for each wrong parameter.

    Args:
        parameters: all of an estimator's parameters, routes included.
        named: the names of those in its signature.
        task: what its networks are for, a key of `SECOND_ARGUMENTS`.
    """
    unsaved = [
        f"{name} {value.name!r} was not kept in the file: set_params({name}=…) before training"
        for name, value in parameters.items()
        if isinstance(value, Unsaved)
    ]
    return unsaved or [
        *_unknown_names(parameters, named),
        *_model_problems(parameters, task),
        *_optimizer_problems(parameters),
        *_loss_problems(parameters["loss"]),
        *augmentation_problems(parameters),
        *transfer_problems(parameters),
        *early_stopping_problems(parameters),
        *value_problems(parameters),
    ]


def raise_all(problems: list[str]) -> None:
    """Raise one ValueError for all wrong arguments, if there are any."""
    if len(problems) == 1:
        raise ValueError(problems[0])
    if problems:
        raise ValueError("\n- ".join([f"{len(problems)} arguments are wrong:", *problems]))


def unknown_name(name: str, parameters: Parameters, named: Iterable[str]) -> str | None:
    """Return what is wrong with a parameter's name, None if nothing is.

    Args:
        name: a parameter's name or a route, such as "model__n_filters".
        parameters: the parameters it is to be set beside; a route's meaning depends on them.
        named: the names in the estimator's signature.
    """
    prefix, is_route, rest = name.partition("__")
    if not is_route:
        if name in named:
            return None
        return f"unknown parameter {name!r}: {did_you_mean(name, named)}"
    if prefix not in PREFIXES:
        return f"unknown route {name!r}: {did_you_mean(prefix, PREFIXES)}"
    known = _known_routes(prefix, parameters)
    if known is None or rest.partition("__")[0] in known:
        return None
    of = f" of model {model_name(parameters['model'])!r}" if prefix == "model" else ""
    hint = did_you_mean(name, [f"{prefix}__{argument}" for argument in known])
    return f"unknown argument {name!r}{of}: {hint}"


def _unknown_names(parameters: Parameters, named: Iterable[str]) -> Iterator[str]:
    named = list(named)
    for name in parameters:
        problem = unknown_name(name, parameters, named)
        if problem is not None:
            yield problem


def _known_routes(prefix: str, parameters: Parameters) -> Iterable[str] | None:
    """Return the arguments that a prefix leads to, None if that cannot be said."""
    if prefix == "model":
        return _known_model_arguments(parameters["model"])
    if prefix == "optimizer":
        return _known_optimizer_arguments(parameters["optimizer"])
    fixed = {
        "augmentation": (*AUGMENTATIONS, RANGE),
        "early_stopping": STOPPING_ARGUMENTS,
        "fit": FIT_ROUTES,
        "compile": COMPILE_ROUTES,
        "predict": PREDICT_ROUTES,
    }
    return fixed.get(prefix)


def _known_model_arguments(model: Any) -> set[str] | None:
    try:
        named, takes_any = own_arguments(find_builder(model))
    except (TypeError, ValueError):
        return None
    return None if takes_any else named


def _known_optimizer_arguments(optimizer: Any) -> set[str] | None:
    try:
        kind = optimizer_class(optimizer)
    except ValueError:
        return None
    # mypy takes the __hash__ of instances for that of their class.
    return set(optimizer_arguments(kind))  # type: ignore[arg-type]


@functools.cache
def optimizer_arguments(kind: Any) -> dict[str, Any]:
    """Return the defaults of an optimizer's arguments by name."""
    return constructor_defaults(kind)


def _model_problems(parameters: Parameters, task: str) -> Iterator[str]:
    try:
        builder = find_builder(parameters["model"], task)
        named, takes_any = own_arguments(builder)
    except (TypeError, ValueError) as error:
        yield str(error)
        return
    name = model_name(parameters["model"])
    try:
        signature(builder).bind_partial("input_shape", SECOND_ARGUMENTS[task])
    except TypeError:
        expected = f"(input_shape, {SECOND_ARGUMENTS[task]})"
        yield f"model {name!r} does not take {expected} as its first arguments"
    is_built = parameters.get("pretrained") is None  # or l2 is the new head's
    if is_built and parameters["l2"] != 0 and "l2" not in named and not takes_any:
        yield f"l2={parameters['l2']!r}, but model {name!r} has no argument l2 that is free"


def _optimizer_problems(parameters: Parameters) -> Iterator[str]:
    optimizer = parameters["optimizer"]
    try:
        optimizer_class(optimizer)
    except ValueError as error:
        yield str(error)
        return
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        levels = optimizer_class(optimizer).__mro__
        kerass = next(kind for kind in levels if kind in vars(keras.optimizers).values())
        yield from optimizer_value_problems(parameters, optimizer_arguments(kerass))
        return
    routed = [name for name in parameters if name.startswith("optimizer__")]
    if routed or parameters["learning_rate"] != 0.001:
        yield (
            f"optimizer={type(optimizer).__name__}(…) is an instance, which keeps its own "
            f"arguments, but {', '.join(routed) or 'learning_rate'} is set: name the optimizer "
            "or its class instead"
        )


def optimizer_class(optimizer: Any) -> type[keras.optimizers.Optimizer]:
    """Return the Keras class of an optimizer given by name, class or instance.

    Raises:
        ValueError: if it is none of these.
    """
    if isinstance(optimizer, keras.optimizers.Optimizer):
        return type(optimizer)
    if inspect.isclass(optimizer) and issubclass(optimizer, keras.optimizers.Optimizer):
        return optimizer
    known = _optimizers_by_name()
    if isinstance(optimizer, str) and optimizer.lower() in known:
        return known[optimizer.lower()]
    hint = did_you_mean(str(optimizer).lower(), known)
    raise ValueError(f"optimizer={optimizer!r} is not a Keras optimizer: {hint}")


@functools.cache
def _optimizers_by_name() -> dict[str, type[keras.optimizers.Optimizer]]:
    """Return Keras's optimizers by their names in lower case."""
    return {
        name.lower(): item
        for name, item in vars(keras.optimizers).items()
        if inspect.isclass(item) and name != "Optimizer"
    }


def _loss_problems(loss: Any) -> Iterator[str]:
    if isinstance(loss, str):
        try:
            loss_class(loss)
        except ValueError as error:
            yield str(error)
    elif loss is not None and not callable(loss):
        yield f"loss={loss!r} must be the name of a Keras loss, a Keras loss or None"
