"""The table of layer kinds that can be fused, and the few rules it is made of.

A rule computes one layer for all lanes: it gets the layer, its inputs and the pass (see
`kerascnn.fusion.forward`), and returns the result. Most layers need no rule of their own:

- `each_lane` calls the Keras layer once per lane with that lane's weights. It is right for any
  layer that draws no random numbers, so a new kind of layer is usually one line in `RULES`.
- `per_sample` calls a layer without weights once, on the samples of all lanes together.
- `elementwise` is the same for layers that work on any shape.

A kind that can be computed faster for all lanes at once gets a function of its own, such as
`dense`. A subclass of a layer is not taken for that layer, as it may compute something else.
What a rule must hold: a lane's result depends on that lane alone, and is what Keras gives. A rule
that goes through the lanes in Python is listed in `_UNROLLING`.
"""

import inspect
from collections.abc import Callable, Sequence

import keras
import tensorflow as tf
from keras import layers

from kerascnn.fusion.forward import Forward, Value, apart, together
from kerascnn.fusion.graph import NotFusable

Rule = Callable[[keras.layers.Layer, Sequence[Value], Forward], Value]

# Their results remember what they were computed from, and losses compute from that instead.
_REMEMBERING = (keras.activations.softmax, keras.activations.sigmoid)


def each_lane(layer: keras.layers.Layer, inputs: Sequence[Value], forward: Forward) -> Value:
    """Call the layer once per lane, with that lane's weights."""
    trainable = [tf.unstack(forward.weight(v)) for v in layer.trainable_variables]
    others = [tf.unstack(forward.weight(v)) for v in layer.non_trainable_variables]
    takes_training = "training" in inspect.signature(layer.call).parameters
    options = {"training": forward.training} if takes_training else {}
    results, updates = [], []
    for lane, arguments in enumerate(zip(*map(apart, inputs), strict=True)):
        result, update = layer.stateless_call(
            [v[lane] for v in trainable],
            [v[lane] for v in others],
            _structure(layer, arguments),
            **options,
        )
        results.append(result)
        updates.append(update)
    if forward.training:
        for number, variable in enumerate(layer.non_trainable_variables):
            forward.updates[id(variable)] = tf.stack([update[number] for update in updates])
    return results


def per_sample(layer: keras.layers.Layer, inputs: Sequence[Value], forward: Forward) -> Value:
    """Call a layer without weights on all lanes' samples."""
    if all(isinstance(value, list) for value in inputs):
        return [layer(_structure(layer, lane)) for lane in zip(*inputs, strict=True)]
    merged = [_merged(together(value)) for value in inputs]
    result = layer(_structure(layer, merged))
    return tf.reshape(result, (forward.lanes, -1, *result.shape[1:]))


def elementwise(layer: keras.layers.Layer, inputs: Sequence[Value], forward: Forward) -> Value:
    """Call a layer without weights that takes values of any shape."""
    (value,) = inputs
    function = getattr(layer, "activation", layer)
    if isinstance(value, list) and function not in _REMEMBERING:
        return [function(lane) for lane in value]
    return function(together(value))


def softmax(layer: layers.Softmax, inputs: Sequence[Value], forward: Forward) -> Value:
    """Compute a softmax over the last axis; over others sample by sample."""
    if layer.axis not in (-1, [-1], (-1,)):
        return per_sample(layer, inputs, forward)
    return keras.activations.softmax(together(inputs[0]))


def identity(layer: keras.layers.Layer, inputs: Sequence[Value], forward: Forward) -> Value:
    """Return the input."""
    return inputs[0]


def dense(layer: layers.Dense, inputs: Sequence[Value], forward: Forward) -> Value:
    """Multiply all lanes' samples by all lanes' kernels as one batch of matrix products."""
    value = together(inputs[0])
    rows = tf.reshape(value, (forward.lanes, -1, value.shape[-1]))
    result = tf.matmul(rows, forward.weight(layer.kernel))
    if layer.use_bias:
        result += tf.expand_dims(forward.weight(layer.bias), 1)
    if value.shape.rank > 3:
        result = tf.reshape(result, (forward.lanes, -1, *value.shape[2:-1], layer.units))
    return layer.activation(result)


