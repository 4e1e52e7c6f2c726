"""A Keras model read as a chain of layers."""

from typing import Any

import keras

from kerascnn.internals.keras import Functional, calls_of, calls_within, producer_of


class NotFusable(ValueError):  # noqa: N818 - it states a fact about a model, not a failure
    """The model cannot be trained in a stack; the message says why in one sentence."""


def layer_chain(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers of a model, each of which gets the result of the one before.

    A nested model is returned as one layer.

    Raises:
        NotFusable: if the model is of another kind, or has several inputs or outputs, branches,
            shared layers, or operations outside a layer.
    """
    if type(model) is keras.Sequential:
        chain = list(model.layers)
    elif type(model) is Functional:
        chain = _functional_chain(model)
    else:
        raise NotFusable(f"model class {type(model).__name__!r} may define its own training")
    for position, layer in enumerate(chain):
        if layer in chain[:position]:
            raise NotFusable(f"layer {layer.name!r} is used more than once")
    return chain


def _functional_chain(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers on the way from the model's output back to its input, in order."""
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise NotFusable("the model has several inputs or outputs")
    own = set(calls_within(model))  # other graphs may call its layers, too
    backwards, tensor = [], model.outputs[0]
    while tensor is not model.inputs[0]:
        layer = producer_of(tensor)
        backwards.append(layer)
        tensor = _only_input(layer, own)
    return backwards[::-1]


def _only_input(layer: Any, own: set[Any]) -> Any:
    """Return the tensor that a layer is called with in its model, once and with nothing else.

    Args:
        layer: the layer.
        own: the model's calls.
    """
    if not isinstance(layer, keras.layers.Layer):
        raise NotFusable(f"operation {layer.name!r} stands outside a layer")
    calls = [call for call in calls_of(layer) if call in own]
    if len(calls) != 1:
        raise NotFusable(f"layer {layer.name!r} is used more than once")
    (call,) = calls
    if len(call.input_tensors) != 1:
        raise NotFusable(f"layer {layer.name!r} has {len(call.input_tensors)} inputs")
    for name, value in call.arguments.kwargs.items():
        if value is not None:
            raise NotFusable(f"layer {layer.name!r} is called with {name}={value!r}")
    return call.input_tensors[0]
