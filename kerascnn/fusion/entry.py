"""The entry of a stack: all that can be computed without weights, once for all lanes.

Layers in front of the first weights see the same samples in every lane and epoch. A small first
convolution on its own input is mostly overhead as a convolution: the patch under each position
of its kernel is cut out once, and the layer becomes one matrix product per lane. A max-pooling
after it becomes the maximum over as many products as its window has positions, which is several
times cheaper than pooling, forward and backward.
"""

import math
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product

import keras
import tensorflow as tf
from keras import activations, layers

from kerascnn.fusion.rules import CONVOLUTIONS, first_weighted
from kerascnn.training.batches import network_input

# What would take more is computed batch by batch.
PREPARED_BYTES_AT_MOST = 200_000_000

_POOLINGS = (layers.MaxPooling1D, layers.MaxPooling2D)
# Activations that may come after the maximum instead of before: they keep the order, and where
# they make different values equal their gradient is zero.
_MONOTONE = (activations.linear, activations.relu)


class Entry:
    """The first layers of a network.

    Args:
        chain: all layers of the network.
        input_shape: of one sample.
        n_samples: how many samples there are in all.

    Attributes:
        rest: the layers that are left to compute.
        n_weights: how many weights, from the first, are used here.
    """

    def __init__(
        self, chain: Sequence[keras.layers.Layer], input_shape: Sequence[int], n_samples: int
    ) -> None:
        begin = list(chain).index(first_weighted(chain))
        self._before = list(chain[:begin])
        self._input_shape = tuple(input_shape)
        self._convolution = _Convolution(chain[begin:]) if _starts_with_one(chain[begin:]) else None
        n_taken = self._convolution.n_layers if self._convolution else 0
        self.rest = list(chain[begin + n_taken :])
        self.n_weights = len(chain[begin].weights) if self._convolution else 0
        self._is_prepared = 4 * n_samples * self._n_values() <= PREPARED_BYTES_AT_MOST

    def prepare(self, X: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Return what is kept of all samples, (n, ...) each, for `enter` to use rows of.

        Args:
            X: all samples, (n, ...) uint8 or float32.
        """
        return self._without_weights(X) if self._is_prepared else (X,)

    def enter(self, batch: Sequence[tf.Tensor], weights: Sequence[tf.Tensor]) -> tf.Tensor:
        """Return the value that the rest of the network starts from, (lane, batch, ...).

        Args:
            batch: rows of what was kept, (lane, batch, ...) each.
            weights: the network's first `n_weights`, (lane, ...) each.
        """
        if not self._is_prepared:
            (samples,) = batch
            values = self._without_weights(tf.reshape(samples, (-1, *samples.shape[2:])))
            n_lanes = tf.shape(samples)[0]
            batch = [tf.reshape(value, (n_lanes, -1, *value.shape[1:])) for value in values]
        return self._convolution.multiply(batch, weights) if self._convolution else batch[0]

    def _without_weights(self, X: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Return what samples become before they meet weights, (n, ...) float32 each."""
        values = network_input(X)
        for layer in self._before:
            values = layer.call(values)
        return self._convolution.patches(values) if self._convolution else (values,)

    def _n_values(self) -> int:
        """Return how many values one sample becomes before it meets weights."""
        if self._convolution:
            return self._convolution.n_patch_values
        return math.prod(self._before[-1].output.shape[1:] if self._before else self._input_shape)


class _Convolution:
    """A first convolution as a product with patches, one tensor for each place in a pooling window.

    Args:
        chain: the convolution and the layers after it.

    Attributes:
        n_layers: how many of these this computes: a pooling may be the second.
        n_patch_values: how many values all patches of a sample have.
    """

    def __init__(self, chain: Sequence[keras.layers.Layer]) -> None:
        self._layer = chain[0]
        pooling = chain[1] if _takes_pooling(*chain[:2]) else None
        self.n_layers = 2 if pooling else 1
        self._window = _in_2d(pooling.pool_size) if pooling else (1, 1)
        self._output_shape = (pooling or self._layer).output.shape[1:]
        self._n_values = math.prod(self._layer.kernel.shape[:-1])
        self.n_patch_values = self._n_values * math.prod(self._layer.output.shape[1:-1])

    def patches(self, images: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Return patches (n, positions, values) for each place in the window.

        Args:
            images: (n, height, width, channels) or (n, steps, channels) float32.
        """
        layer = self._layer
        patches = tf.image.extract_patches(
            images[:, tf.newaxis] if layer.rank == 1 else images,
            sizes=(1, *_in_2d(layer.kernel_size), 1),
            strides=(1, *_in_2d(layer.strides), 1),
            rates=(1, *_in_2d(layer.dilation_rate), 1),
            padding=layer.padding.upper(),
        )
        high, wide = self._window
        rows, columns = patches.shape[1] // high, patches.shape[2] // wide
        return tuple(
            tf.reshape(
                patches[:, i : rows * high : high, j : columns * wide : wide],
                (-1, rows * columns, self._n_values),
            )
            for i, j in product(range(high), range(wide))
        )

    def multiply(self, patches: Sequence[tf.Tensor], weights: Sequence[tf.Tensor]) -> tf.Tensor:
        """Return the result of the convolution and its pooling, (lane, batch, ..., filters).

        Args:
            patches: (lane, batch, positions, values) for each place in the window.
            weights: the kernels and, if there are any, the biases, (lane, ...) each.
        """
        kernel, *biases = weights
        n_lanes = tf.shape(kernel)[0]
        kernel = tf.reshape(kernel, (-1, self._n_values, self._layer.filters))
        kernel = tf.transpose(kernel, (0, 2, 1))
        # Filters first: the long axis of samples and positions is the one that is contiguous.
        products = [
            tf.matmul(kernel, tf.reshape(p, (n_lanes, -1, self._n_values)), transpose_b=True)
            for p in patches
        ]
        result = reduce(_maximum, products)
        for bias in biases:
            result += tf.expand_dims(bias, -1)
        result = tf.transpose(self._layer.activation(result), (0, 2, 1))
        return tf.reshape(result, (n_lanes, -1, *self._output_shape))


@tf.custom_gradient
def _maximum(first: tf.Tensor, second: tf.Tensor) -> tuple[tf.Tensor, Callable]:
    """Return the larger values; where equal, the gradient goes to the first, as in pooling.

    TensorFlow's own gradient selects, which is several times slower than multiplying.
    """

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        to_first = upstream * tf.cast(first >= second, tf.float32)
        return to_first, upstream - to_first

    return tf.maximum(first, second), gradient


def _starts_with_one(chain: Sequence[keras.layers.Layer]) -> bool:
    """Return whether the first layer is a convolution."""
    return type(chain[0]) in CONVOLUTIONS


def _takes_pooling(convolution: keras.layers.Layer, following: keras.layers.Layer) -> bool:
    """Return whether the layer after a convolution is a pooling that can be taken along."""
    tiles = type(following) in _POOLINGS and following.padding == "valid"
    monotone = any(convolution.activation is each for each in _MONOTONE)
    return tiles and following.pool_size == following.strides and monotone


def _in_2d(sizes: Sequence[int]) -> tuple[int, int]:
    return (1, sizes[0]) if len(sizes) == 1 else (sizes[0], sizes[1])
