"""One step of a value's description, and why a value may have none."""

import reprlib
from collections.abc import Iterable
from typing import Any, NamedTuple

_SHORT = reprlib.Repr()
_SHORT.maxother = 80

USER_CODE = "the user's"


class Unidentifiable(ValueError):  # noqa: N818 - it states a fact about a value, not a failure
    """The value's content cannot be told; the message names the value and says why."""


class Node(NamedTuple):
    """One step of a value's description.

    Attributes:
        kind: what the value is, so that equal parts of two kinds differ.
        parts: the values, or further nodes, that it consists of, in order.
        data: its content as bytes or a buffer of bytes, if it has no parts.
        shared: whether two references to one such object differ from references to two equal
            ones, as they do where an object has state of its own.
        origin: the root module of the code that it names, or `USER_CODE`.
    """

    kind: str
    parts: Iterable[Any] = ()
    data: Any = b""
    shared: bool = False
    origin: str | None = None


def short(value: Any) -> str:
    """Return a value's text, cut to what a message has room for."""
    return _SHORT.repr(value)


def unidentifiable(value: Any, reason: object) -> Unidentifiable:
    """Return the error that says why a value cannot be identified, and what to do."""
    return Unidentifiable(
        f"{short(value)} ({type(value).__name__}) cannot be identified by its content: "
        f"{reason}. Pass plain data, functions or objects that can be pickled instead"
    )
