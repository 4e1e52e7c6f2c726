"""Signals as pictures: their course, filters of their networks, and heat over time."""

import numpy as np
from matplotlib import colormaps

WIDTH, HEIGHT = 200, 60


def waveforms(signals: np.ndarray) -> np.ndarray:
    """Draw signals, all on one scale, zero in the middle: dark on white.

    Each column of a picture reaches from the smallest to the largest of its samples, and to the
    first of the next column.

    Args:
        signals: (n, samples, channels), float; several channels are averaged.

    Returns:
        uint8, (n, 60, 200, 1), narrower for fewer samples.
    """
    courses = np.nan_to_num(signals.mean(axis=-1), posinf=0.0, neginf=0.0)
    reach = np.abs(courses).max(initial=0.0) or 1.0
    places = (0.5 - courses / (2 * reach)) * (HEIGHT - 1)
    starts = _column_starts(courses.shape[1])
    following = places[:, np.append(starts[1:], courses.shape[1] - 1)]
    top = np.floor(np.minimum(np.minimum.reduceat(places, starts, axis=1), following))
    bottom = np.ceil(np.maximum(np.maximum.reduceat(places, starts, axis=1), following))
    rows = np.arange(HEIGHT)[None, :, None]
    is_drawn = (rows >= top[:, None]) & (rows <= bottom[:, None])
    return np.where(is_drawn, 0, 255).astype(np.uint8)[..., None]


def heated(signal: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Draw a signal over colours that say how much each time spoke for a class.

    Args:
        signal: (samples, channels), float.
        heat: (samples,), float ≥ 0.

    Returns:
        uint8, (60, 200, 3), narrower for fewer samples.
    """
    drawn = waveforms(signal[None])[0]
    heat = np.clip(np.nan_to_num(heat), 0, None) / (np.nanmax(heat, initial=0.0) or 1.0)
    columns = np.maximum.reduceat(heat, _column_starts(len(heat)))
    colours = colormaps["Oranges"](0.7 * columns, bytes=True)[None, :, :3]
    return np.where(drawn < 255, drawn, colours).astype(np.uint8)


def as_picture(values: np.ndarray) -> np.ndarray:
    """Return filters (samples, channels, n) as (samples, channels, 1, n): time runs downwards."""
    return values[:, :, None, :]


def _column_starts(n_samples: int) -> np.ndarray:
    """Return the first sample of each column of a picture."""
    return np.unique(np.linspace(0, n_samples, min(WIDTH, n_samples), endpoint=False).astype(int))
