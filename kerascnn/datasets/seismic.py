"""Simulated seismograms of a volcano, and spectrograms of seismograms."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.signal import spectrogram

from kerascnn.datasets.checks import is_number
from kerascnn.datasets.dataset import DatasetError
from kerascnn.datasets.seismic_sources import BANDS, SOURCES, background, station_response
from kerascnn.utils.spelling import did_you_mean

NOISE = "noise"
KINDS = tuple(SOURCES)
LEAST_RATE = 50.0  # samples per second: 20 Hz must lie below half of it
LEAST_SECONDS = 20.0
ONSETS = (0.1, 0.4)  # where events begin, as a share of the record
ENERGY = (0.05, 0.95)  # the shares of an event's energy between which it is said to last
GAINS = (0.1, 10.0)  # of stations
DYNAMIC_RANGE = 120.0  # decibels of a spectrogram
MOST_DECIBELS = 200.0  # of a ratio either way; float32 holds no more of both parts


class Seismograms(NamedTuple):
    """Simulated records of events.

    Attributes:
        X: ground velocity in arbitrary units, events and noise together, (n, samples, 1) float32.
        y: the kind of each, (n,) strings.
        signal_to_noise: decibels, (n,) float64; NaN for records of noise alone.
        events: what `X` holds without the noise, (n, samples, 1) float32.
    """

    X: np.ndarray
    y: np.ndarray
    signal_to_noise: np.ndarray
    events: np.ndarray


def simulate_seismograms(
    n: int,
    *,
    kinds: Sequence[str] = KINDS,
    seed: int = 0,
    rate: float = 50.0,
    seconds: float = 30.0,
    decibels: tuple[float, float] = (0.0, 20.0),
) -> Seismograms:
    """Simulate records of volcano-seismic events, as many of each kind as can be.

    ::

        event of a kind, from an onset at 10 to 40 % of the record ┐
                                                                   ├ station ─ sum ─ gain
        coloured noise                                             ┘

    Each record has its own event, noise, station and gain; the station is a random band pass,
    and the gain is drawn from 0.1 to 10, evenly in its logarithm; these ranges and that of onsets
    are conventional. The noise is scaled so that

        signal-to-noise ratio = 10 log₁₀(mean square of the event / mean square of the noise)

    behind the station is a number drawn evenly from `decibels`. The event's mean square is taken
    over its significant duration, in which its energy grows from 5 to 95 % (Trifunac and Brady,
    Bull. Seismol. Soc. Am. 65, 1975); that of the noise over the whole record.

    Kinds, frequencies in Hz and sources of the numbers: see `kerascnn.datasets.seismic_sources`.

    =================  ========  =============================================================
    volcano-tectonic   1 to 20   sharp P and S waves 0.3 to 3 s apart, decaying codas
    long-period        0.5 to 5  emergent, two to four frequencies that ring (Q = 15 to 60)
    tremor             0.5 to 7  all along the record, slowly modulated, harmonic or not
    noise              all       no event; gain and station as above
    =================  ========  =============================================================

    Args:
        n: the number of records, at least one for each kind.
        kinds: of the four above.
        seed: at least 0; the same seed gives the same records.
        rate: samples per second, at least 50.
        seconds: the length of a record, at least 20.
        decibels: the least and the largest signal-to-noise ratio, from -200 to 200.

    Raises:
        DatasetError: if an argument is out of range, or a kind is unknown.
    """
    _check(n, kinds, seed, rate, seconds, decibels)
    order, *children = np.random.SeedSequence(seed).spawn(n + 1)
    y = np.random.default_rng(order).permutation(np.resize(np.array(kinds), n))
    times = np.arange(round(rate * seconds)) / rate
    ratios = np.full(n, np.nan)
    X = np.empty((n, len(times), 1), np.float32)
    events = np.zeros_like(X)
    for row, (kind, child) in enumerate(zip(y, children, strict=True)):
        generator = np.random.default_rng(child)
        if kind != NOISE:
            ratios[row] = generator.uniform(*decibels)
        event, noise = _record(generator, kind, times, ratios[row])
        X[row, :, 0], events[row, :, 0] = event + noise, event
    return Seismograms(X, y, ratios, events)


def spectrograms(X: np.ndarray, rate: float, shape: tuple[int, int] = (32, 32)) -> np.ndarray:
    """Return the logarithm of the power of signals by frequency and time, as images.

    Windows have m = 2 · height + 2 samples (Hann, their mean taken off), evenly spaced as wide as
    all of them fit. Row r is the power at (r + 1) · rate / m hertz, the lowest first: neither 0
    nor half the rate, which filters of digital recorders hide. Column c is the window from sample
    c · hop, hop = (samples - m) // (width - 1). Up to width - 2 samples at the end are thus left
    out.

    Power below 120 dB under a signal's maximum is taken as that. Each image is shifted and scaled
    to mean 0 and standard deviation 1, which takes the gain away; a constant signal's is 0.

    Args:
        X: signals, (n, samples, 1), finite.
        rate: samples per second.
        shape: (height, width), at least 2 each.

    Returns:
        (n, height, width, 1) float32, without unit.

    Raises:
        DatasetError: if X has another shape, NaN or infinite values, the rate is not positive,
            or the signals are too short for so many windows.
    """
    hop = _hop(X, rate, shape)
    height, width = shape
    window = _window(height)
    _, _, power = spectrogram(
        X[..., 0].astype(np.float64),
        fs=rate,
        window="hann",
        nperseg=window,
        noverlap=window - hop,
        detrend="constant",
    )
    # The mean of equal numbers may differ from them in the last bit.
    power = power[:, 1:-1, :width] * (np.ptp(X, axis=1, keepdims=True) > 0)
    loudest = power.max(axis=(1, 2), keepdims=True)
    least = np.where(loudest > 0, loudest * 10 ** (-DYNAMIC_RANGE / 10), 1.0)
    levels = 10 * np.log10(np.maximum(power, least))
    levels -= levels.mean(axis=(1, 2), keepdims=True)
    deviations = levels.std(axis=(1, 2), keepdims=True)
    images = np.divide(levels, deviations, out=np.zeros_like(levels), where=deviations > 0)
    return images[..., None].astype(np.float32)


def _window(height: int) -> int:
    """Return the samples of a window that resolves so many frequencies within its ends."""
    return 2 * height + 2


def significant(event: np.ndarray) -> slice:
    """Return the samples in which an event's energy grows from 5 to 95 %.

    Args:
        event: (samples,), not all of it 0.
    """
    energy = np.cumsum(np.square(event, dtype=np.float64))
    first, last = np.searchsorted(energy, np.multiply(ENERGY, energy[-1]))
    return slice(int(first), int(last) + 1)


def _record(
    generator: np.random.Generator, kind: str, times: np.ndarray, ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return an event and noise as a station records them, with a ratio in decibels."""
    respond = station_response(generator, 1 / times[1])
    gain = np.exp(generator.uniform(*np.log(GAINS)))
    noise = respond(background(generator, times))
    noise *= gain / _root_mean_square(noise)
    if kind == NOISE:
        return np.zeros_like(noise), noise
    onset = generator.uniform(*ONSETS) * times[-1]
    event = respond(SOURCES[kind](generator, times, onset))
    event *= gain / _root_mean_square(event[significant(event)])
    return event, noise * 10 ** (-ratio / 20)


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _check(
    n: int,
    kinds: Sequence[str],
    seed: int,
    rate: float,
    seconds: float,
    decibels: tuple[float, float],
) -> None:
    known = (*KINDS, NOISE)
    for kind in kinds:
        if kind not in known:
            raise DatasetError(f"kinds={kinds!r}: {kind!r} is unknown: {did_you_mean(kind, known)}")
    if not kinds or len(set(kinds)) != len(kinds):
        raise DatasetError(f"kinds={kinds!r}: must be one or several of {', '.join(known)}")
    if not _is_integer(n) or n < len(kinds):
        raise DatasetError(f"n={n!r}: must be at least {len(kinds)}, one record for each kind")
    if not _is_integer(seed) or seed < 0:
        raise DatasetError(f"seed={seed!r}: must be an integer of at least 0")
    if not is_number(rate) or rate < LEAST_RATE:
        highest = max(band[1] for band in BANDS.values())
        raise DatasetError(f"rate={rate!r}: must be at least {LEAST_RATE:g} to hold {highest:g} Hz")
    if not is_number(seconds) or seconds < LEAST_SECONDS:
        raise DatasetError(f"seconds={seconds!r}: must be at least {LEAST_SECONDS:g}")
    _check_decibels(decibels)


