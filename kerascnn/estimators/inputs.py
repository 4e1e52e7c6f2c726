"""Conversion of images and signals in any common shape to the one that networks take."""

import math
import warnings
from enum import Enum
from typing import Any

import numpy as np
from scipy.sparse import issparse

Shape = tuple[int, ...]

# Of a signal; an image of a single channel is wider.
MOST_CHANNELS = 8
# The integers that sound files hold.
SOUND_BYTES = (1, 2, 4)


class SignalUse(Enum):
    """What use a network has for signals."""

    NONE_KNOWN = "may take them, or not"
    MADE_FOR = "was made for them, and takes images as well"
    ONLY = "takes nothing else"


def flatten(X: Any, image_shape: Shape | None) -> tuple[Any, Shape | None]:
    """Flatten images to rows; leave tables, and what scikit-learn refuses, as they are.

    Args:
        X: anything like an array.
        image_shape: the shape of one sample if known, which then may have any length.

    Returns:
        The samples, (n, features) if X has more than two dimensions, and the shape that each
        had there, else None.

    Raises:
        ValueError: if X has more dimensions than images have.
    """
    if issparse(X) or hasattr(X, "iloc"):
        return X, None
    array = np.asarray(X)
    longest = 4 if image_shape is None else len(image_shape) + 1
    if array.ndim > max(longest, 2):
        raise ValueError(
            f"X has {array.ndim} dimensions, shape {array.shape}: expected images as "
            "(n, height, width, channels) or (n, height, width), signals as (n, samples, "
            "channels), or rows as (n, features)"
        )
    if array.ndim <= 2:
        return array, None
    shape = array.shape[1:]
    return array.reshape(len(array), math.prod(shape)), shape


def settle_shape(
    sample_shape: Shape | None,
    n_features: int,
    image_shape: Shape | None,
    *,
    signals: SignalUse = SignalUse.NONE_KNOWN,
) -> Shape:
    """Return the shape that each sample gets.

    `image_shape` if given; else images keep theirs, grey ones gaining a channel, and so do signals,
    (samples, 1) or, for a network of nothing else, (samples, channels), or for one made for signals
    up to 8 channels; else rows become signals for such a network, or square grey images, filled up
    with zeros at the end if their length is no square.

    Args:
        sample_shape: the shape of one sample in X, None if X is flat.
        n_features: numbers per sample.
        image_shape: the estimator's parameter.
        signals: what use the network has for them.

    Raises:
        ValueError: if `image_shape` contradicts the data.
    """
    if image_shape is not None:
        check_shape(sample_shape, n_features, tuple(image_shape), "image_shape is")
        return tuple(image_shape)
    if sample_shape is not None:
        keeps = len(sample_shape) == 3 or _is_signal(sample_shape, signals)
        return sample_shape if keeps else (*sample_shape, 1)
    if signals is not SignalUse.NONE_KNOWN:
        return (n_features, 1)
    side = math.isqrt(n_features - 1) + 1
    if side * side != n_features:
        warnings.warn(
            f"X has {n_features} features, which is not a square number: they are padded with "
            f"zeros to grey images of {side}×{side}; give image_shape=(height, width, channels) "
            "to read them otherwise",
            stacklevel=5,
        )
    return (side, side, 1)


def _is_signal(sample_shape: Shape, signals: SignalUse) -> bool:
    """Return whether a sample of two dimensions is a signal, and no grey image."""
    most = {SignalUse.NONE_KNOWN: 1, SignalUse.MADE_FOR: MOST_CHANNELS}
    return signals is SignalUse.ONLY or sample_shape[1] <= most[signals]


def check_shape(
    sample_shape: Shape | None, n_features: int, image_shape: Shape, expectation: str
) -> None:
    """Raise a ValueError unless samples, flat or not, can take the shape `image_shape`."""
    if sample_shape is None:
        fits = n_features == math.prod(image_shape)
        found = f"X has {n_features} features"
    else:
        fits = sample_shape == image_shape or (*sample_shape, 1) == image_shape
        found = f"X has samples of shape {sample_shape}"
    if not fits:
        raise ValueError(f"{found}, but {expectation} {image_shape}")


def to_images(rows: np.ndarray, image_shape: Shape) -> np.ndarray:
    """Return rows of pixels as images.

    Args:
        rows: (n, features), numbers. uint8 stays, all else becomes float32.
        image_shape: the shape of one image; what is missing at its end is zero.

    Returns:
        uint8 or float32, (n, *image_shape).

    Raises:
        ValueError: if a pixel is NaN or infinite, naming the first such sample, or if signals are
            integers as sound files hold them.
    """
    if len(image_shape) == 2:
        _check_scale(rows)
    if rows.dtype != np.uint8:
        with np.errstate(over="ignore"):
            rows = rows.astype(np.float32, copy=False)
        _check_finite(rows)
    missing = math.prod(image_shape) - rows.shape[1]
    if missing:
        rows = np.pad(rows, ((0, 0), (0, missing)))
    return rows.reshape(len(rows), *image_shape)


def pixel_range(images: np.ndarray) -> tuple[float, float]:
    """Return the smallest and largest value of images as a network gets them.

    Args:
        images: uint8, which a network gets from 0 to 1, or float32, (n, height, width, channels).
    """
    if images.dtype == np.uint8:
        return 0.0, 1.0
    return float(images.min()), float(images.max())


def _check_scale(signals: np.ndarray) -> None:
    """Raise ValueError if signals are samples of a sound file that nobody has scaled.

    A network fitted on floats would be as sure of them as it would be wrong.
    """
    kind, size = signals.dtype.kind, signals.dtype.itemsize
    if kind in "iu" and size in SOUND_BYTES:
        least = f"(X - 128.0) / {2**7}" if kind == "u" else f"X / {2 ** (8 * size - 1)}"
        raise ValueError(
            f"X has signals of dtype {signals.dtype}, and signals are not scaled: give floats from "
            f"-1 to 1, {least} for the samples of a sound file, or X.astype('float32')"
        )


def _check_finite(rows: np.ndarray) -> None:
    # One NaN or infinity makes the sum so: this spares an array of booleans as large as X.
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(rows.sum(dtype=np.float64)):
            return
    bad = ~np.isfinite(rows).all(axis=1)
    if not bad.any():
        return
    first = int(np.flatnonzero(bad)[0])
    what = "NaN" if np.isnan(rows[first]).any() else "infinity (inf, or above float32's range)"
    raise ValueError(
        f"X[{first}] contains {what}; {bad.sum()} of {len(rows)} samples do: repair or drop them"
    )


def validation_parts(data: Any, held_out: str | None) -> tuple[Any, Any, Any]:
    """Return X, y and sample weights, or None, of validation data.

    Args:
        data: (X, y) or (X, y, sample_weight).
        held_out: the parameter that has training samples validate as well, None for none.

    Raises:
        ValueError: if the data is something else, or there is such a parameter.
    """
    if held_out:
        raise ValueError(f"give validation_data or {held_out}, not both")
    if not isinstance(data, list | tuple) or len(data) not in (2, 3):
        raise ValueError("validation_data must be (X, y) or (X, y, sample_weight)")
    return data[0], data[1], data[2] if len(data) == 3 else None
