"""Small pictures of reports as SVG, in the colours of the page that they stand in."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from markupsafe import Markup
from matplotlib import colormaps
from matplotlib.colors import to_hex

from kerascnn.report.figures.grid_view import grid_view
from kerascnn.results import storage
from kerascnn.results.comparison import MODELS_FILE
from kerascnn.results.sweep import CANDIDATES_FILE
from kerascnn.results.training import HISTORY_FILE
from kerascnn.utils.curves import quantities

WIDTH, HEIGHT, MARGIN = 160.0, 120.0, 6.0
MOST_CELLS = 2500
Values = Sequence[float] | np.ndarray


def thumbnail(folder: Path, kind: str) -> Markup:
    """Return a report's picture, "" for a kind of report, or results, that have none."""
    draw = DRAWN.get(kind)
    try:
        parts = draw(folder) if draw else []
    except (OSError, ValueError, KeyError):  # damaged, or written by an earlier version
        parts = []
    if not parts:
        return Markup("")
    # All that is put in here are numbers and colours.
    return Markup(
        f'<svg class="thumbnail" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def _sweep(folder: Path) -> list[str]:
    """Draw the panel of the best candidate, or all scores in order where there is no grid."""
    texts = storage.read_json(folder / storage.RESULTS_FILE)
    table = storage.read_candidates(folder / CANDIDATES_FILE)
    means = table[f"mean_test_{texts['metric']}"].to_numpy(float)
    view = grid_view(list(table["params"]))
    if view is None or view.facets[0].candidates.size > MOST_CELLS:
        ordered = np.sort(means[np.isfinite(means)])[::-1]
        return _dots(np.arange(len(ordered)), ordered)
    best = int(texts["best_index"])
    return _cells(view.facets[view.facet_of(best)].candidates, means, best)


def _cells(candidates: np.ndarray, means: np.ndarray, best: int) -> list[str]:
    n_rows, n_columns = candidates.shape
    width, height = (WIDTH - 2 * MARGIN) / n_columns, (HEIGHT - 2 * MARGIN) / n_rows
    finite = means[np.isfinite(means)]
    low, span = (finite.min(), np.ptp(finite) or 1.0) if len(finite) else (0.0, 1.0)
    parts, frame = [], ""
    for (row, column), candidate in np.ndenumerate(candidates):
        x, y = MARGIN + column * width, MARGIN + row * height
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        score = means[candidate] if candidate >= 0 else np.nan
        known = np.isfinite(score)
        fill = to_hex(colormaps["viridis"]((score - low) / span)) if known else "var(--line)"
        parts.append(f'<rect {place} fill="{fill}" stroke="var(--card)"/>')
        if candidate == best:
            frame = f'<rect {place} fill="none" stroke="var(--text)" stroke-width="2.5"/>'
    return [*parts, frame]


def _training(folder: Path) -> list[str]:
    """Draw the curves of what was measured last: the accuracy, or else the loss."""
    history = storage.read_frame(folder / HISTORY_FILE)
    if history is None or len(history) < 2:
        return []
    shown = (quantities(history) or ["loss"])[-1]
    lines = {
        f"var(--{kind})": name
        for kind, name in (("training", shown), ("validation", f"val_{shown}"))
    }
    lines = {colour: name for colour, name in lines.items() if name in history}
    values = history[list(lines.values())].to_numpy(float)
    across = _scaled(history["epoch"].to_numpy(float), MARGIN, WIDTH - MARGIN)
    up = _scaled(values, HEIGHT - MARGIN, MARGIN)
    return [
        f'<polyline points="{_points(across, up[:, i])}" fill="none" stroke="{colour}" '
        'stroke-width="2.5"/>'
        for i, colour in enumerate(lines)
    ]


def _comparison(folder: Path) -> list[str]:
    """Draw accuracies over the numbers of parameters."""
    models = storage.read_frame(folder / MODELS_FILE)
    if models is None:
        return []
    sizes = np.log10(np.maximum(models["parameters"].to_numpy(float), 1))
    return _dots(sizes, models["accuracy"].to_numpy(float), radius=4.5)


def _dots(across: Values, up: Values, radius: float = 2.5) -> list[str]:
    xs = _scaled(np.asarray(across, float), 2 * MARGIN, WIDTH - 2 * MARGIN)
    ys = _scaled(np.asarray(up, float), HEIGHT - 2 * MARGIN, 2 * MARGIN)
    return [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="var(--training)"/>'
        for x, y in zip(xs, ys, strict=True)
        if np.isfinite(y)
    ][:MOST_CELLS]


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


DRAWN: dict[str, Callable[[Path], list[str]]] = {
    "sweep": _sweep,
    "training": _training,
    "comparison": _comparison,
}
