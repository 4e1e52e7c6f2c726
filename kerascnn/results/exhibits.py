"""Exhibits: pictures, plots, coloured matrices and tables of checks, and the files they lie in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from kerascnn.results import storage

ARRAYS_FILE = "exhibits.npz"
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


Panel = Picture | Plot | Matrix | Checks | Points


@dataclass(frozen=True, eq=False)
class Exhibit:
    """Something to look at.

    Attributes:
        title: a few words.
        text: a sentence or two that say what to see.
        panels: pictures, plots, matrices and tables, in the order in which they are read.
    """

    title: str
    text: str
    panels: Sequence[Panel]

    def __post_init__(self) -> None:
        """Raise ValueError if there is nothing to look at."""
        if not self.panels or not all(isinstance(panel, Panel) for panel in self.panels):
            raise ValueError(
                f"exhibit {self.title!r} needs panels: give a list of Picture, Plot, Matrix, "
                "Points or Checks"
            )


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


def save_exhibits(exhibits: Sequence[Exhibit], folder: Path) -> list[dict[str, Any]]:
    """Write the arrays to the folder and return the texts that go with them."""
    arrays: dict[str, np.ndarray] = {}
    texts = [
        {
            "title": exhibit.title,
            "text": exhibit.text,
            "panels": [
                _texts(panel, f"{number}-{place}", arrays)
                for place, panel in enumerate(exhibit.panels)
            ],
        }
        for number, exhibit in enumerate(exhibits)
    ]
    storage.write_arrays(folder / ARRAYS_FILE, arrays or None)
    return texts


def load_exhibits(folder: Path, texts: Sequence[Mapping[str, Any]]) -> list[Exhibit]:
    """Read what `save_exhibits` wrote, given the texts it returned."""
    arrays = storage.read_arrays(folder / ARRAYS_FILE) or {}
    return [
        Exhibit(
            exhibit["title"],
            exhibit["text"],
            [
                _panel(panel, f"{number}-{place}", arrays)
                for place, panel in enumerate(exhibit["panels"])
            ],
        )
        for number, exhibit in enumerate(texts)
    ]


def _texts(panel: Panel, key: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return what JSON holds of a panel; its arrays go into `arrays` under names that it makes."""
    texts: dict[str, Any] = {"kind": panel.KIND, "caption": panel.caption}
    match panel:
        case Picture():
            arrays[key] = np.asarray(panel.pixels)
            return texts | {"grid": panel.grid}
        case Plot():
            for number, values in enumerate(panel.signals.values()):
                arrays[f"{key}-{number}"] = np.asarray(values)
            return texts | {"signals": list(panel.signals), "offsets": dict(panel.offsets)}
        case Matrix():
            arrays[key] = np.asarray(panel.values)
            return texts | {"labels": panel.labels}
        case Checks():
            rows = [vars(row) for row in panel.rows]
            return texts | {"rows": rows, "against": panel.against}
        case Points():
            for number, name in enumerate(panel.means):
                arrays[f"{key}-{number}"] = np.stack([panel.means[name], panel.spreads[name]])
            names = {"names": list(panel.names), "series": list(panel.means)}
            return texts | names | {"quantity": panel.quantity}


def _panel(texts: Mapping[str, Any], key: str, arrays: Mapping[str, np.ndarray]) -> Panel:
    """Return the panel of which `_texts` made texts and arrays."""
    caption = texts["caption"]
    match texts["kind"]:
        case Picture.KIND:
            return Picture(caption, arrays[key], texts["grid"])
        case Plot.KIND:
            names = texts["signals"]
            signals = {name: arrays[f"{key}-{number}"] for number, name in enumerate(names)}
            return Plot(caption, signals, texts["offsets"])
        case Matrix.KIND:
            labels = texts["labels"]
            return Matrix(caption, arrays[key], None if labels is None else np.array(labels))
        case Points.KIND:
            found = {name: arrays[f"{key}-{n}"] for n, name in enumerate(texts["series"])}
            means = {name: each[0] for name, each in found.items()}
            spreads = {name: each[1] for name, each in found.items()}
            return Points(caption, texts["names"], means, spreads, texts["quantity"])
        case _:
            rows = [Check(**row) for row in texts["rows"]]
            return Checks(caption, rows, texts["against"])
