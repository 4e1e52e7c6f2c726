"""The parameter `augmentation`: names, layers or lists of them, and their strengths."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
from keras import layers

from kerascnn.estimators.augmentation_kinds import AUGMENTATIONS, IMAGES, Augmentation, Range
from kerascnn.estimators.routes import plain_number
from kerascnn.estimators.values import is_number
from kerascnn.internals.keras import (
    BaseImagePreprocessingLayer,
    layers_within,
    seed_generators_within,
)
from kerascnn.models.augmented import RandomResizedCrop
from kerascnn.models.augmented_signals import RandomMasks
from kerascnn.utils.spelling import did_you_mean

PREFIX = "augmentation__"
RANGE = "value_range"
UNIT_RANGE = (0.0, 1.0)
# Keras's that move pixels.
MOVING = (
    layers.AugMix,
    layers.RandAugment,
    layers.RandomCrop,
    layers.RandomElasticTransform,
    layers.RandomFlip,
    layers.RandomPerspective,
    layers.RandomRotation,
    layers.RandomShear,
    layers.RandomTranslation,
    layers.RandomZoom,
)
# Layers that would take a batch of signals for one image, and mix its samples.
OF_IMAGES = (BaseImagePreprocessingLayer, RandomMasks, RandomResizedCrop)


def augmentation_layers(
    parameters: Mapping[str, Any], image_shape: tuple[int, ...], pixels: Range
) -> list[layers.Layer]:
    """Return new layers for the parameter `augmentation` and its routes.

    Args:
        parameters: the estimator's, checked.
        image_shape: of one image, (height, width, channels).
        pixels: the smallest and the largest value in the training images, as the network gets
            them.

    Raises:
        ValueError: if an augmentation does not suit the images.
    """
    made: list[layers.Layer] = []
    for item in _items(parameters["augmentation"]):
        _check_takes(item, image_shape)
        if isinstance(item, layers.Layer):
            made.append(_copied(item))
            continue
        kind = AUGMENTATIONS[item]
        strength = plain_number(parameters.get(PREFIX + item, kind.strength))
        if kind.needs_colours and image_shape[-1] != 3:
            raise ValueError(
                f"augmentation={item!r} changes colours, but images have the shape {image_shape}: "
                "leave it out"
            )
        pixel_values = value_range(parameters, item, kind, pixels)
        if strength != 0:
            made += kind.make(strength, pixel_values)
    return made


def _check_takes(item: Any, image_shape: tuple[int, ...]) -> None:
    """Raise ValueError if an augmentation does not suit samples of this shape."""
    dimensions = len(image_shape)
    suited = [name for name, kind in AUGMENTATIONS.items() if dimensions in kind.suits]
    name, suits = item, item in suited
    if isinstance(item, layers.Layer):
        name = type(item).__name__
        inner = layers_within(item)
        suits = dimensions == IMAGES or not any(isinstance(each, OF_IMAGES) for each in inner)
    if not suits:
        raise ValueError(
            f"augmentation={name!r} does not suit samples of shape {image_shape}, which "
            f"{', '.join(map(repr, suited))} do"
        )


def check_pixels(parameters: Mapping[str, Any], pixels: Range) -> None:
    """Raise ValueError if images have values that the chosen augmentations do not expect."""
    for item in _items(parameters["augmentation"]):
        if isinstance(item, str):
            value_range(parameters, item, AUGMENTATIONS[item], pixels)


def check_stays(parameters: Mapping[str, Any]) -> None:
    """Raise ValueError if an augmentation moves pixels, where targets are images that stay."""
    for item in _items(parameters["augmentation"]):
        is_layer = isinstance(item, layers.Layer)
        if isinstance(item, MOVING) if is_layer else AUGMENTATIONS[item].moves:
            name = type(item).__name__ if is_layer else item
            still = [repr(name) for name, kind in AUGMENTATIONS.items() if not kind.moves]
            raise ValueError(
                f"augmentation={name!r} moves what is in a sample, and targets that are images or "
                f"signals stay as they are: leave it out ({', '.join(still)} stay in place)"
            )


def augmentation_problems(parameters: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong with `augmentation` or its routes."""
    names = []
    for item in _items(parameters["augmentation"]):
        if isinstance(item, str) and item in AUGMENTATIONS:
            names.append(item)
        else:
            yield from _item_problems(item)
    for route, value in parameters.items():
        name = route.removeprefix(PREFIX)
        if name == route:
            continue
        if name == RANGE:
            yield from _range_problems(route, value)
        elif name not in names:
            yield (
                f"{route}={value!r}, but augmentation={parameters['augmentation']!r} does not "
                f"name {name!r}: leave the route out, in a grid by giving a list of grids"
            )
        elif not AUGMENTATIONS[name].is_right(value):
            yield f"{route}={value!r} must be {AUGMENTATIONS[name].expectation}"


def _items(augmentation: Any) -> list[Any]:
    if augmentation is None:
        return []
    is_several = isinstance(augmentation, list | tuple | np.ndarray)
    return list(augmentation) if is_several else [augmentation]


def _item_problems(item: Any) -> Iterator[str]:
    """Yield what is wrong with something that is not the name of an augmentation."""
    if isinstance(item, type) and issubclass(item, layers.Layer):
        yield f"augmentation={item.__name__} is a class: give a layer, {item.__name__}(…)"
    elif isinstance(item, layers.CutMix | layers.MixUp):
        yield (
            f"augmentation={type(item).__name__}(…) mixes images, and labels with them, which stay "
            "as they are here: leave it out"
        )
    elif not isinstance(item, layers.Layer):
        yield (
            f"augmentation={item!r} is neither a Keras layer nor the name of an augmentation: "
            f"{did_you_mean(str(item).lower(), AUGMENTATIONS)}"
        )


def _copied(layer: layers.Layer) -> layers.Layer:
    """Return a layer like one of a user's, which stays as it is, weights included.

    What it draws without a seed of its own is settled by the fit's seed.
    """
    copied = copy.deepcopy(layer)
    for generator in seed_generators_within(copied):
        seed = generator.get_config()["seed"]
        generator.state.assign(keras.random.SeedGenerator(seed).state)
    return copied


def value_range(
    parameters: Mapping[str, Any], name: str, kind: Augmentation, pixels: Range
) -> Range:
    """Return the values of black and white; raise ValueError if they are not those of the images.

    Images that fill less than a fiftieth of the range are of another one, such as pixels of 0 to 1
    where 0 to 255 is stated.
    """
    given = parameters.get(PREFIX + RANGE, UNIT_RANGE)
    low, high = float(given[0]), float(given[1])
    is_within = low <= pixels[0] and pixels[1] <= high
    if kind.needs_range and not (is_within and pixels[1] - low >= (high - low) / 50):
        raise ValueError(
            f"augmentation={name!r} takes pixels from {low:g} to {high:g}, but the network is "
            f"given values from {pixels[0]:g} to {pixels[1]:g} (uint8 is divided by 255): set "
            f"{PREFIX}{RANGE}=(smallest, largest) of these"
        )
    return low, high


def _range_problems(route: str, value: Any) -> Iterator[str]:
    is_pair = isinstance(value, list | tuple) and len(value) == 2 and all(map(is_number, value))
    if not is_pair or not value[0] < value[1]:
        yield f"{route}={value!r} must be two numbers, (smallest, largest)"
