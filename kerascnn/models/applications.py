"""Builders taken from `keras.applications`, with L2 on their kernels and their stem exchanged.

`keras.applications` knows neither an L2 penalty nor small images. Both are brought in by cloning:
every layer is made anew from its configuration, which therefore always agrees with its weights.

Batch normalisations get the moving average of the original papers and of PyTorch: with Keras's
own momentum of 0.99, a training of a few hundred steps would be evaluated with statistics that
still hold much of their initial values.
"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
from keras.layers import Layer
from keras.regularizers import L2

from kerascnn.internals.keras import weights_only_declared

SMALLEST = 32  # pixels along each side, as keras.applications demands
BATCH_NORM_MOMENTUM = 0.9
KERNEL_REGULARIZERS = ("kernel_regularizer", "depthwise_regularizer")

Replacements = Mapping[str, Layer]


def adapt(
    application: Callable[..., keras.Model],
    input_shape: tuple[int, int, int],
    n_classes: int,
    *,
    l2: float,
    name: str,
    replace: Callable[[keras.Model], Replacements] = lambda template: {},
) -> keras.Model:
    """Return a network of `keras.applications` with random weights, as asked for.

    Args:
        application: such as `keras.applications.ResNet50`.
        input_shape: (height, width, channels), at least 32×32 pixels.
        n_classes: the number of outputs, which end in a softmax.
        l2: strength of the L2 penalty on every kernel: the loss gains l2 · Σ w².
        name: the model's name.
        replace: tells from the original, whose weights are never made, which layers are to be
            exchanged: the new layer by the old one's name.
    """
    with weights_only_declared():
        template = application(weights=None, input_shape=input_shape, classes=n_classes, name=name)
        replacements = replace(template)

    def renewed(layer: Layer) -> Layer:
        chosen = replacements.get(layer.name, layer)
        return type(chosen).from_config(_adapted(chosen, l2))

    return keras.models.clone_model(template, clone_function=renewed)


def _adapted(layer: Layer, l2: float) -> dict[str, Any]:
    """Return a layer's configuration with L2 on its kernel and our momentum, where it has any."""
    config = layer.get_config()
    penalty = keras.regularizers.serialize(L2(l2))
    if isinstance(layer, keras.layers.BatchNormalization):
        config["momentum"] = BATCH_NORM_MOMENTUM
    return config | {key: penalty for key in KERNEL_REGULARIZERS if key in config}
