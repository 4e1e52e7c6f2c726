"""How samples enter the network: as they are, or as patches made ready for a first convolution.

A small first convolution on the samples themselves is mostly overhead as a convolution. Its
input needs no gradient and never changes, so the patch under each position of its kernel is cut
out once for all epochs and lanes, and the layer becomes one matrix product per lane. A
max-pooling after it becomes the maximum over as many products as its window has positions,
which is several times cheaper than pooling, forward and backward.
"""

import math
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product

import keras
import tensorflow as tf
from keras import layers

from kerascnn.batches import network_input
from kerascnn.fusion.forward import Forward
from kerascnn.fusion.graph import LayerCall

# Larger patches cost more to fetch than a convolution costs to compute.
PATCH_VALUES_AT_MOST = 16
PATCH_BYTES_AT_MOST = 200_000_000

_POOLINGS = (layers.MaxPooling1D, layers.MaxPooling2D)
# Activations that may come after the maximum instead of before: they keep the order, and where
# they make different values equal their gradient is zero.
_MONOTONE = (keras.activations.linear, keras.activations.relu)


class Samples:
    """Samples enter as they are.

    Attributes:
        n_calls: how many of the model's first calls this computes.
    """

    n_calls = 0

    def prepare(self, X: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Return what is kept of all samples, (n, ...) each."""
        return (X,)

    def enter(self, batch: Sequence[tf.Tensor], forward: Forward) -> tf.Tensor:
        """Return the value that the network's other layers start from, (lane, batch, ...).

        Args:
            batch: rows of what was kept, (lane, batch, ...) each.
            forward: the pass.
        """
        return network_input(batch[0])


class Patches:
    """Samples enter as patches, one tensor for each position in a pooling window.

    Args:
        convolution: the first layer.
        pooling: the max-pooling after it, or None.
    """

    def __init__(self, convolution: keras.layers.Layer, pooling: keras.layers.Layer | None) -> None:
        self.convolution = convolution
        self.pooling = pooling
        self.n_calls = 1 if pooling is None else 2
        self.window = (1, 1) if pooling is None else _in_2d(pooling.pool_size)
        self.output_shape = (pooling or convolution).output.shape[1:]

    def prepare(self, X: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Return patches (n, positions, values) float32 for each place in the window."""
        layer = self.convolution
        images = network_input(X)
        if layer.rank == 1:
            images = images[:, tf.newaxis]
        patches = tf.image.extract_patches(
            images,
            sizes=(1, *_in_2d(layer.kernel_size), 1),
            strides=(1, *_in_2d(layer.strides), 1),
            rates=(1, *_in_2d(layer.dilation_rate), 1),
            padding=layer.padding.upper(),
        )
        high, wide = self.window
        rows, columns = patches.shape[1] // high, patches.shape[2] // wide
        return tuple(
            tf.reshape(
                patches[:, i : rows * high : high, j : columns * wide : wide],
                (-1, rows * columns, patches.shape[-1]),
            )
            for i, j in product(range(high), range(wide))
        )

    def enter(self, batch: Sequence[tf.Tensor], forward: Forward) -> tf.Tensor:
        """Return the result of the convolution and its pooling, (lane, batch, ..., filters)."""
        layer = self.convolution
        n_values = batch[0].shape[-1]
        kernel = tf.reshape(forward.weight(layer.kernel), (-1, n_values, layer.filters))
        kernel = tf.transpose(kernel, (0, 2, 1))
        # Filters first: the long axis of samples and positions is the one that is contiguous.
        results = [
            tf.matmul(kernel, tf.reshape(p, (forward.lanes, -1, n_values)), transpose_b=True)
            for p in batch
        ]
        result = reduce(_maximum, results)
        if layer.use_bias:
            result += tf.expand_dims(forward.weight(layer.bias), -1)
        result = tf.transpose(layer.activation(result), (0, 2, 1))
        return tf.reshape(result, (forward.lanes, -1, *self.output_shape))


@tf.custom_gradient
def _maximum(first: tf.Tensor, second: tf.Tensor) -> tuple[tf.Tensor, Callable]:
    """Return the larger values; where equal, the gradient goes to the first, as in pooling.

    TensorFlow's own gradient selects, which is several times slower than multiplying.
    """

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        to_first = upstream * tf.cast(first >= second, tf.float32)
        return to_first, upstream - to_first

    return tf.maximum(first, second), gradient


def front_of(calls: Sequence[LayerCall], n_samples: int) -> Samples | Patches:
    """Return the better way in for a model.

    Args:
        calls: the model's.
        n_samples: how many samples there are in all.
    """
    first = calls[0].layer
    if type(first) not in (layers.Conv1D, layers.Conv2D) or first.groups > 1:
        return Samples()
    n_values = math.prod(first.kernel.shape[:-1])
    n_bytes = 4 * n_samples * n_values * math.prod(first.output.shape[1:-1])
    alone = [call for call in calls if 0 in call.sources] == [calls[0]]
    fits = n_values <= PATCH_VALUES_AT_MOST and n_bytes <= PATCH_BYTES_AT_MOST
    if not alone or not fits or first.padding == "causal":
        return Samples()
    return Patches(first, _pooling_after(calls))


def _pooling_after(calls: Sequence[LayerCall]) -> keras.layers.Layer | None:
    """Return the pooling that alone uses the first layer's result, if it can be taken along."""
    users = [call for call in calls if 1 in call.sources]
    if len(users) != 1 or users[0] is not calls[1]:
        return None
    layer = users[0].layer
    tiles = type(layer) in _POOLINGS and layer.padding == "valid"
    if tiles and layer.pool_size == layer.strides and calls[0].layer.activation in _MONOTONE:
        return layer
    return None


def _in_2d(sizes: Sequence[int]) -> tuple[int, int]:
    return (1, sizes[0]) if len(sizes) == 1 else (sizes[0], sizes[1])
