"""Targets that are numbers, signals or images, in the forms that they come in."""

import math
from typing import Any

import numpy as np

Shape = tuple[int, ...]


def as_numbers(y: Any, output_shape: Any = None) -> np.ndarray:
    """Return targets as an array.

    Args:
        y: (n,), (n, k), (n, samples, channels) or (n, height, width, channels), perhaps a table.
        output_shape: of what rows stand for, if they do.

    Raises:
        ValueError: if they are uint8 pixels: those of X are divided by 255, targets are not.
    """
    targets = np.asarray(y)
    are_images = targets.ndim > 2 or (output_shape is not None and len(output_shape) > 1)
    if targets.dtype == np.uint8 and are_images:
        raise ValueError(
            f"y has uint8 pixels, shape {targets.shape}, and targets are not scaled: give "
            "y.astype('float32') / 255"
        )
    return targets


def fitting_shape(output_shape: Any, target_shape: Shape) -> Shape:
    """Return the shape of one output of a network for targets of a shape.

    Args:
        output_shape: the estimator's parameter, None to go by the targets.
        target_shape: of one target, () for a number.

    Raises:
        ValueError: if the two have different numbers of values.
    """
    if output_shape is None:
        return target_shape or (1,)
    if math.prod(output_shape) != math.prod(target_shape):
        raise ValueError(
            f"output_shape={output_shape!r} has {math.prod(output_shape)} values, but y has "
            f"{math.prod(target_shape)} per sample, shape {target_shape}"
        )
    return tuple(int(size) for size in output_shape)


def restored(outputs: np.ndarray, target_shape: Shape) -> np.ndarray:
    """Return a network's outputs, (n, …), in the form of the targets, (n, *target_shape).

    Numbers become float64, as predictions of scikit-learn's regressors are; signals and images stay
    float32.
    """
    numbers = outputs.reshape(len(outputs), *target_shape)
    return numbers.astype(np.float64) if len(target_shape) < 2 else numbers
