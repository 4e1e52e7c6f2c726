"""Pictures on a page: images as PNG data addresses, and the confusion matrix."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib import colormaps
from PIL import Image

from kerascnn.report.figures import signals
from kerascnn.report.figures.sounds import can_be_played, wav_address
from kerascnn.results.predictions import Predictions
from kerascnn.utils.spectrograms import upright

MOST_MISTAKES_SHOWN = 48
ROWS_OF_A_MAP = 6
# Dimensions of an array of signals.
SIGNALS = 3


@dataclass(frozen=True)
class Mistake:
    """One wrong prediction: where it stands in the test split, its picture and what it says.

    `sound` is its WAV address, "" where there is nothing to hear; `group` its group, such as the
    speaker, "" where it is not known.
    """

    index: int
    picture: str
    true_name: str
    predicted_name: str
    confidence: float
    sound: str = ""
    group: str = ""


@dataclass(frozen=True)
class Confusion:
    """One pair of classes that is mistaken, and how often."""

    true_name: str
    predicted_name: str
    count: int


def to_pixels(images: np.ndarray) -> np.ndarray:
    """Turn images into pixels that can be shown.

    Args:
        images: (n, height, width, channels), uint8 or float. Floats from 0 to 1 keep their
            brightness; any other range is stretched to that of all images together. Or signals,
            (n, samples, channels).

    Returns:
        uint8, (n, height, width, 1), or (n, height, width, 3) where there are 3 or 4 channels;
        any other number of channels is averaged.
    """
    if images.ndim == SIGNALS:
        return signals.waveforms(images)
    if images.dtype != np.uint8:
        images = np.nan_to_num(images.astype(np.float64), posinf=0.0, neginf=0.0)
        low, high = min(0.0, images.min(initial=0.0)), max(1.0, images.max(initial=1.0))
        images = np.round((images - low) / (high - low) * 255).astype(np.uint8)
    if images.shape[-1] in (3, 4):
        return images[..., :3]
    return images.mean(axis=-1, keepdims=True).round().astype(np.uint8)


def png_address(pixels: np.ndarray) -> str:
    """Write one picture, uint8 (height, width, 1 or 3), as a PNG data address."""
    buffer = BytesIO()
    picture = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    Image.fromarray(np.ascontiguousarray(picture)).save(buffer, format="PNG", optimize=True)
    return "data:image/png;base64," + b64encode(buffer.getvalue()).decode("ascii")


def picture(image: np.ndarray) -> str:
    """Write one image, (height, width, channels), uint8 or float, as a PNG data address."""
    return png_address(to_pixels(image[None])[0])


def filter_pictures(filters: np.ndarray) -> list[str]:
    """Write convolution kernels as pictures: in colour for 3 channels, else the channels' mean.

    Zero is mid-grey and all share one scale, so that filters can be compared.

    Args:
        filters: (height, width, channels, n), float, or (samples, channels, n).
    """
    if filters.ndim == SIGNALS:
        filters = signals.as_picture(filters)
    reach = np.abs(filters).max(initial=0.0) or 1.0
    kernels = np.moveaxis(filters, -1, 0)
    return [png_address(pixels) for pixels in to_pixels(0.5 + kernels / (2 * reach))]


def map_pictures(maps: np.ndarray) -> list[str]:
    """Write one layer's feature maps, (height, width, n), as viridis pictures on one scale.

    Those of signals, (samples, n), become one picture of a row per map.
    """
    if maps.ndim == SIGNALS - 1:
        maps = maps.T.repeat(ROWS_OF_A_MAP, axis=0)[:, :, None]
    reach = maps.max(initial=0.0) - min(0.0, maps.min(initial=0.0)) or 1.0
    shares = (maps - min(0.0, maps.min(initial=0.0))) / reach
    return [png_address(in_viridis(shares[..., i])) for i in range(maps.shape[-1])]


def in_viridis(shares: np.ndarray) -> np.ndarray:
    """Colour numbers from 0 to 1, (height, width), as uint8 pixels (height, width, 3)."""
    return colormaps["viridis"](shares, bytes=True)[..., :3]


def overlay(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Lay heat over an image: the hotter a place, the more of the colour covers it.

    Args:
        image: (height, width, channels), uint8 or float; or a signal, (samples, channels).
        heat: float ≥ 0, (height, width); of another size, it is stretched smoothly. For a signal
            (samples,).

    Returns:
        uint8, (height, width, 3).
    """
    if image.ndim == SIGNALS - 1:
        return signals.heated(image, heat)
    pixels = np.broadcast_to(to_pixels(image[None])[0], (*image.shape[:2], 3))
    heat = np.clip(np.nan_to_num(heat), 0, None) / (np.nanmax(heat, initial=0.0) or 1.0)
    size = (image.shape[1], image.shape[0])
    stretched = Image.fromarray(heat.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
    shares = np.clip(np.asarray(stretched), 0, 1)[..., None]
    colours = colormaps["inferno"](shares[..., 0], bytes=True)[..., :3]
    return np.round((1 - 0.7 * shares) * pixels + 0.7 * shares * colours).astype(np.uint8)


def mistakes(predictions: Predictions, most: int = MOST_MISTAKES_SHOWN) -> list[Mistake]:
    """Return the `most` most confident mistakes with their pictures."""
    worst = predictions.worst_mistakes()[:most]
    names, groups = predictions.class_names, predictions.groups
    return [
        Mistake(
            int(index),
            png_address(picture),
            names[predictions.y_true[index]],
            names[predictions.y_pred[index]],
            float(predictions.confidence[index]),
            _sound(predictions, index),
            "" if groups is None else str(groups[index]),
        )
        for index, picture in zip(worst, _drawn(predictions, worst), strict=True)
    ]


def _drawn(predictions: Predictions, rows: np.ndarray) -> Sequence[np.ndarray]:
    """Return the pixels of some samples: signals and spectrograms each on a scale of its own."""
    if predictions.images.ndim == SIGNALS:
        return [to_pixels(predictions.images[[row]])[0] for row in rows]
    if predictions.of_spectrograms:
        return [to_pixels(_stretched(upright(predictions.images[row]))[None])[0] for row in rows]
    # The whole split decides how bright a float is drawn, so that pictures can be compared.
    return to_pixels(predictions.images)[rows]


def _stretched(image: np.ndarray) -> np.ndarray:
    """Return an image from 0 to 1."""
    low, high = image.min(), image.max()
    return (image - low) / ((high - low) or 1.0)


def _sound(predictions: Predictions, index: int) -> str:
    rate = predictions.rate
    if rate is None or not can_be_played(rate):
        return ""
    return wav_address(predictions.images[index], rate)


def commonest_confusions(predictions: Predictions, most: int = 5) -> list[Confusion]:
    """Return the pairs of classes mistaken most often; none if no pair was mistaken twice."""
    counts = predictions.confusion_matrix()
    np.fill_diagonal(counts, 0)
    if counts.max(initial=0) < 2:
        return []
    order = np.argsort(-counts, axis=None, kind="stable")[:most]
    pairs = zip(*np.unravel_index(order, counts.shape), strict=True)
    names = predictions.class_names
    return [
        Confusion(names[true], names[predicted], int(counts[true, predicted]))
        for true, predicted in pairs
        if counts[true, predicted]
    ]


def confusion_description(predictions: Predictions) -> dict[str, Any]:
    """Describe the confusion matrix, true classes down, for the page's script."""
    return {
        "kind": "confusion",
        "names": [str(name) for name in predictions.class_names],
        "counts": predictions.confusion_matrix().tolist(),
    }
