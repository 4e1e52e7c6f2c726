"""Charts as plain descriptions, which the page's script draws (`templates/charts.js`)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

Numbers = Sequence[float | None]


@dataclass(frozen=True)
class ChartAxis:
    """One axis.

    Attributes:
        title: what its numbers are, "" for none.
        kind: "linear" or "log".
        range: its ends; None for those of what is drawn.
        ticks: numbers with their texts; None for round numbers.
        reverse: whether it runs downwards or to the left.
        integers: whether only whole numbers are ticks.
    """

    title: str = ""
    kind: str = "linear"
    range: tuple[float, float] | None = None
    ticks: Sequence[tuple[float, str]] | None = None
    reverse: bool = False
    integers: bool = False


@dataclass(frozen=True)
class Series:
    """Points, joined by a line or not.

    Attributes:
        x: across; None interrupts the line.
        y: up.
        colour: as CSS writes it; brightened on dark pages.
        name: in the legend, "" for none.
        width: of the line, 0 for none.
        symbol: "circle", "triangle-up" or "square", "" for none.
        size: of the symbols.
        opacity: from 0 to 1.
        x_error: how far bars reach to both sides.
        y_error: how far they reach up and down.
        labels: a text beside each point.
        texts: what to say of each point under the pointer, in lines; None for its numbers.
        candidates: the candidate that a click on each point chooses.
    """

    x: Numbers
    y: Numbers
    colour: str
    name: str = ""
    width: float = 0
    symbol: str = ""
    size: float = 7
    opacity: float = 1.0
    x_error: Numbers | None = None
    y_error: Numbers | None = None
    labels: Sequence[str] | None = None
    texts: Sequence[str] | None = None
    candidates: Sequence[int | None] | None = None


@dataclass(frozen=True)
class Area:
    """The area between two lines; `outlined` draws its edge as well, where both lines meet."""

    x: Numbers
    low: Numbers
    high: Numbers
    colour: str
    opacity: float = 0.18
    outlined: bool = False


@dataclass(frozen=True)
class Note:
    """A text in a chart, its middle at a point."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Areas, series and notes over two axes; `legend` names the series above."""

    x: ChartAxis
    y: ChartAxis
    height: int
    series: Sequence[Series] = ()
    areas: Sequence[Area] = ()
    notes: Sequence[Note] = ()
    legend: bool = False

    def description(self) -> dict[str, Any]:
        """Return what the page's script reads: nested dictionaries and lists."""
        return {"kind": "chart", **_described(self)}


def _described(thing: Any) -> Any:
    """Turn dataclasses into dictionaries, without what they leave empty."""
    if not is_dataclass(thing):
        return thing
    values = {field.name: getattr(thing, field.name) for field in fields(thing)}
    return {
        name: [_described(each) for each in value]
        if isinstance(value, list | tuple)
        else _described(value)
        for name, value in values.items()
        if value is not None and value != ""
    }
