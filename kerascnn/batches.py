"""What every way of training agrees on: the order of samples and what a network is fed.

One Keras fit and a lane of a fused stack must see the same batches, so both take them from here.
"""

from collections.abc import Iterator

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
    arrays = [tf.constant(a) for a in (X, y, sample_weight) if a is not None]
    n_samples = len(X)

    def orders() -> Iterator[np.ndarray]:
        for epoch in epochs:
            yield epoch_order(seed, epoch, n_samples) if shuffle else np.arange(n_samples)

    def rows(order: tf.Tensor) -> tf.data.Dataset:
        return tf.data.Dataset.from_tensor_slices(order).batch(batch_size)

    def batch(row: tf.Tensor) -> tuple[tf.Tensor, ...]:
        picked = [tf.gather(array, row) for array in arrays]
        return (network_input(picked[0]), *picked[1:])

    signature = tf.TensorSpec((n_samples,), tf.int32)
    dataset = tf.data.Dataset.from_generator(orders, output_signature=signature)
    return dataset.flat_map(rows).map(batch).prefetch(2)


def evaluation_batches(
    X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None, batch_size: int
) -> tf.data.Dataset:
    """Return one pass over samples in their own order, with the arrays of `training_batches`."""
    arrays = tuple(a for a in (X, y, sample_weight) if a is not None)
    dataset = tf.data.Dataset.from_tensor_slices(arrays).batch(batch_size)
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
