"""The kinds of augmentation that have names, with the strengths that they take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from keras import layers

from kerascnn.estimators.values import is_number
from kerascnn.models.augmented import QuickRandAugment, RandomResizedCrop
from kerascnn.models.augmented_signals import RandomGain, RandomMasks, RandomShift

FLIPS = ("horizontal", "vertical", "horizontal_and_vertical")
# Dimensions of one sample: (samples, channels), or (height, width, channels).
SIGNALS, IMAGES = 2, 3

Range = tuple[float, float]


@dataclass(frozen=True)
class Augmentation:
    """A kind of random transformation.

    Attributes:
        make: returns Keras's layers for a strength and the range of pixels.
        strength: the one that is taken if none is given.
        is_right: whether a value is a strength.
        expectation: what a strength must be, in words.
        needs_range: whether it depends on which values are black and white.
        needs_colours: whether images must have three channels.
        suits: the numbers of dimensions that samples may have.
        moves: whether pixels change places, so that a target that is an image no longer fits.
    """

    make: Callable[[Any, Range], Sequence[layers.Layer]]
    strength: Any
    is_right: Callable[[Any], bool]
    expectation: str
    needs_range: bool = False
    needs_colours: bool = False
    suits: tuple[int, ...] = (IMAGES,)
    moves: bool = False


def _share(
    make: Callable[[float, Range], Sequence[layers.Layer]],
    strength: float,
    largest: float = 1.0,
    **needs: Any,
) -> Augmentation:
    """Return an augmentation whose strength is a share."""
    return Augmentation(
        make,
        strength,
        lambda value: is_number(value) and 0 <= value <= largest,
        f"a number from 0 to {largest:g}",
        **needs,
    )


def _around_half(share: float) -> Range:
    """Return factors of Keras's saturation, of which a half leaves an image as it is."""
    return (0.5 - share / 2, 0.5 + share / 2)


AUGMENTATIONS: dict[str, Augmentation] = {
    "flip": Augmentation(
        lambda mode, _: [layers.RandomFlip(mode)],
        "horizontal",
        lambda value: isinstance(value, str) and value in FLIPS,
        f"one of {', '.join(map(repr, FLIPS))}",
        moves=True,
    ),
    "rotation": _share(lambda turn, _: [layers.RandomRotation(turn)], 0.05, 0.5, moves=True),
    "crop": _share(lambda share, _: [RandomResizedCrop(share)], 0.2, 0.9, moves=True),
    "zoom": _share(lambda share, _: [layers.RandomZoom(share)], 0.2, 0.9, moves=True),
    "translation": _share(
        lambda share, _: [layers.RandomTranslation(share, share)], 0.1, moves=True
    ),
    "brightness": _share(
        lambda share, pixels: [layers.RandomBrightness(share, pixels)], 0.2, needs_range=True
    ),
    "contrast": _share(
        lambda share, pixels: [layers.RandomContrast(share, pixels)], 0.2, needs_range=True
    ),
    "saturation": _share(
        lambda share, pixels: [layers.RandomSaturation(_around_half(share), pixels)],
        0.2,
        needs_range=True,
        needs_colours=True,
    ),
    "hue": _share(
        lambda share, pixels: [layers.RandomHue(share, pixels)],
        0.1,
        needs_range=True,
        needs_colours=True,
    ),
    "noise": Augmentation(
        lambda deviation, _: [layers.GaussianNoise(deviation)],
        0.05,
        lambda value: is_number(value) and 0 <= value <= 1,
        "a number from 0 to 1, a standard deviation",
        suits=(SIGNALS, IMAGES),
    ),
    "shift": _share(lambda share, _: [RandomShift(share)], 0.1, suits=(SIGNALS,), moves=True),
    "gain": _share(lambda decibels, _: [RandomGain(decibels)], 6.0, 60.0, suits=(SIGNALS,)),
    "masks": _share(lambda share, _: [RandomMasks(share)], 0.2),
    "blur": _share(
        lambda sigma, pixels: [layers.RandomGaussianBlur(1.0, 5, sigma, pixels)],
        1.0,
        needs_range=True,
    ),
    "randaugment": _share(
        lambda share, pixels: [QuickRandAugment(pixels, factor=share)],
        0.3,
        needs_range=True,
        needs_colours=True,
        moves=True,
    ),
}
