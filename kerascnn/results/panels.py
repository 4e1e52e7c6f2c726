"""Panels of exhibits: pictures, coloured matrices and tables, beside the plots of `plots`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kerascnn.results.plots import Bands, Plot, Points, Scatter, check_numbers
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
        check_numbers(self.caption, self.pixels, (2, 3))
        if np.ndim(self.pixels) == 3 and self.pixels.shape[2] not in (1, 3):
            raise ValueError(
                f"{self.caption!r}: pixels have the shape {self.pixels.shape}: must be (height, "
                "width), or (height, width, 3) for colours"
            )


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
        check_numbers(self.caption, self.values, (2,))
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


Panel = Picture | Plot | Matrix | Checks | Points | Bands | Scatter | Table | Waveform
