"""Windows: the parts of a padded input that a kernel meets, one after another."""

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from kerascnn.convolution.arguments import PerAxis, is_whole, one_per_axis

# A word, a number of zeros for all sides, or per axis a number or (before, after).
Padding = str | int | Sequence[int | Sequence[int]]

WORDS = ("valid", "same", "full")


def windows(
    array: np.ndarray, size: tuple[int, ...], padding: Padding = "valid", stride: PerAxis = 1
) -> np.ndarray:
    """Return a view of the windows of a padded array.

    Args:
        array: the input; windows slide over its first `len(size)` axes and take the others whole.
        size: a window's size along each of those axes.
        padding: zeros put around the array, see `zeros_around`.
        stride: pixels from one window to the next, at least 1; one number or one per axis.

    Returns:
        The windows, read-only, of shape (*positions, *other axes, *size) and the array's dtype. It
        copies the array once, to pad it, and no pixel of any window.

    Raises:
        ValueError: if the padding or the stride is impossible, or no window fits.
    """
    n_axes = len(size)
    steps = one_per_axis("stride", stride, n_axes)
    zeros = zeros_around(padding, size)
    padded = np.pad(array, [*zeros, *[(0, 0)] * (array.ndim - n_axes)])
    if any(side > pixels for side, pixels in zip(size, padded.shape, strict=False)):
        raise ValueError(
            f"the kernel's size {size} is larger than the padded input's {padded.shape[:n_axes]}: "
            'use a smaller kernel or more padding (padding="full" always fits)'
        )
    every = sliding_window_view(padded, size, axis=tuple(range(n_axes)))
    return every[tuple(slice(None, None, step) for step in steps)]


def zeros_around(padding: Padding, size: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return how many zeros lie before and after an input, a pair per axis.

    Args:
        padding: "valid" for none; "same" for (f − 1) / 2 on each side, where f is the kernel's odd
            size; "full" for f − 1; a whole number for every side; or an entry per axis, a number or
            a pair (before, after).
        size: the kernel's size along each axis.

    Raises:
        ValueError: if the padding is none of these, or "same" and a size is even.
    """
    if isinstance(padding, str):
        return [(zeros, zeros) for zeros in _zeros_by_word(padding, size)]
    entries = padding if isinstance(padding, tuple | list) else (padding,) * len(size)
    pairs = [entry if isinstance(entry, tuple | list) else (entry, entry) for entry in entries]
    if len(pairs) != len(size) or not all(_is_pair_of_counts(pair) for pair in pairs):
        raise ValueError(
            f"padding={padding!r}: must be {', '.join(map(repr, WORDS))}, a whole number of zeros "
            f"for every side, at least 0, or {len(size)} in a tuple, one per axis, each a number "
            "or a pair (before, after)"
        )
    return [(int(before), int(after)) for before, after in pairs]


def _is_pair_of_counts(pair: Sequence[object]) -> bool:
    return len(pair) == 2 and all(is_whole(zeros, 0) for zeros in pair)


def _zeros_by_word(word: str, size: tuple[int, ...]) -> list[int]:
    if word == "valid":
        return [0 for _ in size]
    if word == "full":
        return [side - 1 for side in size]
    if word != "same":
        close = get_close_matches(word.lower(), WORDS, n=1)
        hint = f"did you mean {close[0]!r}? It " if close else "it "
        raise ValueError(
            f"padding={word!r}: {hint}must be {', '.join(map(repr, WORDS))}, or numbers of zeros"
        )
    if any(side % 2 == 0 for side in size):
        uneven = tuple(((side - 1) // 2, side // 2) for side in size)
        raise ValueError(
            f'padding="same" needs a kernel of odd sizes, not {size}, to pad both sides alike: '
            f"say what lies (before, after) each axis, as in padding={uneven}"
        )
    return [(side - 1) // 2 for side in size]
