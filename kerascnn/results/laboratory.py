"""The plain results of a laboratory: exhibits that show what an operation does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from kerascnn.results import storage
from kerascnn.results.files import load_common, now, save_shared
from kerascnn.utils.formatting import plural

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


Panel = Picture | Plot | Matrix | Checks


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


@dataclass(frozen=True, eq=False)
class LaboratoryResults:
    """The exhibits of one laboratory.

    Attributes:
        name: a short name, such as "convolution".
        title: the report's heading.
        claim: what the laboratory shows.
        exhibits: in the order in which they are read.
        provenance: see `SweepResults`.
        notices: sentences shown in large letters at the top.
        created: when the results were made, ISO 8601.
    """

    name: str
    title: str
    claim: str
    exhibits: Sequence[Exhibit]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    created: str = field(default_factory=now)

    @property
    def stated(self) -> list[Check]:
        """All numbers that a source states."""
        panels = [panel for exhibit in self.exhibits for panel in exhibit.panels]
        tables = [panel for panel in panels if isinstance(panel, Checks)]
        return [row for table in tables if table.against == STATED for row in table.rows]

    @property
    def figure(self) -> str:
        """What was found in one line."""
        if not self.stated:
            return plural(len(self.exhibits), "exhibit")
        n_right = sum(check.agrees for check in self.stated)
        return f"{n_right} of {plural(len(self.stated), 'stated number')} agree"

    def save(self, folder: Path) -> None:
        """Write the results to `folder`, each file replaced as a whole and nothing pickled."""
        arrays: dict[str, np.ndarray] = {}
        exhibits = [
            {
                "title": exhibit.title,
                "text": exhibit.text,
                "panels": [
                    _texts(panel, f"{number}-{place}", arrays)
                    for place, panel in enumerate(exhibit.panels)
                ],
            }
            for number, exhibit in enumerate(self.exhibits)
        ]
        storage.write_arrays(folder / ARRAYS_FILE, arrays)
        save_shared(self, folder, "laboratory", exhibits=exhibits)

    @classmethod
    def load(cls, folder: Path) -> "LaboratoryResults":
        """Read what `save` wrote."""
        texts = storage.read_json(folder / storage.RESULTS_FILE)
        arrays = storage.read_arrays(folder / ARRAYS_FILE) or {}
        exhibits = [
            Exhibit(
                exhibit["title"],
                exhibit["text"],
                [
                    _panel(panel, f"{number}-{place}", arrays)
                    for place, panel in enumerate(exhibit["panels"])
                ],
            )
            for number, exhibit in enumerate(texts["exhibits"])
        ]
        return cls(**load_common(folder), exhibits=exhibits)


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
        case _:
            rows = [Check(**row) for row in texts["rows"]]
            return Checks(caption, rows, texts["against"])
