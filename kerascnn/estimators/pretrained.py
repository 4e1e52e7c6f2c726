"""Networks that start from trained weights, with the layers frozen that are not to be trained."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import keras

from kerascnn.estimators import persistence
from kerascnn.estimators.transfer import ALL, HEAD, TOP, is_imagenet
from kerascnn.internals.keras import calls_within, layers_within
from kerascnn.models.imagenet import imagenet_backbone
from kerascnn.models.transferred import backbone_layers, head_of, headless, with_new_head
from kerascnn.utils.spelling import did_you_mean


def pretrained_network(
    parameters: Mapping[str, Any],
    image_shape: tuple[int, ...],
    pixels: tuple[float, float],
    n_outputs: int,
    activation: str,
    l2: float,
) -> keras.Model:
    """Return an uncompiled network with trained weights, a new head, and some layers frozen.

    Args:
        parameters: the estimator's, checked.
        image_shape: of one image, (height, width, channels).
        pixels: the smallest and the largest value in the training images, as the network gets
            them.
        n_outputs: how many numbers the head puts out.
        activation: the head's.
        l2: strength of the L2 penalty on the head's kernel.

    Raises:
        ValueError: if there is no such file, or its network does not suit the images.
        OSError: if weights cannot be downloaded.
    """
    pretrained = parameters["pretrained"]
    if is_imagenet(pretrained):
        _check_unit_range(pixels)
        backbone = imagenet_backbone(parameters["model"], image_shape)
    else:
        backbone = _backbone_from_file(Path(pretrained), image_shape)
        _check_scaling(backbone, pixels)
    network = with_new_head(backbone, n_outputs, l2, activation)
    freeze(network, parameters["trainable"])
    return network


def freeze(network: keras.Model, trainable: Any) -> None:
    """Let only a part of a network be trained: its head, and what `trainable` chooses.

    A frozen batch normalization computes with its moving statistics, and keeps them.

    Args:
        network: with a head, see `kerascnn.models.transferred`.
        trainable: "head" for nothing else; "top" for the later half of the layers with kernels,
            and all that follows the first of them; "all"; a layer's name, a pattern of names, or a
            list of these.

    Raises:
        ValueError: if a name or pattern is that of no layer with weights.
    """
    below = backbone_layers(network)
    chosen = _chosen(below, trainable)
    # A model within that the file had frozen as a whole would train none of its layers.
    network.trainable = True
    for layer in below:
        layer.trainable = layer in chosen


def head_pattern(network: keras.Model) -> str:
    """Return a regular expression for the paths of the variables of a network's head."""
    return rf"(.*/)?{head_of(network).name}/.*"


def _check_unit_range(pixels: tuple[float, float]) -> None:
    if pixels[0] < 0 or not 1 / 50 <= pixels[1] <= 1:
        raise ValueError(
            f"pretrained='imagenet' takes uint8 images, or values from 0 to 1, but X has values "
            f"from {pixels[0]:g} to {pixels[1]:g}: divide them by the largest that is possible"
        )


def _backbone_from_file(path: Path, image_shape: tuple[int, ...]) -> keras.Model:
    if not _is_file(path):
        raise ValueError(f"pretrained={str(path)!r} is no file: give the path of one that exists")
    try:
        backbone = headless(persistence.load_network(path))
    except ValueError as error:
        raise ValueError(f"pretrained={str(path)!r}: {error}") from error
    expected = tuple(backbone.inputs[0].shape[1:])
    fits = len(expected) == len(image_shape) and all(
        size in (None, given) for size, given in zip(expected, image_shape, strict=True)
    )
    if not fits:
        raise ValueError(
            f"pretrained={str(path)!r} takes images of shape {expected}, but X has images of shape "
            f"{image_shape}: bring them to that size"
        )
    return backbone


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long, for example
        return False


def _check_scaling(backbone: keras.Model, pixels: tuple[float, float]) -> None:
    """Raise ValueError if a network wants other pixels than it would get.

    Pixels that its own rescaling leaves less than a fiftieth of the range from 0 to 1 were divided
    by 255 before.
    """
    source = backbone.inputs[0]
    if not keras.backend.is_float_dtype(source.dtype):
        raise ValueError(
            f"the pretrained network takes inputs of dtype {source.dtype}, but is given float32: "
            "save it with a float32 input"
        )
    [first, *_] = [call.operation for call in calls_within(backbone) if not call.is_input]
    scale = getattr(first, "scale", None)
    if isinstance(first, keras.layers.Rescaling) and isinstance(scale, int | float):
        reach = max(map(abs, pixels)) * abs(scale)
        if reach < 1 / 50:
            raise ValueError(
                f"the pretrained network multiplies pixels by {scale:g} itself, and is given "
                f"values from {pixels[0]:g} to {pixels[1]:g} (uint8 is divided by 255): give X as "
                "float32, from 0 to 255"
            )


def _chosen(below: list[Any], trainable: Any) -> list[Any]:
    """Return the layers of a backbone that are trained."""
    if isinstance(trainable, str) and trainable in (HEAD, ALL):
        return below if trainable == ALL else []
    if isinstance(trainable, str) and trainable == TOP:
        with_kernels = [layer for layer in below if _has_kernel(layer)]
        return below[below.index(with_kernels[len(with_kernels) // 2]) :] if with_kernels else below
    patterns = [trainable] if isinstance(trainable, str) else trainable
    weighted = [layer for layer in below if layer.weights]
    for pattern in patterns:
        if not any(fnmatchcase(layer.name, pattern) for layer in weighted):
            names = [layer.name for layer in weighted]
            raise ValueError(
                f"trainable={pattern!r} names no layer with weights of the pretrained network: "
                f"{did_you_mean(pattern, [HEAD, TOP, ALL, *names])}"
            )
    return [
        layer for layer in below if any(fnmatchcase(layer.name, pattern) for pattern in patterns)
    ]


def _has_kernel(layer: Any) -> bool:
    return any(len(weight.shape) > 1 for inner in layers_within(layer) for weight in inner.weights)
