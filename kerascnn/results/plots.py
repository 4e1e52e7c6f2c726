"""Panels of exhibits that are plots: signals, numbers with spreads, curves and scatters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np


@dataclass(frozen=True, eq=False)
class Plot:
    """Signals as points over their indices.

    Attributes:
        caption: what it shows.
        signals: real numbers, (n,), by name; lengths may differ.
        offsets: the index of a signal's first value by its name, 0 where none is given.
    """

    KIND: ClassVar[str] = "plot"

    caption: str
    signals: Mapping[str, np.ndarray]
    offsets: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError if a signal cannot be drawn."""
        for values in self.signals.values():
            check_numbers(self.caption, values, (1,))


@dataclass(frozen=True, eq=False)
class Points:
    """Numbers with their spreads, a row for each name.

    Attributes:
        caption: what it shows.
        names: of the rows, from top to bottom.
        means: (n_names,) by the name of a series.
        spreads: (n_names,) for each series, drawn as bars to both sides.
        quantity: what the numbers are.
    """

    KIND: ClassVar[str] = "points"

    caption: str
    names: Sequence[str]
    means: Mapping[str, np.ndarray]
    spreads: Mapping[str, np.ndarray]
    quantity: str

    def __post_init__(self) -> None:
        """Raise ValueError if a series has not a number for each name."""
        for values in (*self.means.values(), *self.spreads.values()):
            if np.shape(values) != (len(self.names),):
                raise ValueError(
                    f"{self.caption!r}: a series has the shape {np.shape(values)}, but there are "
                    f"{len(self.names)} names: give a number for each"
                )


@dataclass(frozen=True, eq=False)
class Bands:
    """Curves of means, each in a band of its spread.

    Attributes:
        caption: what it shows.
        x: ascending numbers, (n_points,), positive ones on a logarithmic axis.
        means: (n_points,) by the name of a curve.
        spreads: (n_points,) for each curve, drawn to both sides.
        x_quantity: what x is.
        quantity: what the means are.
        is_logarithmic: whether the axis of x is.
    """

    KIND: ClassVar[str] = "bands"

    caption: str
    x: np.ndarray
    means: Mapping[str, np.ndarray]
    spreads: Mapping[str, np.ndarray]
    x_quantity: str
    quantity: str
    is_logarithmic: bool = True

    def __post_init__(self) -> None:
        """Raise ValueError if the axis cannot take x, or a curve has another length."""
        check_numbers(self.caption, self.x, (1,))
        if np.any(np.diff(self.x) <= 0):
            raise ValueError(f"{self.caption!r}: x={self.x!r} must be ascending")
        if self.is_logarithmic and np.min(self.x) <= 0:
            raise ValueError(
                f"{self.caption!r}: x={self.x!r} must be positive on a logarithmic axis: "
                "give is_logarithmic=False"
            )
        for values in (*self.means.values(), *self.spreads.values()):
            check_numbers(self.caption, values, (1,))
            if np.shape(values) != np.shape(self.x):
                raise ValueError(
                    f"{self.caption!r}: a curve has the shape {np.shape(values)}, but x "
                    f"{np.shape(self.x)}: give a number for each"
                )


@dataclass(frozen=True, eq=False)
class Scatter:
    """Points in the plane, with a colour and a symbol for each group.

    Attributes:
        caption: what it shows.
        groups: real numbers, (n_points, 2), by the name of a group.
        x_quantity: what the first column is.
        y_quantity: what the second column is.
    """

    KIND: ClassVar[str] = "scatter"

    caption: str
    groups: Mapping[str, np.ndarray]
    x_quantity: str
    y_quantity: str

    def __post_init__(self) -> None:
        """Raise ValueError if a group is not made of points in the plane."""
        for name, points in self.groups.items():
            check_numbers(self.caption, points, (2,))
            if np.shape(points)[1] != 2:
                raise ValueError(
                    f"{self.caption!r}: group {name!r} has the shape {np.shape(points)}: must be "
                    "(n_points, 2)"
                )


def check_numbers(caption: str, values: Any, dimensions: Sequence[int]) -> None:
    """Raise ValueError unless values are an array of finite real numbers, and not empty."""
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{caption!r}: values of dtype {array.dtype} are not real numbers")
    if array.ndim not in dimensions or array.size == 0:
        raise ValueError(
            f"{caption!r}: values have the shape {array.shape}: must have "
            f"{' or '.join(map(str, dimensions))} dimensions, and not be empty"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{caption!r}: values are NaN or infinite: replace them")
