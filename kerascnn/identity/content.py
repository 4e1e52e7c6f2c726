"""The content hash of any value."""

from collections.abc import Sequence
from typing import Any

from kerascnn.identity import arrays, classes, code, objects, plain, tensors
from kerascnn.identity.keras_objects import KerasDescriber
from kerascnn.identity.node import unidentifiable
from kerascnn.identity.walk import Describer, Walk


def digest(value: Any) -> str:
    """Return a hash of a value's content: equal for equal values, in every process.

    Numbers of different types differ, and so do lists and tuples, and dicts of another order.
    NumPy's numbers equal Python's of the same kind. Functions and classes that users wrote count
    by content: code, defaults, captured values and the globals that they read; those of libraries
    by name. Random generators count with their state, as it decides what follows.

    Args:
        value: plain data, arrays, tables, functions, classes, Keras's objects, or any object
            that can be pickled; nested or recursive.

    Returns:
        40 hexadecimal digits.

    Raises:
        Unidentifiable: if the value holds what has no content of its own, such as locks, open
            files, generators or symbolic tensors, or code that reads what only running it tells.
    """
    try:
        return Walk(describers())(value).hex()
    except RecursionError as error:
        raise unidentifiable(value, "it is nested too deeply") from error


def describers(describe_keras: KerasDescriber | None = None) -> Sequence[Describer]:
    """Return what describes values, in the order in which they are asked.

    Args:
        describe_keras: describes Keras's objects; as values of their own if it is None.
    """
    return (
        plain.describe,
        arrays.describe,
        describe_keras or KerasDescriber(),
        tensors.describe,
        code.describe,
        classes.describe,
        objects.describe,
    )
