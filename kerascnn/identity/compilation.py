"""A model's compilation, and the names that Keras or a user gave."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import keras

from kerascnn.identity.node import Node
from kerascnn.internals.keras import compiled_with, producer_of


def compilation(model: keras.Model) -> Node:
    """Describe what a model was compiled with."""
    given = compiled_with(model)
    return Node(
        "compilation",
        [
            model.optimizer,
            _by_output(model, given.loss),
            _by_output(model, given.loss_weights),
            _by_output(model, given.metrics),
            _by_output(model, given.weighted_metrics),
            [model.jit_compile, model.run_eagerly],
        ],
    )


def _by_output(model: keras.Model, value: Any) -> Any:
    """Return what was given per output by the output's position, and registered names' objects."""
    if isinstance(value, Mapping):
        names = list(getattr(model, "output_names", None) or ())
        return {
            names.index(name) if name in names else name: _by_output(model, part)
            for name, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [_by_output(model, part) for part in value]
    if isinstance(value, str):
        return keras.saving.get_registered_object(value) or value
    return value


def chosen_name(value: Any) -> str | None:
    """Return the name that a user chose for an object of Keras's; None for Keras's own choice."""
    name = getattr(value, "name", None)
    # A bidirectional layer names its two from the one that it was given.
    automatic = rf"(forward_|backward_)?{_snake_case(type(value).__name__)}(_\d+)?"
    return None if name is None or re.fullmatch(automatic, str(name)) else str(name)


def chosen_output_names(model: keras.Model) -> list[str | None] | None:
    """Return the names of several outputs, which losses and metrics are reported under."""
    outputs = getattr(model, "outputs", None) or []
    if len(outputs) < 2:
        return None
    return [chosen_name(producer_of(output)) for output in outputs]


def progress(optimizer: keras.Optimizer) -> list[Any]:
    """Return the values of an optimizer that has taken steps; none of a new one."""
    return [v.numpy() for v in optimizer.variables] if optimizer.iterations.numpy() else []


@lru_cache(maxsize=1024)
def _snake_case(name: str) -> str:
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
