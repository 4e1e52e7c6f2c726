"""The rate and the length that all signals of a dataset get."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kerascnn.datasets.errors import DatasetError
from kerascnn.datasets.resampling import UnreachableRate, fitted, hertz, resampled_length

# The options that all loaders of signals have, whatever file the signals lie in.
SIGNAL_OPTIONS = ("rate", "n_samples")
POLICIES = ("longest", "shortest")

NSamples = int | Literal["longest", "shortest"] | None


def is_count(value: Any) -> bool:
    """Tell whether a value is a positive integer."""
    is_integer = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return is_integer and value > 0


def check_n_samples(n_samples: Any) -> None:
    """Raise a DatasetError unless a value is a length, a policy for lengths, or None."""
    is_policy = isinstance(n_samples, str) and n_samples in POLICIES
    is_length = is_count(n_samples) and n_samples > 1
    if n_samples is not None and not is_policy and not is_length:
        raise DatasetError(
            f"n_samples={n_samples!r}: must be a number of samples, an integer of at least 2, or "
            "'longest' or 'shortest'"
        )


def chosen_length(path: Path, lengths: Sequence[int], n_samples: NSamples) -> int:
    """Return the length that all signals get.

    Args:
        path: of the data, for messages.
        lengths: that the signals have.
        n_samples: the length; or "longest" or "shortest" of theirs; or None, if all must have
            the same.

    Raises:
        DatasetError: if n_samples is None and the lengths differ.
    """
    if n_samples is None and len(set(lengths)) > 1:
        raise DatasetError(
            f"{path}: n_samples=None, but the signals have several lengths, from {min(lengths):,} "
            f"to {max(lengths):,} samples: give one for all, such as n_samples={max(lengths)}, or "
            "'longest' (zeros are added at the end) or 'shortest' (the end is cut off)"
        )
    if isinstance(n_samples, str):
        return max(lengths) if n_samples == "longest" else min(lengths)
    return n_samples or lengths[0]


def check_memory(path: Path, n_values: int, max_bytes: int) -> None:
    """Raise a DatasetError if so many values of all signals take more memory than allowed."""
    needed = n_values * np.dtype(np.float32).itemsize
    if needed > max_bytes:
        raise DatasetError(
            f"{path}: the signals would take {needed:,} bytes, more than max_bytes={max_bytes:,}: "
            "ask for a smaller n_samples or rate"
        )


def form_arrays(
    path: Path,
    arrays: Sequence[np.ndarray],
    rates: tuple[float | None, float | None],
    n_samples: NSamples,
    max_bytes: int,
) -> tuple[list[np.ndarray], list[str]]:
    """Return arrays of signals at a rate and with a length, and words for what was done to them.

    Args:
        path: of the file that they lie in, for messages.
        arrays: (n, samples, channels) each, float32, the samples as many in all.
        rates: the samples per second that they have and those that they get; if one is None,
            they stay as they are.
        n_samples: the length that they get, see `chosen_length`.
        max_bytes: the most that they may take then, in bytes.

    Raises:
        DatasetError: if the rates have too large a ratio, or memory does not suffice.
    """
    own_rate, rate = rates
    if own_rate is None or rate is None:
        own_rate = rate = 1.0
    try:
        length = resampled_length(arrays[0].shape[1], own_rate, rate)
    except UnreachableRate as error:
        raise DatasetError(f"{path}: {error}") from None
    wanted = chosen_length(path, [length], n_samples)
    n_signals, n_channels = sum(map(len, arrays)), arrays[0].shape[2]
    check_memory(path, n_signals * wanted * n_channels, max_bytes)
    changes = [f"resampled from {hertz(own_rate)} to {hertz(rate)}"] if rate != own_rate else []
    if length > wanted:
        changes.append(f"cut at the end from {length:,} to {wanted:,} samples")
    if length < wanted:
        changes.append(f"padded with zeros at the end from {length:,} to {wanted:,} samples")
    if not changes:
        return list(arrays), []
    return [_fitted(array, own_rate, rate, wanted) for array in arrays], changes


def _fitted(signals: np.ndarray, own_rate: float, rate: float, n_samples: int) -> np.ndarray:
    found = np.empty((len(signals), n_samples, signals.shape[2]), np.float32)
    for row, signal in enumerate(signals):
        found[row] = fitted(signal, own_rate, rate, n_samples)
    return found
