"""Exhibits, made of panels, and the files they lie in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kerascnn.results import storage
from kerascnn.results.panels import (
    Bands,
    Check,
    Checks,
    Matrix,
    Panel,
    Picture,
    Plot,
    Points,
    Table,
)
from kerascnn.results.waveform import Waveform

ARRAYS_FILE = "exhibits.npz"


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
                "Points, Bands, Table, Checks or Waveform"
            )


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
            names = {"names": list(panel.names), "series": _series(panel, key, arrays)}
            return texts | names | {"quantity": panel.quantity}
        case Bands():
            arrays[f"{key}-x"] = np.asarray(panel.x)
            axes = {
                "x_quantity": panel.x_quantity,
                "quantity": panel.quantity,
                "is_logarithmic": panel.is_logarithmic,
            }
            return texts | {"series": _series(panel, key, arrays)} | axes
        case Table():
            return texts | {"headings": list(panel.headings), "rows": list(panel.rows)}
        case Waveform():
            arrays[key] = np.stack([panel.lows, panel.highs])
            return texts | {"length": panel.length, "unit": panel.unit}


def _series(panel: Points | Bands, key: str, arrays: dict[str, np.ndarray]) -> list[str]:
    """Return the names of series, whose means and spreads go into `arrays`."""
    for number, name in enumerate(panel.means):
        arrays[f"{key}-{number}"] = np.stack([panel.means[name], panel.spreads[name]])
    return list(panel.means)


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
            series = _read_series(texts["series"], key, arrays)
            return Points(caption, texts["names"], *series, texts["quantity"])
        case Bands.KIND:
            series = _read_series(texts["series"], key, arrays)
            x = arrays[f"{key}-x"]
            quantities = texts["x_quantity"], texts["quantity"]
            # Files of earlier versions hold nothing but logarithmic axes.
            return Bands(caption, x, *series, *quantities, texts.get("is_logarithmic", True))
        case Table.KIND:
            return Table(caption, texts["headings"], texts["rows"])
        case Waveform.KIND:
            lows, highs = arrays[key]
            return Waveform(caption, lows, highs, texts["length"], texts["unit"])
        case _:
            rows = [Check(**row) for row in texts["rows"]]
            return Checks(caption, rows, texts["against"])


def _read_series(
    names: Sequence[str], key: str, arrays: Mapping[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the means and spreads that `_series` kept."""
    found = {name: arrays[f"{key}-{number}"] for number, name in enumerate(names)}
    return {n: each[0] for n, each in found.items()}, {n: each[1] for n, each in found.items()}
