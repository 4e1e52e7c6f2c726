"""A value's content hash, put together from the hashes of its parts."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kerascnn.identity.leaves import LEAVES
from kerascnn.identity.node import Node, Unidentifiable, unidentifiable

Describer = Callable[[Any, "Walk"], Node | None]
"""Describes a value one step deep; returns None for a value that it does not know."""


@dataclass
class Met:
    """What a walk has met, however deep.

    Attributes:
        origins: the root modules of all code, see `Node.origin`.
        held: what code holds that is no object's own: globals, class attributes, defaults and
            captured values.
        reaching_out: why code may depend on more than content, or change what it does not own.
        networks: whether there is a model, layer, optimizer or variable.
    """

    origins: set[str] = field(default_factory=set)
    held: list[Any] = field(default_factory=list)
    reaching_out: list[str] = field(default_factory=list)
    networks: bool = False


class Walk:
    """One traversal of a value: calling it with a value gives the hash of its content.

    Objects that compare by identity, functions and classes are numbered as they are met, so
    that recursion ends and sharing counts. Plain containers count by their content alone.

    Args:
        describers: what describes a value, in the order in which they are asked.
        tolerant: whether to continue past code that depends on more than its content.

    Attributes:
        met: what was met on the way.
    """

    def __init__(self, describers: Sequence[Describer], *, tolerant: bool = False) -> None:
        self.describers = describers
        self.tolerant = tolerant
        self.met = Met()
        self._numbers: dict[int, int] = {}
        self._under_way: dict[int, int] = {}
        self._kept: list[Any] = []

    def __call__(self, value: Any) -> bytes:
        """Return the hash of a value's content.

        Raises:
            Unidentifiable: if it has parts whose content cannot be told.
        """
        if describe_leaf := LEAVES.get(type(value)):
            return _leaf_hash(*describe_leaf(value))
        if isinstance(value, Node):
            return self._hash(value)
        key = id(value)
        if key in self._numbers:
            return _leaf_hash("met before", b"%d" % self._numbers[key])
        if key in self._under_way:
            return _leaf_hash("within", b"%d" % (len(self._under_way) - self._under_way[key]))
        return self._enter(value, key)

    def apart(self, value: Any) -> bytes:
        """Return the hash of a value as if nothing had been met before it."""
        other = Walk(self.describers, tolerant=self.tolerant)
        other.met = self.met
        return other(value)

    def note(self, value: Any) -> None:
        """Take notice of the code in a value that does not count itself."""
        self.apart(value)

    def reach_out(self, name: str) -> None:
        """Take notice of code that depends on more than content: on what `name` gives it.

        Raises:
            Unidentifiable: unless this walk is tolerant.
        """
        reason = f"what {name} returns is not known before the code runs"
        if not self.tolerant:
            raise Unidentifiable(f"{reason}: pass it as a value instead")
        self.met.reaching_out.append(reason)

    def _enter(self, value: Any, key: int) -> bytes:
        node = self._describe(value)
        # An object that is gone would leave its id to the next one.
        self._kept.append(value)
        if node.shared:
            self._numbers[key] = len(self._numbers)
            return self._hash(node)
        self._under_way[key] = len(self._under_way)
        result = self._hash(node)
        del self._under_way[key]
        return result

    def _describe(self, value: Any) -> Node:
        for describe in self.describers:
            if (node := describe(value, self)) is not None:
                return node
        raise unidentifiable(value, "its type is not known")

    def _hash(self, node: Node) -> bytes:
        if node.origin is not None:
            self.met.origins.add(node.origin)
        total = _started(node.kind, node.data)
        for part in node.parts:
            total.update(self(part))
        return total.digest()


@lru_cache(maxsize=4096)
def _leaf_hash(kind: str, data: bytes) -> bytes:
    return _started(kind, data).digest()


def _started(kind: str, data: Any) -> Any:
    total = hashlib.sha1(b"%b %d:" % (kind.encode(), len(data)), usedforsecurity=False)
    total.update(data)
    return total