def dropout(layer: layers.Dropout, inputs: Sequence[Value], forward: Forward) -> Value:
    """Drop values; each lane draws the numbers that its separate fit would draw."""
    if not forward.training:
        return inputs[0]
    state = forward.dropouts[id(layer)]
    results = []
    for lane, value in enumerate(apart(inputs[0])):
        draws = tf.random.stateless_uniform(_noise_shape(layer, value), state.seed[lane])
        kept = draws >= state.rate[lane]
        results.append(tf.where(kept, value * state.scale[lane], 0.0))
    return results


def _noise_shape(layer: keras.layers.Layer, value: tf.Tensor) -> tf.Tensor:
    """Return the shape of the draws: one per value, or one per sample and channel."""
    shape = tf.shape(value)
    if isinstance(layer, (layers.SpatialDropout1D, layers.SpatialDropout2D)):
        ones = tf.ones(value.shape.rank - 2, tf.int32)
        return tf.concat([shape[:1], ones, shape[-1:]], 0)
    return shape


def _structure(layer: keras.layers.Layer, values: Sequence[tf.Tensor]) -> object:
    """Return the values as the layer was called with them: one tensor, or a list."""
    return list(values) if isinstance(layer.input, list) else values[0]


def _merged(value: tf.Tensor) -> tf.Tensor:
    """Return (lane, batch, ...) as (lane · batch, ...)."""
    return tf.reshape(value, (-1, *value.shape[2:]))


RULES: dict[type, Rule] = {
    layers.Conv1D: each_lane,
    layers.Conv2D: each_lane,
    layers.Conv1DTranspose: each_lane,
    layers.Conv2DTranspose: each_lane,
    layers.DepthwiseConv1D: each_lane,
    layers.DepthwiseConv2D: each_lane,
    layers.SeparableConv1D: each_lane,
    layers.SeparableConv2D: each_lane,
    layers.Dense: dense,
    layers.BatchNormalization: each_lane,
    layers.LayerNormalization: each_lane,
    layers.GroupNormalization: each_lane,
    layers.Normalization: each_lane,
    layers.Rescaling: elementwise,
    layers.PReLU: each_lane,
    layers.Activation: elementwise,
    layers.ReLU: elementwise,
    layers.LeakyReLU: elementwise,
    layers.ELU: elementwise,
    layers.Softmax: softmax,
    layers.Identity: identity,
    layers.Dropout: dropout,
    layers.SpatialDropout1D: dropout,
    layers.SpatialDropout2D: dropout,
    layers.MaxPooling1D: per_sample,
    layers.MaxPooling2D: per_sample,
    layers.AveragePooling1D: per_sample,
    layers.AveragePooling2D: per_sample,
    layers.GlobalMaxPooling1D: per_sample,
    layers.GlobalMaxPooling2D: per_sample,
    layers.GlobalAveragePooling1D: per_sample,
    layers.GlobalAveragePooling2D: per_sample,
    layers.Flatten: per_sample,
    layers.Reshape: per_sample,
    layers.Permute: per_sample,
    layers.ZeroPadding1D: per_sample,
    layers.ZeroPadding2D: per_sample,
    layers.Cropping1D: per_sample,
    layers.Cropping2D: per_sample,
    layers.UpSampling1D: per_sample,
    layers.UpSampling2D: per_sample,
    layers.Add: per_sample,
    layers.Subtract: per_sample,
    layers.Multiply: per_sample,
    layers.Average: per_sample,
    layers.Maximum: per_sample,
    layers.Minimum: per_sample,
    layers.Concatenate: per_sample,
}

DROPOUTS = tuple(kind for kind, rule in RULES.items() if rule is dropout)
# A network with one of these is traced for a number of lanes; others are traced once for any.
_UNROLLING = (each_lane, dropout)


def rule_of(layer: keras.layers.Layer) -> Rule:
    """Return the rule for a layer.

    Raises:
        NotFusable: if there is none.
    """
    if type(layer) not in RULES:
        kind = type(layer).__name__
        raise NotFusable(
            f"layer {layer.name!r} ({kind}) is of a kind that has no rule for stacking"
        )
    return RULES[type(layer)]


def unrolls(layer: keras.layers.Layer) -> bool:
    """Whether the layer's rule goes through the lanes in Python, so that it needs their number."""
    return rule_of(layer) in _UNROLLING
