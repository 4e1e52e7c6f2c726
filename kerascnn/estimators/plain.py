"""Parameters as JSON can hold them."""

from pathlib import PurePath
from typing import Any

import numpy as np


def to_plain(value: Any) -> Any:
    """Return a parameter as JSON can hold it, tuples and dicts marked as such.

    Raises:
        TypeError: if it is not made of numbers, strings, None, lists, tuples and dicts.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, PurePath):
        value = str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [to_plain(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [to_plain(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[to_plain(key), to_plain(item)] for key, item in value.items()]}
    raise TypeError(f"{value!r} is not a plain value")


def from_plain(value: Any) -> Any:
    """Undo `to_plain`."""
    if isinstance(value, list):
        return [from_plain(item) for item in value]
    if isinstance(value, dict) and "tuple" in value:
        return tuple(from_plain(item) for item in value["tuple"])
    if isinstance(value, dict):
        return {from_plain(key): from_plain(item) for key, item in value["dict"]}
    return value
