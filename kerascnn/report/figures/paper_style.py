"""The style of figures for papers: sizes, type, ticks and colours, and the files they are in."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from kerascnn.report.figures.grid_view import Axis
from kerascnn.results.limits import metric_limits
from kerascnn.utils.files import replacing
from kerascnn.utils.formatting import (
    axis_labels,
    mathtext_power,
    parameter_label,
    shortened,
    value_label,
)

DOTS_PER_INCH = 300
FORMATS = ("png", "svg", "pdf")
# Inches: one column of a journal's page, and both.
WIDTHS = {"one": 3.5, "two": 7.2}
TICKS = ("powers", "decimals")
TYPE = {
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "pdf.fonttype": 42,  # type that stays text
}
PAPER_SYMBOLS = {"learning_rate": r"Learning rate $\eta$", "l2": r"L2 penalty $\lambda$"}
MOST_DIGITS = 12
LONGEST_TICK, LONGEST_TITLE = 16, 22
LETTER = 0.075  # inches that one of the type above takes across, on average


@dataclass(frozen=True)
class PaperStyle:
    """How a figure is made.

    Attributes:
        columns: "one" or "two" of a journal's page: 3.5 or 7.2 inches wide.
        spread: whether cells show the standard deviation over the splits, too.
        ticks: "powers" writes 10⁻³ where a whole axis is of powers of ten; "decimals" 0.001.
    """

    columns: str = "two"
    spread: bool = False
    ticks: str = "powers"

    def __post_init__(self) -> None:
        """Raise ValueError for an unknown setting."""
        for name, known in (("columns", tuple(WIDTHS)), ("ticks", TICKS)):
            value = getattr(self, name)
            if value not in known:
                raise ValueError(f"{name}={value!r} is unknown: give one of {', '.join(known)}")

    @property
    def width(self) -> float:
        """How wide the figure is, in inches."""
        return WIDTHS[self.columns]

    def tick_labels(self, axis: Axis) -> list[str]:
        """Write the values along an axis, all in one way."""
        if not axis.name:
            return [""] * len(axis.values)
        if self.ticks == "decimals":
            return [tick(_decimal(value)) for value in axis.values]
        return axis_labels(axis.values, mathtext_power, lambda v: tick(value_label(v)))


@contextmanager
def paper_type() -> Iterator[None]:
    """Draw what is drawn inside with type that can be read at the width of the figure."""
    with matplotlib.rc_context(TYPE):  # type: ignore[arg-type]  # Matplotlib lists its keys
        yield


def _decimal(value: Any) -> str:
    """Write a value without powers of ten: 0.001."""
    if isinstance(value, float) and np.isfinite(value):
        return np.format_float_positional(value, precision=MOST_DIGITS, trim="-")
    return str(value)


def axis_title(name: str) -> str:
    """Write an axis title: with its symbol where it has one."""
    return PAPER_SYMBOLS.get(
        name.rsplit("__", 1)[-1], plain_text(parameter_label(name), LONGEST_TITLE)
    )


def tick(text: str) -> str:
    """Write the label of a tick: short enough to leave room for what is drawn."""
    return plain_text(text, LONGEST_TICK)


def room_for_turned(labels: Sequence[str]) -> float:
    """Return how many inches labels take below an axis where they may have to be turned."""
    longest = max((len(label) for label in labels if not label.startswith("$")), default=0)
    return 0.7 * LETTER * longest if longest > 4 else 0.0


def plain_text(text: str, longest: int = 40) -> str:
    """Keep a user's text on one line, and Matplotlib from reading its dollars as mathematics."""
    return unread(shortened(" ".join(text.split()), longest))


def unread(text: str) -> str:
    """Keep Matplotlib from reading a text's dollars as mathematics."""
    return text.replace("$", r"\$")


def text_colour(background: Any) -> str:
    """Return black or white, whichever is easier to read on a colour: a contrast of 4.5 at least.

    By the relative luminance of the Web Content Accessibility Guidelines 2.2.
    """
    channels = np.array(to_rgb(background))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return "black" if (luminance + 0.05) ** 2 >= 1.05 * 0.05 else "white"


def band(mean: np.ndarray, std: np.ndarray, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of a band around means, within what the metric allows.

    Args:
        mean: (n,) float.
        std: (n,) float.
        metric: its name.
    """
    low, high = metric_limits(metric)
    ends: tuple[np.ndarray, ...] = (mean - std, mean + std)
    if (low, high) != (None, None):
        ends = tuple(np.clip(end, low, high) for end in ends)
    return ends[0], ends[1]


def largest_type(
    texts: Sequence[str], room: float, sizes: Sequence[float] = (7, 6.5, 6, 5.5)
) -> float | None:
    """Return the largest size in points at which every line of texts fits; None for none.

    Args:
        texts: what is to be written.
        room: the width of a cell, in inches.
        sizes: in points, the largest first.
    """
    longest = max((len(line) for text in texts for line in text.splitlines()), default=0)
    # A digit of the usual sans-serif type is 0.64 of its size wide.
    return next((size for size in sizes if longest * 0.64 * size / 72 + 0.03 <= room), None)


def save_figure(figure: Figure, path: Path, caption: str = "", background: str = "white") -> Path:
    """Write a figure in the format of the file's name, replacing the file as a whole.

    Args:
        figure: the figure.
        path: of the file.
        caption: kept in the file as its description, where its format has one.
        background: the colour behind everything.
    """
    FigureCanvasAgg(figure)
    with replacing(path) as temporary, warnings.catch_warnings():
        # A name in a script that the font lacks is drawn as boxes: no reason to warn.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(
            temporary,
            dpi=DOTS_PER_INCH,
            facecolor=background,
            metadata=_metadata(path.suffix, caption),
        )
    return path


def _metadata(suffix: str, caption: str) -> dict[str, Any]:
    """Return what a file says of itself: no date, so that the same figure is the same file."""
    name = {".png": "Description", ".svg": "Description", ".pdf": "Subject"}[suffix]
    dates: dict[str, Any] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(suffix, {})
    return {**dates, **({name: caption} if caption else {})}
