"""Signals at another rate and with another length."""

from fractions import Fraction

import numpy as np

# The filter that resamples by up/down has 20 coefficients per unit of the larger of the two.
LARGEST_FACTOR = 200_000
FILTER_REACH = 20  # twice what SciPy's filter reaches to either side, in the same unit


class UnreachableRate(ValueError):  # noqa: N818 (it says what is wrong, as OSError's kin do)
    """Two rates have so large a ratio that a filter would fill the memory."""


def hertz(rate: float) -> str:
    """Write a number of samples per second: 44,100 Hz or 0.5 Hz."""
    return f"{int(rate) if rate == int(rate) else rate:,} Hz"


def factors(own_rate: float, rate: float) -> tuple[int, int]:
    """Return the coprime numbers `up` and `down` with `own_rate` × up / down = `rate`.

    Args:
        own_rate: samples per second, positive.
        rate: likewise, of the signal to be made.

    Raises:
        UnreachableRate: if they are so large that the filter would fill the memory.
    """
    up, down = (Fraction(rate) / Fraction(own_rate)).as_integer_ratio()
    if max(up, down) > LARGEST_FACTOR:
        raise UnreachableRate(
            f"{hertz(own_rate)} cannot be resampled to {hertz(rate)}: choose a rate that has a "
            "larger common divisor with it"
        )
    return up, down


def resampled_length(n_samples: int, own_rate: float, rate: float) -> int:
    """Return how many samples a signal has at another rate; for errors see `factors`."""
    up, down = factors(own_rate, rate)
    return -(-n_samples * up // down)


def n_needed(n_samples: int, own_rate: float, rate: float) -> int:
    """Return how many samples at its own rate decide a signal's first ones at another rate."""
    up, down = factors(own_rate, rate)
    return (n_samples * down + FILTER_REACH * max(up, down)) // up + 1


def fitted(signal: np.ndarray, own_rate: float, rate: float, n_samples: int) -> np.ndarray:
    """Return a signal at a rate and with a length.

    Resampling is SciPy's `resample_poly`, whose filter may overshoot a little. What is too long
    loses its end, what is too short gets zeros at its end.

    Args:
        signal: (samples,) or (samples, channels), floating point.
        own_rate: its samples per second.
        rate: those that it gets.
        n_samples: the length that it gets.

    Returns:
        float32, (n_samples,) or (n_samples, channels).

    Raises:
        UnreachableRate: see `factors`.
    """
    up, down = factors(own_rate, rate)
    signal = signal[: n_needed(n_samples, own_rate, rate)]
    if up != down:
        from scipy.signal import resample_poly  # with SciPy's signals half a second

        signal = resample_poly(signal.astype(np.float64, copy=False), up, down)
    padded = np.zeros((n_samples, *signal.shape[1:]), np.float32)
    padded[: len(signal)] = signal[:n_samples]
    return padded
