"""Objects of any class: by class and state, as they would be pickled."""

import copyreg
import pickle
from typing import Any

from kerascnn.identity.node import Node, unidentifiable
from kerascnn.identity.plain import attributes, mapping, unordered
from kerascnn.identity.walk import Walk

# Python's and NumPy's own constructors of pickled objects, which the class stands for.
_NEW = {copyreg.__newobj__: "new", copyreg.__newobj_ex__: "new with keywords"}  # type: ignore[attr-defined]


def describe(value: Any, walk: Walk) -> Node:
    """Describe an object by what rebuilds it.

    Raises:
        Unidentifiable: if it cannot be pickled, such as locks, files, generators and sockets.
    """
    if isinstance(value, set | frozenset):
        return Node("set", [type(value), unordered(value, walk), getattr(value, "__dict__", None)])
    reduced = _reduce(value)
    if isinstance(reduced, str):
        return Node("constant", [type(value), reduced])
    function, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
    return Node(
        "object",
        [
            _NEW.get(function, function),
            arguments,
            _attributes(state),
            None if items is None else list(items),
            _pairs(value, pairs, walk),
        ],
        shared=type(value).__eq__ is object.__eq__,
    )


def _reduce(value: Any) -> Any:
    if type(value).__module__ == "itertools":
        raise unidentifiable(value, "an iterator has no content")
    try:
        if type(value) in copyreg.dispatch_table:
            return copyreg.dispatch_table[type(value)](value)
        return value.__reduce_ex__(pickle.DEFAULT_PROTOCOL)
    except Exception as error:
        raise unidentifiable(value, error) from error


def _pairs(value: Any, pairs: Any, walk: Walk) -> Any:
    if pairs is None:
        return None
    return mapping(dict(pairs), walk)


def _attributes(state: Any) -> Any:
    """Return an object's state with its attributes, and those in slots, by name."""
    if type(state) is dict and all(type(name) is str for name in state):
        return attributes(state)
    if type(state) is tuple and len(state) == 2 and isinstance(state[1], dict):
        return [_attributes(part) for part in state]
    return state
