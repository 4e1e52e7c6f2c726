"""Filters and feature maps of a network's convolutions."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from keras.layers import Layer

from kerascnn.models.augmented import without_augmentation
from kerascnn.models.mel import MelImage
from kerascnn.training.batches import network_input


def convolutions(model: keras.Model) -> list[Layer]:
    """Return a network's convolutions in order, depthwise ones included.

    They are those of images, and in a network that has none, those of signals. Those whose output
    has a single position, as in squeeze-and-excitation, are left out: they tell nothing about
    places. Layers inside a nested model are not looked into.
    """
    model = without_augmentation(model)
    if not getattr(model, "inputs", None):
        return []
    for kinds in ((layers.Conv2D, layers.DepthwiseConv2D), (layers.Conv1D, layers.DepthwiseConv1D)):
        found = [each for each in model.layers if isinstance(each, kinds) and _positions(each) > 1]
        if found:
            return found
    return []


def _positions(layer: Layer) -> int:
    return math.prod(layer.output.shape[1:-1])


def seen(model: keras.Model, samples: np.ndarray) -> np.ndarray:
    """Return what a network's first convolution sees of samples: spectrograms, or themselves.

    Args:
        model: a network.
        samples: (n, height, width, channels) or (n, samples, channels).

    Raises:
        ValueError: if the network has no convolutions.
    """
    first, model = require_convolutions(model)[0], without_augmentation(model)
    if len(first.input.shape) == samples.ndim:
        return samples
    front = keras.Model(model.inputs, first.input)
    return np.asarray(front(network_input(tf.constant(samples)), training=False))


def spectrogram_settings(model: keras.Model) -> dict[str, int] | None:
    """Return the arguments of the `MelImage` that a network turns signals into, None without."""
    for layer in without_augmentation(model).layers:
        if isinstance(layer, MelImage):
            names = ("rate", "n_fft", "hop", "n_mels")
            return {name: getattr(layer, name) for name in names}
    return None


def first_filters(model: keras.Model) -> np.ndarray:
    """Return the kernels of a network's first convolution.

    Returns:
        float32, (height, width, channels, n), or (samples, channels, n).

    Raises:
        ValueError: if the network has no convolutions.
    """
    return np.asarray(keras.ops.convert_to_numpy(require_convolutions(model)[0].kernel))


def feature_maps(model: keras.Model, image: np.ndarray) -> tuple[tuple[str, np.ndarray], ...]:
    """Return what each convolution makes of one image, its own activation included.

    Args:
        model: a network.
        image: (height, width, channels), uint8 (divided by 255 first) or float32; or a signal,
            (samples, channels).

    Returns:
        For each convolution its name and its maps, float32, (height, width, n) or (samples, n).

    Raises:
        ValueError: if the network has no convolutions.
    """
    found, model = require_convolutions(model), without_augmentation(model)
    watched = keras.Model(model.inputs, [layer.output for layer in found])
    outputs = watched(network_input(tf.constant(image[np.newaxis])), training=False)
    maps = outputs if isinstance(outputs, list | tuple) else [outputs]
    return tuple((layer.name, each.numpy()[0]) for layer, each in zip(found, maps, strict=True))


def require_convolutions(model: keras.Model) -> list[Layer]:
    """Return a network's convolutions; raise ValueError if it has none."""
    found = convolutions(model)
    if not found:
        raise ValueError(
            f"model {model.name!r} has no convolution layers with more than one position"
        )
    return found


def last_maps(model: keras.Model) -> Layer:
    """Return the last layer whose maps are as large as those of the last convolution.

    Normalisation, activation and the sum of a residual block may follow the convolution.
    """
    size = require_convolutions(model)[-1].output.shape[1:-1]
    layers_behind = without_augmentation(model).layers
    return [each for each in layers_behind if each.output.shape[1:-1] == size][-1]
