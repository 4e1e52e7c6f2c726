"""Checks of a traced graph, so that one trace serves many trainings.

`fit` traces a network anew for each training, inside its own scope of random state. A graph that
is traced once repeats only what depends on its arguments and its model's variables. So every
other operation that keeps a state of its own is refused: random numbers drawn by TensorFlow's
global state, Python functions called from the graph, variables that are not the model's.
"""

import random
from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np

# Operations that TensorFlow calls stateful, but whose state is a variable's, or none.
HARMLESS = frozenset(
    {
        "Assert",
        "AssignAddVariableOp",
        "AssignSubVariableOp",
        "AssignVariableOp",
        "Case",
        "If",
        "NoOp",
        "PartitionedCall",
        "PrintV2",
        "ReadVariableOp",
        "ResourceGather",
        "ResourceScatterAdd",
        "ResourceScatterUpdate",
        "StatefulPartitionedCall",
        "StatelessIf",
        "StatelessWhile",
        "VarIsInitializedOp",
        "VariableShape",
        "While",
    }
)


class NotCompilable(ValueError):  # noqa: N818 - it states a fact about a network, not a failure
    """The network cannot be trained in a graph of its own; the message says why."""


def draws_of_global_state() -> tuple[Any, Any]:
    """Return how far Python's and NumPy's global random numbers have been drawn."""
    state = np.random.get_state(legacy=False)["state"]
    return random.getstate(), (state["key"], state["pos"])


def check_undrawn(before: tuple[Any, Any], who: str) -> None:
    """Check that nothing was drawn from global random state since `draws_of_global_state`.

    Args:
        before: what that returned.
        who: may have drawn, for the message.

    Raises:
        NotCompilable: if there was a draw, which `fit` would make in another state.
    """
    modules, now = ("random", "numpy.random"), draws_of_global_state()
    for name, earlier, later in zip(modules, before, now, strict=True):
        if not _equal(earlier, later):
            raise NotCompilable(f"{who} draws from Python's {name}")


def _equal(first: Any, second: Any) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def check_graph(functions: Sequence[Any], known: Iterable[Any]) -> None:
    """Check that concrete functions hold nothing that keeps a state of its own.

    Args:
        functions: TensorFlow's concrete functions.
        known: the variables whose values every training sets, of Keras or TensorFlow.

    Raises:
        NotCompilable: naming the operation or variable.
    """
    handles = {id(v.value if isinstance(v, keras.Variable) else v) for v in known}
    for function in functions:
        for variable in function.graph.variables:
            if id(variable) not in handles:
                raise NotCompilable(
                    f"the step uses variable {variable.name!r}, which is not the model's"
                )
        for name in _stateful_operations(function):
            if name not in HARMLESS:
                raise NotCompilable(f"the step has an operation of its own state ({name})")


def _stateful_operations(function: Any) -> set[str]:
    graph = function.graph.as_graph_def()
    nodes = [*graph.node, *(node for f in graph.library.function for node in f.node_def)]
    called = {f.signature.name for f in graph.library.function}  # whose operations are looked at
    names = {node.op for node in nodes} - called
    return {name for name in names if function.graph.op_def_for_type(name).is_stateful}
