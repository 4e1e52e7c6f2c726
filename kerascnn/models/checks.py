"""The checks that all registered builders share."""

from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any

from kerascnn.models.entries import Entry


def check_at_least(name: str, value: Any, least: int) -> int:
    """Return an argument's value if it is an integer of at least `least`.

    Raises:
        ValueError: if it is not.
    """
    if not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name}={value!r}: must be an integer of at least {least}")
    return int(value)


def check_choice(name: str, value: Any, known: Sequence[str]) -> None:
    """Raise a ValueError if an argument's value is not one of those known, two or more."""
    if value not in known:
        choices = ", ".join(map(repr, known[:-1]))
        raise ValueError(f"{name}={value!r}: must be {choices} or {known[-1]!r}")


def check_dropout(dropout: Any) -> None:
    """Raise a ValueError unless a share of dropped units is a number from 0 to 1, exclusive."""
    if not isinstance(dropout, Real) or not 0 <= float(dropout) < 1:
        raise ValueError(f"dropout={dropout!r}: must be a number of at least 0 and below 1")


def check_l2(l2: float) -> None:
    """Raise a ValueError if the strength of an L2 penalty is negative."""
    if l2 < 0:
        raise ValueError(f"l2={l2}: must be at least 0")


def check_length(name: str, n_samples: int, shortest: int, reason: str = "") -> None:
    """Raise a ValueError if a signal is too short for the model called `name`."""
    if n_samples < shortest:
        raise ValueError(
            f"signal of {n_samples:,} samples is too short for model {name!r}: "
            f"it needs at least {shortest:,} samples{reason}"
        )


def check_input(entry: Entry, input_shape: tuple[int, ...]) -> None:
    """Raise a ValueError if a builder does not take images or signals of a shape."""
    taken = {}
    if entry.image:
        taken[3] = "images of shape (height, width, channels)"
    if entry.signal:
        taken[2] = "signals of shape (samples, channels)"
    if len(input_shape) not in taken or min(input_shape) < 1:
        raise ValueError(
            f"input_shape={input_shape}: model {entry.name!r} takes {' or '.join(taken.values())}"
        )
    if len(input_shape) == 2:
        check_length(entry.name, input_shape[0], entry.shortest)
    else:
        _check_size(entry.name, input_shape[0], input_shape[1], entry.smallest)


def _check_size(name: str, height: int, width: int, smallest: int) -> None:
    if min(height, width) < smallest:
        raise ValueError(
            f"image {height}×{width} is too small for model {name!r}: "
            f"it needs at least {smallest}×{smallest} pixels"
        )


def _check_classes(n_classes: Any) -> int:
    return check_at_least("n_classes", n_classes, 2)


def _check_codes(n_codes: Any) -> int:
    return check_at_least("n_codes", n_codes, 1)


def _check_output_shape(output_shape: Any) -> tuple[int, ...]:
    shape = tuple(output_shape) if isinstance(output_shape, tuple | list) else ()
    are_sizes = all(isinstance(size, Integral) and int(size) > 0 for size in shape)
    if not 1 <= len(shape) <= 3 or not are_sizes:
        raise ValueError(
            f"output_shape={output_shape!r}: must be a tuple of positive integers, (k,) for "
            "numbers, (samples, channels) for signals or (height, width, channels) for images"
        )
    return tuple(int(size) for size in shape)


# What networks are for, and the check of their builders' second argument: a number of classes, a
# number of codes or the shape of one output.
TASKS: dict[str, Callable[[Any], Any]] = {
    "classification": _check_classes,
    "autoencoding": _check_codes,
    "regression": _check_output_shape,
}


def checked_outputs(task: str, outputs: Any) -> int | tuple[int, ...]:
    """Return the second argument of a task's builder: an integer, or a tuple of integers.

    Raises:
        ValueError: if it is out of range.
    """
    return TASKS[task](outputs)