def _is_integer(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _check_decibels(decibels: Any) -> None:
    pair = tuple(decibels) if isinstance(decibels, (tuple, list, np.ndarray)) else ()
    are_numbers = len(pair) == 2 and all(map(is_number, pair))
    if not are_numbers or not -MOST_DECIBELS <= pair[0] <= pair[1] <= MOST_DECIBELS:
        raise DatasetError(
            f"decibels={decibels!r}: must be two numbers from -{MOST_DECIBELS:g} to "
            f"{MOST_DECIBELS:g}, the smaller one first"
        )


def _hop(X: np.ndarray, rate: float, shape: tuple[int, int]) -> int:
    """Return the samples from one of `shape[1]` windows to the next, or say what is wrong."""
    if X.ndim != 3 or X.shape[2] != 1:
        raise DatasetError(f"X has shape {X.shape}: expected signals as (n, samples, 1)")
    if not is_number(rate) or rate <= 0:
        raise DatasetError(f"rate={rate!r}: must be a number above 0")
    wrong = np.flatnonzero(~np.isfinite(X).all(axis=(1, 2)))
    if len(wrong):
        raise DatasetError(
            f"X holds NaN or infinite values in {len(wrong):,} of {len(X):,} signals, first in "
            f"X[{wrong[0]}]: remove or replace them"
        )
    height, width = shape
    if min(shape) < 2:
        raise DatasetError(f"shape={shape}: must be at least 2 each way")
    hop = (X.shape[1] - _window(height)) // (width - 1)
    if hop < 1:
        raise DatasetError(
            f"X has signals of {X.shape[1]} samples: shape={shape} needs at least "
            f"{_window(height) + width - 1}"
        )
    return int(hop)
