"""The layers that can be stacked: a short list of Keras's own, and how all lanes compute them.

A value on its way through the network is one tensor of all lanes, (lane, batch, ...). A layer is
on the list by its exact type, and an activation by being the function itself: a subclass or a
user's function may compute anything, and would meet a lane axis that it knows nothing of. What a
rule must hold: a lane's result depends on that lane alone, and is what Keras gives.
"""

import math
from collections.abc import Callable, Sequence

import keras
import tensorflow as tf
from keras import activations, layers

from kerascnn.fusion.chain import NotFusable

Rule = Callable[[keras.layers.Layer, tf.Tensor, Sequence[tf.Tensor]], tf.Tensor]

# A larger patch costs more to fetch than its convolution costs to compute.
PATCH_VALUES_AT_MOST = 16

ELEMENTWISE = (
    activations.elu,
    activations.exponential,
    activations.gelu,
    activations.hard_sigmoid,
    activations.leaky_relu,
    activations.linear,
    activations.relu,
    activations.relu6,
    activations.selu,
    activations.sigmoid,
    activations.silu,
    activations.softplus,
    activations.softsign,
    activations.tanh,
)


def dense(layer: layers.Dense, value: tf.Tensor, weights: Sequence[tf.Tensor]) -> tf.Tensor:
    """Multiply all lanes' samples by all lanes' kernels as one batch of matrix products.

    Args:
        layer: the layer.
        value: (lane, batch, ..., inputs).
        weights: the kernels (lane, inputs, units), and the biases (lane, units) if there are any.

    Returns:
        (lane, batch, ..., units).
    """
    kernel, *biases = weights
    rows = tf.reshape(value, (tf.shape(value)[0], -1, value.shape[-1]))
    result = tf.matmul(rows, kernel)
    for bias in biases:
        result += tf.expand_dims(bias, 1)
    if value.shape.rank > 3:
        result = tf.reshape(result, (tf.shape(value)[0], -1, *value.shape[2:-1], layer.units))
    return layer.activation(result)


def per_sample(
    layer: keras.layers.Layer, value: tf.Tensor, weights: Sequence[tf.Tensor]
) -> tf.Tensor:
    """Call a layer without weights on the samples of all lanes together."""
    result = layer.call(tf.reshape(value, (-1, *value.shape[2:])))
    return tf.reshape(result, (tf.shape(value)[0], -1, *result.shape[1:]))


def elementwise(
    layer: keras.layers.Layer, value: tf.Tensor, weights: Sequence[tf.Tensor]
) -> tf.Tensor:
    """Call a layer without weights that takes values of any shape."""
    return layer.call(value)


RULES: dict[type, Rule] = {
    layers.Dense: dense,
    layers.Activation: elementwise,
    layers.ReLU: elementwise,
    layers.Rescaling: elementwise,
    layers.AveragePooling1D: per_sample,
    layers.AveragePooling2D: per_sample,
    layers.Flatten: per_sample,
    layers.GlobalAveragePooling1D: per_sample,
    layers.GlobalAveragePooling2D: per_sample,
    layers.GlobalMaxPooling1D: per_sample,
    layers.GlobalMaxPooling2D: per_sample,
    layers.MaxPooling1D: per_sample,
    layers.MaxPooling2D: per_sample,
    layers.Reshape: per_sample,
    layers.ZeroPadding1D: per_sample,
    layers.ZeroPadding2D: per_sample,
}

# The first layer with weights may be one of these, see `kerascnn.fusion.entry`.
CONVOLUTIONS = (layers.Conv1D, layers.Conv2D)


def check_layers(chain: Sequence[keras.layers.Layer]) -> None:
    """Check that all layers of a model can be stacked.

    Raises:
        NotFusable: naming the first layer that cannot be, and why.
    """
    first = first_weighted(chain)
    for layer in chain:
        if type(layer) in CONVOLUTIONS and layer is first:
            _check_convolution(layer)
        elif type(layer) not in RULES:
            kind = type(layer).__name__
            raise NotFusable(f"layer {layer.name!r} ({kind}) has no rule for stacking")
        _check_settings(layer)
        _check_activation(layer, is_last=layer is chain[-1])


def first_weighted(chain: Sequence[keras.layers.Layer]) -> keras.layers.Layer:
    """Return the first layer that has weights.

    Raises:
        NotFusable: if there is none.
    """
    for layer in chain:
        if layer.weights:
            return layer
    raise NotFusable("the model has no weights")


def _check_convolution(layer: keras.layers.Layer) -> None:
    kernel_values = math.prod(layer.kernel.shape[:-1])
    if layer.groups > 1 or layer.padding == "causal":
        raise NotFusable(
            f"layer {layer.name!r} has groups={layer.groups}, padding={layer.padding!r}"
        )
    if kernel_values > PATCH_VALUES_AT_MOST:
        raise NotFusable(
            f"layer {layer.name!r} has patches of {kernel_values} values, "
            f"more than {PATCH_VALUES_AT_MOST}"
        )


def _check_settings(layer: keras.layers.Layer) -> None:
    """Check what every layer has, and every kind that has it."""
    if layer.dtype_policy.name != "float32":
        raise NotFusable(f"layer {layer.name!r} computes in {layer.dtype_policy.name}")
    if getattr(layer, "lora_enabled", False):
        raise NotFusable(f"layer {layer.name!r} has LoRA weights")
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        raise NotFusable(f"layer {layer.name!r} has data_format='channels_first'")
    if layer.activity_regularizer is not None:
        raise NotFusable(f"layer {layer.name!r} has an activity_regularizer")
    if "call" in vars(layer):
        raise NotFusable(f"layer {layer.name!r} has a call of its own")
    for name in ("scale", "offset"):
        if not isinstance(getattr(layer, name, 0), int | float):
            raise NotFusable(f"layer {layer.name!r} has a {name} that is not a number")


def _check_activation(layer: keras.layers.Layer, *, is_last: bool) -> None:
    function = getattr(layer, "activation", activations.linear)
    # Along the last axis, as the output's, a softmax knows nothing of samples and lanes.
    allowed = (*ELEMENTWISE, activations.softmax) if is_last else ELEMENTWISE
    if not any(function is each for each in allowed):
        name = getattr(function, "__name__", type(function).__name__)
        raise NotFusable(f"layer {layer.name!r} has activation {name!r}, which has no rule here")
