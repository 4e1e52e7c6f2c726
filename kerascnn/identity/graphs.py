"""Functional graphs: their operations, and which call feeds which, by position."""

from collections.abc import Iterable, Mapping
from typing import Any

import keras

from kerascnn.identity.node import Node
from kerascnn.internals.keras import calls_of


def graph(model: Any) -> Node:
    """Describe how a functional graph is wired: its operations and which call feeds which."""
    places = _places(model)

    def placed(value: Any) -> Any:
        return keras.tree.map_structure(lambda part: _placed(part, places), value)

    calls = [placed((node.arguments.args, node.arguments.kwargs)) for _, _, node in _calls(model)]
    return Node(
        "graph",
        [
            list(model.operations),
            calls,
            placed(model._inputs_struct),
            [[tuple(t.shape), t.dtype, getattr(t, "sparse", False)] for t in model.inputs],
            placed(model._outputs_struct),
        ],
    )


def _calls(model: Any) -> Iterable[tuple[int, int, Any]]:
    """Return the graph's own calls: the operation's number, the call's number, the call."""
    # An operation may be called by other graphs, too.
    own = {node for nodes in model._nodes_by_depth.values() for node in nodes}
    for number, operation in enumerate(model.operations):
        calls = [node for node in calls_of(operation) if node in own]
        yield from ((number, call, node) for call, node in enumerate(calls))


def _places(model: Any) -> dict[keras.KerasTensor, tuple[Any, ...]]:
    places = {
        tensor: (number, call, output)
        for number, call, node in _calls(model)
        for output, tensor in enumerate(node.outputs)
    }
    return places | {tensor: ("input", number) for number, tensor in enumerate(model.inputs)}


def _placed(value: Any, places: Mapping[keras.KerasTensor, tuple[Any, ...]]) -> Any:
    if not isinstance(value, keras.KerasTensor):
        return value
    return Node("tensor", [places.get(value)])
