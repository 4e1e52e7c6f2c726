"""What a network is compiled with: optimizer, loss and metrics, from the estimator's parameters."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
from scikeras._utils import get_metric_class, try_to_convert_strings_to_classes, unflatten_params

from kerascnn.estimator_arguments import optimizer_class
from kerascnn.targets import Outputs, is_sparse, make_loss

Routed = Callable[[str], dict[str, Any]]


def compile_arguments(
    parameters: Mapping[str, Any], routed: Routed, outputs: Outputs
) -> dict[str, Any]:
    """Return the arguments of Keras's `compile`.

    Args:
        parameters: the estimator's.
        routed: returns the routes to a destination, "loss" or "optimizer" for example.
        outputs: what the network's outputs mean.
    """
    loss = make_loss(parameters["loss"], routed("loss"), outputs)
    accuracy = outputs.accuracy(sparse=is_sparse(loss))
    return {
        "optimizer": _make_optimizer(parameters, routed("optimizer")),
        "loss": loss,
        "metrics": [accuracy, *_further_metrics(parameters["metrics"], routed("metrics"))],
        **routed("compile"),
    }


def _further_metrics(metrics: Any, routes: dict[str, Any]) -> list[Any]:
    """Return the metrics beside accuracy, which is always there."""
    classes = try_to_convert_strings_to_classes(metrics or [], get_metric_class)
    made = unflatten_params(classes, routes)
    if not isinstance(made, list | tuple):
        made = [made]
    return [metric for metric in made if metric not in ("acc", "accuracy")]


def _make_optimizer(
    parameters: Mapping[str, Any], routes: dict[str, Any]
) -> keras.optimizers.Optimizer:
    optimizer = parameters["optimizer"]
    kind = optimizer_class(optimizer)
    if isinstance(optimizer, keras.optimizers.Optimizer):
        return kind.from_config(optimizer.get_config())
    return unflatten_params(kind, {"learning_rate": parameters["learning_rate"], **routes})
