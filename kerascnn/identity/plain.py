"""Plain Python data, described by value and type."""

import enum
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from kerascnn.identity.leaves import LEAVES
from kerascnn.identity.node import Node
from kerascnn.identity.walk import Walk


def describe(value: Any, walk: Walk) -> Node | None:
    """Describe NumPy's numbers, containers and enumerations; None for anything else."""
    if describe_container := _CONTAINERS.get(type(value)):
        return describe_container(value, walk)
    if isinstance(value, np.generic):
        return _numpy_scalar(value)
    if isinstance(value, enum.Enum):
        return Node("enum", [type(value), value._name_, value._value_])
    return None


def mapping(items: Mapping[Any, Any], walk: Walk) -> Node:
    """Describe a mapping by its items in their order, as code may go through them in it."""
    return Node("dict", [len(items), *(part for item in items.items() for part in item)])


def attributes(items: Mapping[str, Any]) -> Node:
    """Describe what an object, class or module holds by name, however it came to be there."""
    parts = (part for name in sorted(items) for part in (name, items[name]))
    return Node("attributes", [len(items), *parts])


def unordered(value: Iterable[Any], walk: Walk) -> Node:
    """Describe elements whose order does not count."""
    return Node("set", data=b"".join(sorted(walk.apart(element) for element in value)))


def _numpy_scalar(value: np.generic) -> Node:
    item = value.item() if value.dtype.kind in "biufcUSV" and not value.dtype.names else value
    # Where no Python type holds the value, it is an array without axes.
    if type(item) not in LEAVES:
        return Node("scalar", [np.array(value)])
    kind, data = LEAVES[type(item)](item)
    return Node(kind, data=data)


_CONTAINERS: dict[type, Callable[[Any, Walk], Node]] = {
    list: lambda value, walk: Node("list", [len(value), *value]),
    tuple: lambda value, walk: Node("tuple", [len(value), *value]),
    dict: mapping,
    MappingProxyType: mapping,
    set: unordered,
    frozenset: lambda value, walk: Node("frozenset", [unordered(value, walk)]),
    slice: lambda value, walk: Node("slice", [value.start, value.stop, value.step]),
    range: lambda value, walk: Node("range", [list(value[:1]), len(value), value.step]),
}
