"""Panels of exhibits: pictures, plots, coloured matrices, curves in bands, and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from kerascnn.results.waveform import Waveform

STATED = "stated"


@dataclass(frozen=True, eq=False)
class Picture:
    """An image, drawn pixel by pixel.

    Attributes:
        caption: what it shows.
        pixels: (height, width) or (height, width, 3); uint8, or real numbers, which are stretched
            from black (the smallest) to white.
        grid: whether to draw the pixels' borders.
    """

    KIND: ClassVar[str] = "picture"

    caption: str
    pixels: np.ndarray
    grid: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError if the pixels cannot be shown."""
        _check_numbers(self.caption, self.pixels, (2, 3))
        if np.ndim(self.pixels) == 3 and self.pixels.shape[2] not in (1, 3):
            raise ValueError(
                f"{self.caption!r}: pixels have the shape {self.pixels.shape}: must be (height, "
                "width), or (height, width, 3) for colours"
            )


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
            _check_numbers(self.caption, values, (1,))


@dataclass(frozen=True, eq=False)
class Matrix:
    """A coloured grid of numbers.

    Attributes:
        caption: what it shows.
        values: real numbers, (rows, columns).
        labels: text in place of the numbers, one per cell; None writes the numbers.
    """

    KIND: ClassVar[str] = "matrix"

    caption: str
    values: np.ndarray
    labels: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Raise ValueError if the values or labels are no grid."""
        _check_numbers(self.caption, self.values, (2,))
        if self.labels is not None and np.shape(self.labels) != np.shape(self.values):
            raise ValueError(
                f"{self.caption!r}: labels have the shape {np.shape(self.labels)}, but values "
                f"{np.shape(self.values)}: give one for each"
            )


@dataclass(frozen=True)
class Check:
    """A number from elsewhere beside the one computed here.

    Attributes:
        what: the question that both answer.
        stated: the answer from elsewhere.
        computed: the answer computed here.
        agrees: whether they are equal.
        remark: what to know about it, such as the error where they differ.
    """

    what: str
    stated: str
    computed: str
    agrees: bool
    remark: str = ""


@dataclass(frozen=True)
class Checks:
    """A table of numbers from elsewhere beside those computed here.

    Attributes:
        caption: where the numbers are from.
        rows: one for each number.
        against: what the numbers from elsewhere are: "stated" by a source, or the name of another
            way to compute them.
    """

    KIND: ClassVar[str] = "checks"

    caption: str
    rows: Sequence[Check]
    against: str = STATED


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
        _check_numbers(self.caption, self.x, (1,))
        if np.any(np.diff(self.x) <= 0):
            raise ValueError(f"{self.caption!r}: x={self.x!r} must be ascending")
        if self.is_logarithmic and np.min(self.x) <= 0:
            raise ValueError(
                f"{self.caption!r}: x={self.x!r} must be positive on a logarithmic axis: "
                "give is_logarithmic=False"
            )
        for values in (*self.means.values(), *self.spreads.values()):
            _check_numbers(self.caption, values, (1,))
            if np.shape(values) != np.shape(self.x):
                raise ValueError(
                    f"{self.caption!r}: a curve has the shape {np.shape(values)}, but x "
                    f"{np.shape(self.x)}: give a number for each"
                )


@dataclass(frozen=True)
class Table:
    """Rows of text under headings.

    Attributes:
        caption: what it shows.
        headings: of the columns.
        rows: a text for each heading.
    """

    KIND: ClassVar[str] = "table"

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __post_init__(self) -> None:
        """Raise ValueError if a row has not a text for each heading."""
        for row in self.rows:
            if len(row) != len(self.headings):
                raise ValueError(
                    f"{self.caption!r}: a row has {len(row)} texts, but there are "
                    f"{len(self.headings)} headings"
                )


Panel = Picture | Plot | Matrix | Checks | Points | Bands | Table | Waveform


def _check_numbers(caption: str, values: Any, dimensions: Sequence[int]) -> None:
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
