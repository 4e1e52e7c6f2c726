"""Values without parts, as their kind and content."""

import struct
from collections.abc import Callable
from types import EllipsisType, NotImplementedType
from typing import Any


def _float(value: float) -> bytes:
    return b"nan" if value != value else struct.pack(">d", value)


LEAVES: dict[type, Callable[[Any], tuple[str, bytes]]] = {
    type(None): lambda value: ("None", b""),
    EllipsisType: lambda value: ("...", b""),
    NotImplementedType: lambda value: ("NotImplemented", b""),
    bool: lambda value: ("bool", b"%d" % value),
    int: lambda value: ("int", hex(value).encode()),
    float: lambda value: ("float", _float(value)),
    complex: lambda value: ("complex", _float(value.real) + b"," + _float(value.imag)),
    str: lambda value: ("str", value.encode("utf-8", "surrogatepass")),
    bytes: lambda value: ("bytes", value),
    bytearray: lambda value: ("bytearray", bytes(value)),
}
