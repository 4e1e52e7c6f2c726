"""Calling a builder, and checking what it returns."""

from collections.abc import Mapping
from typing import Any

import keras

from kerascnn.estimators.builders import find_builder, model_name, own_arguments
from kerascnn.estimators.routes import plain_number

# What Keras's layers say when an image shrinks to nothing on its way.
SHRUNK = ("zero or negative", "should be smaller than the corresponding spatial dimension")


def build_network(
    model: Any,
    image_shape: tuple[int, ...],
    outputs: int | tuple[int, ...],
    *,
    l2: float,
    arguments: Mapping[str, Any],
) -> keras.Model:
    """Return the uncompiled network, with initial weights, that a builder makes.

    Args:
        model: a registered name or a builder.
        image_shape: one image's shape, (height, width, channels).
        outputs: the builder's second argument, see `kerascnn.models`.
        l2: passed on if the builder has an argument l2, or, unless it is 0, takes any.
        arguments: the builder's own arguments; l2 among them wins.

    Raises:
        ValueError: if the image is too small, or the builder returns something else.
    """
    builder = find_builder(model)
    named, takes_any = own_arguments(builder)
    passed = {"l2": l2} if "l2" in named or (takes_any and l2 != 0) else {}
    passed = {name: plain_number(value) for name, value in {**passed, **arguments}.items()}
    try:
        network = builder(image_shape, outputs, **passed)
    except ValueError as error:
        if not any(phrase in str(error) for phrase in SHRUNK):
            raise
        size = "×".join(str(length) for length in image_shape[:-1])
        raise ValueError(f"image {size} is too small for model {model_name(model)!r}") from error
    _check_network(network, model_name(model))
    if not network.built:
        network.build((None, *image_shape))
    if not getattr(network, "inputs", None):
        raise ValueError(
            f"builder {model_name(model)!r} returned a model with a call of its own, whose outputs "
            "are not known before it runs: return keras.Sequential or keras.Model(inputs, outputs)"
        )
    return network


def _check_network(network: Any, name: str) -> None:
    if not isinstance(network, keras.Model):
        raise ValueError(f"builder {name!r} returned {network!r}, not a Keras model")
    if network.compiled:
        raise ValueError(
            f"builder {name!r} returned a compiled model: leave compiling to the estimator "
            "(optimizer=…, loss=…, metrics=…, compile__…)"
        )
