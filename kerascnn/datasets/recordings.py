"""One WAV file → one signal."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kerascnn.datasets.resampling import fitted, n_needed
from kerascnn.datasets.wav import UnreadableRecording, WavLayout, find_layout

BLOCK_VALUES = 2**16  # so many are scaled and averaged at a time, or channels would take memory


@dataclass(frozen=True)
class Recording:
    """What a WAV file holds.

    Attributes:
        rate: samples per second.
        n_samples: samples per channel.
        n_channels: the channels.
        peak: the largest absolute value of its signal; 1 is full scale.
    """

    rate: int
    n_samples: int
    n_channels: int
    peak: float


def inspect_recording(data: bytes) -> Recording:
    """Return what a WAV file holds.

    Raises:
        UnreadableRecording: if the file is empty, damaged, shorter than its header says,
            compressed, without a rate, or holds NaN or infinite values; see
            `kerascnn.datasets.wav.find_layout`.
    """
    layout = find_layout(data)
    peak = max(float(np.abs(block).max()) for block in _blocks(data, layout, layout.n_frames))
    return Recording(layout.rate, layout.n_frames, layout.n_channels, peak)


def read_signal(data: bytes, rate: int, n_samples: int) -> np.ndarray:
    """Return a WAV file's signal at a rate and with a length.

    Integers are divided by full scale, so that they lie in [-1, 1]; floating point values are
    taken as they are. Channels are averaged. For resampling, cuts and padding see
    `kerascnn.datasets.resampling.fitted`.

    Args:
        data: the file's content.
        rate: samples per second.
        n_samples: the length.

    Returns:
        float32, (n_samples,).

    Raises:
        UnreadableRecording: see `inspect_recording`.
        UnreachableRate: if the rates have too large a ratio.
    """
    layout = find_layout(data)
    n_frames = min(layout.n_frames, n_needed(n_samples, layout.rate, rate))
    signal, place = np.empty(n_frames), 0
    for block in _blocks(data, layout, n_frames):
        signal[place : place + len(block)] = block
        place += len(block)
    return fitted(signal, layout.rate, rate, n_samples)


def _blocks(data: bytes, layout: WavLayout, n_frames: int) -> Iterator[np.ndarray]:
    """Yield the first frames in pieces, averaged over channels, (n,) float64."""
    n_at_once = max(1, BLOCK_VALUES // layout.n_channels)
    for first in range(0, n_frames, n_at_once):
        values = layout.values(data, first, min(n_at_once, n_frames - first))
        signal = values[:, 0] if layout.n_channels == 1 else values.mean(axis=1)
        if not (np.abs(signal) <= np.finfo(np.float32).max).all():
            raise UnreadableRecording("it holds NaN or infinite values")
        yield signal
