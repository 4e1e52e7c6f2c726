"""Checks of arguments: each gives the value as the room computes with it, or one clear error."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike

PerAxis = int | Sequence[int]  # one number for all axes, or one for each

SAMPLES = "(samples,)"
GREY = "(height, width)"
COLOUR = "(height, width, channels)"

# Half of what int64 holds: sums below it cannot wrap around, even with a bias of as much added.
LARGEST_SUM = 2.0**62
LARGEST_INTEGER = 2**63 - 1


def real_array(name: str, values: ArrayLike, *layouts: str, remedy: str = "") -> np.ndarray:
    """Return values as an array of real numbers.

    Args:
        name: the argument's name, for errors.
        values: numbers, not empty: booleans, integers or floats of any size.
        layouts: the axes that the array may have, such as `GREY`; any number of axes if none.
        remedy: what to do about other axes, where it is known.

    Raises:
        ValueError: if there are no values, or they are of another kind or layout.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name}: must be an array whose rows all have the same length") from error
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"{name}.dtype={array.dtype}: must be real numbers (booleans, integers or floats); "
            f"convert it first, as in {name}.astype(float)"
        )
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array, whose mask would be lost: fill it first")
    if array.dtype.kind == "u" and array.size and int(array.max()) > LARGEST_INTEGER:
        raise ValueError(f"{name} has integers beyond int64: convert it to float first")
    if layouts and array.ndim not in map(n_axes, layouts):
        raise ValueError(
            f"{name}.shape={array.shape}: must be {' or '.join(layouts)}"
            + (f"; {remedy}" if remedy else "")
        )
    if array.size == 0:
        raise ValueError(f"{name}.shape={array.shape}: is empty; give at least one number")
    return array


def n_axes(layout: str) -> int:
    """Return how many axes a layout such as "(height, width)" names."""
    return len(layout.strip("(,)").split(", "))


def common_dtype(*arrays: np.ndarray) -> np.dtype:
    """Return int64 for booleans and integers alone, else the `np.result_type` of all."""
    if all(array.dtype.kind in "biu" for array in arrays):
        return np.dtype(np.int64)
    return np.result_type(*arrays)


def in_common_dtype(array: np.ndarray, kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an input and a kernel in the dtype that their sums of products have.

    Raises:
        ValueError: if these are integers whose sums could be too large for int64.
    """
    dtype = common_dtype(array, kernel)
    if dtype.kind == "i":
        _check_sums_fit(array, kernel)
    return array.astype(dtype), kernel.astype(dtype)


def _check_sums_fit(array: np.ndarray, kernel: np.ndarray) -> None:
    """Bound every sum of products by the largest value times all the weights."""
    largest = max(abs(int(array.min())), abs(int(array.max())))
    if largest * float(np.abs(kernel.astype(np.float64)).sum()) > LARGEST_SUM:
        raise ValueError(
            f"integers up to {largest:,} with this kernel could give sums beyond int64: "
            "convert one of them to float first, as in kernel.astype(float)"
        )


def whole_number(name: str, value: object, least: int) -> int:
    """Return a whole number of at least `least`, or raise a ValueError."""
    if is_whole(value, least):
        return int(value)
    raise ValueError(f"{name}={value!r}: must be a whole number, at least {least}")


def one_per_axis(name: str, value: Any, count: int, least: int = 1) -> tuple[int, ...]:
    """Return a whole number for each of `count` axes, from one for all of them or one for each.

    Raises:
        ValueError: if a number is not whole or below `least`, or there are too many or too few.
    """
    entries = value if isinstance(value, tuple | list) else (value,) * count
    if len(entries) != count or not all(is_whole(entry, least) for entry in entries):
        each = f", or {count} of them, one per axis" if count > 1 else ""
        raise ValueError(f"{name}={value!r}: must be a whole number, at least {least}{each}")
    return tuple(int(entry) for entry in entries)


def is_whole(value: object, least: int) -> TypeGuard[int]:
    """Return whether a value is a whole number of at least `least`."""
    # True and False are whole numbers to Python, but never meant as such here.
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least
