"""Classes: a library's by name, users' by their bases and what they define."""

from typing import Any

from kerascnn.identity import library
from kerascnn.identity.code import named
from kerascnn.identity.node import USER_CODE, Node
from kerascnn.identity.plain import attributes
from kerascnn.identity.walk import Walk

_HEAP_TYPE = 1 << 9
# What Python keeps about a class, none of which decides what it does.
_BOOKKEEPING = {
    "__abstractmethods__",
    "__annotate__",
    "__annotate_func__",
    "__annotations__",
    "__annotations_cache__",
    "__conditional_annotations__",
    "__dict__",
    "__doc__",
    "__firstlineno__",
    "__module__",
    "__orig_bases__",
    "__parameters__",
    "__qualname__",
    "__slotnames__",
    "__static_attributes__",
    "__type_params__",
    "__weakref__",
    "_abc_impl",
}


def describe(value: Any, walk: Walk) -> Node | None:
    """Describe a class; None for anything else."""
    if not isinstance(value, type):
        return None
    if name := library.library_name(value):
        return named(*name)
    if not value.__flags__ & _HEAP_TYPE:  # written in C, not resolvable by name
        return named(value.__module__, value.__qualname__)
    content = {name: part for name, part in vars(value).items() if name not in _BOOKKEEPING}
    walk.met.held += content.values()
    parts = [value.__name__, type(value), value.__bases__, attributes(content)]
    return Node("class", parts, shared=True, origin=USER_CODE)
