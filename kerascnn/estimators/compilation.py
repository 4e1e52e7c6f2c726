"""A network's optimizer, loss and metrics, made from the estimator's parameters."""

import copy
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import keras

from kerascnn.estimators.copying import copy_by_attributes, copy_with_rate
from kerascnn.estimators.losses import make_loss
from kerascnn.estimators.number_outputs import NumberOutputs
from kerascnn.estimators.outputs import Outputs
from kerascnn.estimators.routes import plain_number
from kerascnn.estimators.validation import optimizer_arguments, optimizer_class
from kerascnn.internals.scikeras import (
    get_metric_class,
    try_to_convert_strings_to_classes,
    unflatten_params,
)
from kerascnn.training.two_rates import simple_optimizers, two_rates

ACCURACY = ("acc", "accuracy")

Routed = Callable[[str], dict[str, Any]]

copy_by_attributes()


def compile_arguments(
    parameters: Mapping[str, Any],
    routed: Routed,
    outputs: Outputs | NumberOutputs,
    head_pattern: str | None = None,
) -> dict[str, Any]:
    """Return the arguments of Keras's `compile`.

    What training changes, the optimizer and metrics, is made or copied anew.

    Args:
        parameters: the estimator's.
        routed: returns the routes to a destination, "loss" or "optimizer" for example.
        outputs: what the network's outputs mean.
        head_pattern: a regular expression for the paths of the variables that have a learning rate
            of their own; None gives all the same.
    """
    loss = make_loss(parameters["loss"], routed("loss"), outputs)
    always = outputs.metrics(loss)
    further = _further_metrics(parameters["metrics"], routed("metrics"))
    return {
        "optimizer": _optimizer_of(parameters, routed("optimizer"), head_pattern),
        "loss": loss,
        # Accuracy is always measured of classes, and must not be there twice.
        "metrics": [*always, *(each for each in further if not always or each not in ACCURACY)],
        **copy.deepcopy(routed("compile")),
    }


def recompile(model: keras.Model, arguments: Mapping[str, Any]) -> None:
    """Compile a network anew, with an optimizer that continues from the state of the one before.

    Args:
        model: a compiled network.
        arguments: those of `compile`; the optimizer is of the same kind as the one before, but
            for its learning rate.
    """
    before = model.optimizer
    model.compile(**arguments)
    if before.built:
        model.optimizer.build(model.trainable_variables)
        states = zip(_state(model.optimizer), _state(before), strict=True)
        for variable, value in states:
            variable.assign(value)


def _state(optimizer: keras.optimizers.Optimizer) -> list[keras.Variable]:
    """Return an optimizer's variables but for learning rates, which may be some."""
    rates = [each.learning_rate for each in simple_optimizers(optimizer)]
    return [v for v in optimizer.variables if not any(v is rate for rate in rates)]


def _further_metrics(metrics: Any, routes: dict[str, Any]) -> list[Any]:
    """Return the metrics that the parameter and its routes stand for."""
    classes = try_to_convert_strings_to_classes(copy.deepcopy(metrics or []), get_metric_class)
    made = unflatten_params(classes, routes)
    return list(made) if isinstance(made, list | tuple) else [made]


def _optimizer_of(
    parameters: Mapping[str, Any], routes: dict[str, Any], head_pattern: str | None
) -> keras.optimizers.Optimizer:
    """Return a new optimizer, of two where the head has a learning rate of its own."""
    head = _make_optimizer(parameters, routes)
    if head_pattern is None:
        return head
    rate = parameters["backbone_learning_rate"]
    routes = {name: value for name, value in routes.items() if name != "learning_rate"}
    backbone = _make_optimizer({**parameters, "learning_rate": rate}, routes)
    if isinstance(parameters["optimizer"], keras.optimizers.Optimizer):
        backbone = copy_with_rate(parameters["optimizer"], plain_number(rate))
    return two_rates(head, backbone, head_pattern)


def _make_optimizer(
    parameters: Mapping[str, Any], routes: dict[str, Any]
) -> keras.optimizers.Optimizer:
    """Return a new optimizer; one given as an instance is copied, and stays as it was."""
    optimizer = parameters["optimizer"]
    if isinstance(optimizer, keras.optimizers.Optimizer):
        return copy.deepcopy(optimizer)
    kind = optimizer_class(optimizer)
    arguments = {"learning_rate": parameters["learning_rate"], **routes}
    # mypy takes the __hash__ of instances for that of their class.
    defaults = optimizer_arguments(kind)  # type: ignore[arg-type]
    return unflatten_params(kind, _with_floats(arguments, defaults))


def _with_floats(arguments: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments with integers as floats where one is meant: Keras takes nothing else.

    Args:
        arguments: an optimizer's arguments.
        defaults: the defaults of all that it has.
    """

    def converted(name: str, value: Any) -> Any:
        is_float = name == "learning_rate" or isinstance(defaults.get(name), float)
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        return float(value) if is_float and is_number else plain_number(value)

    return {name: converted(name, value) for name, value in arguments.items()}
