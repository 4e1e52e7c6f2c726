"""What every way of training agrees on: the order of samples and what a network is fed.

One Keras fit and a lane of a fused stack must see the same batches, so both take them from here.
"""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf

PIXEL_SCALE = np.float32(1 / 255)

# Vectorised kernels round the samples beyond a multiple of their width differently, in the last
# bit: predicted in blocks of this many, a sample's outputs hardly ever depend on its place.
PREDICTION_BLOCK = 16


def epoch_order(seed: int, epoch: int, n_samples: int) -> np.ndarray:
    """Return the order in which epoch `epoch` visits the training samples.

    It depends on its arguments alone: not on the epochs before, nor on any global state.

    Args:
        seed: a non-negative integer, the fit's `random_state`.
        epoch: the epoch's number, from 0.
        n_samples: the number of training samples.

    Returns:
        A permutation of `range(n_samples)`, int32, shape (n_samples,).
    """
    generator = np.random.default_rng((seed, epoch))
    return generator.permutation(n_samples).astype(np.int32)


def network_input(images: tf.Tensor) -> tf.Tensor:
    """Convert a batch of images to what a network is fed.

    uint8 images are pixels from 0 to 255 and are divided by 255; all others are taken as they
    are. Pixels thus stay one byte each in memory until they are batched.

    Args:
        images: any dtype, shape (batch, ...).

    Returns:
        float32, the same shape.
    """
    scale = PIXEL_SCALE if images.dtype == tf.uint8 else np.float32(1)
    images = tf.cast(images, tf.float32)
    return images if scale == 1 else images * scale


def training_batches(
    X: np.ndarray,
    y: np.ndarray,
    sample_weight: np.ndarray | None,
    *,
    batch_size: int,
    epochs: range,
    seed: int,
    shuffle: bool = True,
) -> tf.data.Dataset:
    """Return the batches of all `epochs`, one epoch after another, as one `tf.data.Dataset`.

    The last batch of an epoch holds what is left over: no batch spans two epochs.

    Args:
        X: images, (n, height, width, channels), uint8 or float32.
        y: targets as the loss wants them, (n,) or (n, outputs).
        sample_weight: (n,) float32, or None.
        batch_size: samples per batch, at least 1.
        epochs: the numbers of the epochs, each of which has its own order.
        seed: see `epoch_order`.
        shuffle: False visits the samples in their own order.
    """

    def order(epoch: int) -> np.ndarray:
        return epoch_order(seed, epoch, len(X)) if shuffle else np.arange(len(X))

    return _picked_batches((X, y, sample_weight), order, epochs, batch_size)


def evaluation_batches(
    X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None, batch_size: int
) -> tf.data.Dataset:
    """Return one pass over samples in their own order, with the arrays of `training_batches`."""
    return _picked_batches((X, y, sample_weight), lambda _: np.arange(len(X)), range(1), batch_size)


def _picked_batches(
    samples: Sequence[np.ndarray | None],
    order: Callable[[int], np.ndarray],
    epochs: range,
    batch_size: int,
) -> tf.data.Dataset:
    """Return each epoch's batches in its order, picked in NumPy: TensorFlow would copy all."""
    arrays = [array for array in samples if array is not None]
    n_samples = len(arrays[0])

    def batches() -> Iterator[tuple[np.ndarray, ...]]:
        for epoch in epochs:
            rows = order(epoch)
            for start in range(0, n_samples, batch_size):
                yield tuple(array[rows[start : start + batch_size]] for array in arrays)

    signature = tuple(tf.TensorSpec((None, *a.shape[1:]), a.dtype) for a in arrays)
    dataset = tf.data.Dataset.from_generator(batches, output_signature=signature)
    n_batches = len(epochs) * math.ceil(n_samples / batch_size)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(n_batches))
    return dataset.map(lambda images, *others: (network_input(images), *others)).prefetch(2)


def prediction_batches(X: np.ndarray, batch_size: int) -> tf.data.Dataset:
    """Return batches of images in their own order, with zeros at the end to fill a block.

    Args:
        X: images, (n, ...), uint8 or float32.
        batch_size: samples per batch, at least 1; rounded up to whole blocks of 16.
    """
    missing = -len(X) % PREDICTION_BLOCK
    filling = np.zeros((missing, *X.shape[1:]), X.dtype)
    slices = tf.data.Dataset.from_tensor_slices
    dataset = slices(X).concatenate(slices(filling))
    batches = dataset.batch(batch_size + -batch_size % PREDICTION_BLOCK)
    return batches.map(network_input).prefetch(2)
