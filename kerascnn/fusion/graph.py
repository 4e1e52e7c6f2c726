"""A Keras model read as a list of layer calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import keras
from keras.src.models.functional import Functional


class NotFusable(ValueError):  # noqa: N818 - it states a fact about a model, not a failure
    """The model cannot be trained in a stack; the message says why in one sentence."""


@dataclass(frozen=True)
class LayerCall:
    """One call of a layer. Value 0 is the model's input, value i the result of call number i.

    Attributes:
        layer: the layer.
        sources: the numbers of the values it is called with.
    """

    layer: keras.layers.Layer
    sources: tuple[int, ...]


def layer_calls(model: keras.Model) -> list[LayerCall]:
    """Return the calls of a Sequential or functional model in order; the last gives its output.

    Nested models are opened, so the list holds plain layers alone.

    Raises:
        NotFusable: if the model is of another kind, or has several inputs or outputs, shared
            layers, or operations outside a layer.
    """
    calls: list[LayerCall] = []
    output = _enter(model, [0], calls)
    if output != len(calls):
        raise NotFusable("the model's output is not its last layer's")
    return calls


def _enter(layer: Any, sources: list[int], calls: list[LayerCall]) -> int:
    """Append the calls that calling `layer` makes; return the number of the resulting value."""
    if type(layer) is keras.Sequential:
        for inner in layer.layers:
            sources = [_enter(inner, sources, calls)]
        return sources[0]
    if type(layer) is Functional:
        return _enter_functional(layer, sources, calls)
    if isinstance(layer, keras.Model):
        raise NotFusable(f"model class {type(layer).__name__!r} may define its own training")
    if not isinstance(layer, keras.layers.Layer):
        raise NotFusable(f"operation {layer.name!r} stands outside a layer")
    calls.append(LayerCall(layer, tuple(sources)))
    return len(calls)


def _enter_functional(model: Any, sources: list[int], calls: list[LayerCall]) -> int:
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise NotFusable(f"model {model.name!r} has several inputs or outputs")
    values = {id(model.inputs[0]): sources[0]}
    for operation in model.operations:
        if isinstance(operation, keras.layers.InputLayer):
            continue
        node = _only_node(operation)
        inputs = [values[id(tensor)] for tensor in _tensors(node)]
        values[id(node.outputs[0])] = _enter(operation, inputs, calls)
    return values[id(model.outputs[0])]


def _only_node(operation: Any) -> Any:
    # A nested model is also a node of its own graph's making, so only layers are counted.
    nodes = operation._inbound_nodes
    if len(nodes) != 1:
        raise NotFusable(f"layer {operation.name!r} is used more than once")
    return nodes[0]


def _tensors(node: Any) -> Iterable[Any]:
    # `training` is not looked at: the model's own overrides what a layer was called with.
    for name, value in node.arguments.kwargs.items():
        if name != "training" and value is not None:
            raise NotFusable(f"layer {node.operation.name!r} is called with {name}={value!r}")
    return node.input_tensors
