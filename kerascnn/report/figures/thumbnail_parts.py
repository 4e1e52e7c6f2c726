"""Parts of small SVG pictures: lines, dots, coloured cells and images, in the page's colours."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex

from kerascnn.report.figures.images import png_address

WIDTH, HEIGHT, MARGIN = 160.0, 120.0, 6.0
MOST_PARTS = 2500
Values = Sequence[float] | np.ndarray


def cells(values: np.ndarray, framed: tuple[int, int] | None = None) -> list[str]:
    """Colour a grid of numbers, (rows, columns), from the lowest to the highest; NaN stays grey.

    Args:
        values: the numbers.
        framed: row and column of the cell in a frame.
    """
    n_rows, n_columns = values.shape
    width, height = (WIDTH - 2 * MARGIN) / n_columns, (HEIGHT - 2 * MARGIN) / n_rows
    finite = values[np.isfinite(values)]
    low, span = (finite.min(), np.ptp(finite) or 1.0) if len(finite) else (0.0, 1.0)
    parts, frame = [], []
    for (row, column), value in np.ndenumerate(values):
        x, y = MARGIN + column * width, MARGIN + row * height
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        known = np.isfinite(value)
        fill = to_hex(colormaps["viridis"]((value - low) / span)) if known else "var(--line)"
        parts.append(f'<rect {place} fill="{fill}" stroke="var(--card)"/>')
        if (row, column) == framed:
            frame = [f'<rect {place} fill="none" stroke="var(--text)" stroke-width="2.5"/>']
    return [*parts, *frame]


def lines(across: Values, curves: Sequence[Values], colours: Sequence[str]) -> list[str]:
    """Draw curves over common places, (n_points,) each, on one scale; colours repeat."""
    xs = _scaled(np.asarray(across, float), MARGIN, WIDTH - MARGIN)
    ys = _scaled(np.array(curves, float), HEIGHT - MARGIN, MARGIN)
    return [
        f'<polyline points="{_points(xs, curve)}" fill="none" '
        f'stroke="{colours[number % len(colours)]}" stroke-width="2.5"/>'
        for number, curve in enumerate(ys)
    ]


def dots(
    across: Values, up: Values, radius: float = 2.5, colours: Sequence[str] = ("var(--training)",)
) -> list[str]:
    """Draw points, (n_points,) each; a colour for each point, repeated where they are fewer."""
    xs = _scaled(np.asarray(across, float), 2 * MARGIN, WIDTH - 2 * MARGIN)
    ys = _scaled(np.asarray(up, float), HEIGHT - 2 * MARGIN, 2 * MARGIN)
    return [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colours[number % len(colours)]}"/>'
        for number, (x, y) in enumerate(zip(xs, ys, strict=True))
        if np.isfinite(y)
    ][:MOST_PARTS]


def image(pixels: np.ndarray) -> list[str]:
    """Show an image, uint8 (height, width, 1 or 3), as large as there is room.

    Of one with more pixels across than there are in the picture some are left out.
    """
    step = -(-max(pixels.shape[:2]) // int(WIDTH))
    pixels = pixels[::step, ::step]
    return [
        f'<image href="{png_address(pixels)}" x="{MARGIN:g}" y="{MARGIN:g}" '
        f'width="{WIDTH - 2 * MARGIN:g}" height="{HEIGHT - 2 * MARGIN:g}" '
        'style="image-rendering: pixelated"/>'
    ]


def _points(across: np.ndarray, up: np.ndarray) -> str:
    pairs = zip(across, up, strict=True)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs if np.isfinite(y))


def _scaled(values: np.ndarray, start: float, end: float) -> np.ndarray:
    """Return values on a line from `start`, the smallest, to `end`."""
    finite = values[np.isfinite(values)]
    if not len(finite) or np.ptp(finite) == 0:
        return np.full(values.shape, (start + end) / 2)
    scaled: np.ndarray = start + (values - finite.min()) / np.ptp(finite) * (end - start)
    return scaled
