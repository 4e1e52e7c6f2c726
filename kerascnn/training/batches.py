"""The order of samples and the scaling of inputs, which every way of training shares.

One Keras fit and a lane of a fused stack must see the same batches, so both take them from here.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat

import numpy as np
import tensorflow as tf

# Images, targets and weights of the same samples.
Samples = tuple[np.ndarray, np.ndarray, np.ndarray | None]

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
    """Convert a batch of images to a network's input.

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


@contextmanager
def training_batches(
    X: np.ndarray,
    y: np.ndarray,
    sample_weight: np.ndarray | None,
    *,
    batch_size: int,
    epochs: range,
    seed: int,
    shuffle: bool = True,
    epoch_by_epoch: bool = False,
) -> Iterator[tf.data.Dataset]:
    """Give the batches of all `epochs`, one epoch after another, as one `tf.data.Dataset`.

    The last batch of an epoch holds what is left over: no batch spans two epochs.

    Args:
        X: images, (n, height, width, channels), uint8 or float32.
        y: targets as the loss wants them, (n,) or (n, outputs).
        sample_weight: (n,) float32, or None.
        batch_size: samples per batch, at least 1.
        epochs: the numbers of the epochs, each of which has its own order.
        seed: see `epoch_order`.
        shuffle: False visits the samples in their own order.
        epoch_by_epoch: True gives one epoch in each pass over the dataset, the next in the next;
            False gives all in one pass, which takes no time between epochs.
    """
    n_samples = len(X)

    def order(epoch: int) -> np.ndarray:
        return epoch_order(seed, epoch, n_samples) if shuffle else np.arange(n_samples)

    passes = iter([[epoch] for epoch in epochs]) if epoch_by_epoch else repeat(epochs)
    n_epochs = 1 if epoch_by_epoch else len(epochs)
    samples = (X, y, sample_weight)
    with _picked_batches(samples, order, passes, n_epochs, batch_size) as dataset:
        yield dataset


@contextmanager
def evaluation_batches(
    X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None, batch_size: int
) -> Iterator[tf.data.Dataset]:
    """Give one pass over samples in their own order, with the arrays of `training_batches`."""
    rows = np.arange(len(X))
    samples, passes = (X, y, sample_weight), repeat([0])
    with _picked_batches(samples, lambda _: rows, passes, 1, batch_size) as dataset:
        yield dataset


@contextmanager
def prediction_batches(X: np.ndarray, batch_size: int) -> Iterator[tf.data.Dataset]:
    """Give batches of images in their own order, with zeros at the end to fill a block.

    Args:
        X: images, (n, ...), uint8 or float32.
        batch_size: samples per batch, at least 1; rounded up to whole blocks of 16.
    """
    size = batch_size + -batch_size % PREDICTION_BLOCK

    def cut(X: np.ndarray) -> Iterator[tuple[np.ndarray]]:
        for start in range(0, len(X), size):
            batch = X[start : start + size]
            filling = np.zeros((-len(batch) % PREDICTION_BLOCK, *X.shape[1:]), X.dtype)
            yield (np.concatenate([batch, filling]),)

    with _dataset(cut, [X], math.ceil(len(X) / size)) as dataset:
        yield dataset.map(network_input).prefetch(2)


@contextmanager
def _picked_batches(
    samples: Sequence[np.ndarray | None],
    order: Callable[[int], np.ndarray],
    passes: Iterator[Sequence[int]],
    epochs_per_pass: int,
    batch_size: int,
) -> Iterator[tf.data.Dataset]:
    """Give the batches of each pass's epochs, each in its order."""
    arrays = [array for array in samples if array is not None]
    n_samples = len(arrays[0])

    def cut(*arrays: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
        for epoch in next(passes):
            rows = order(epoch)
            for start in range(0, n_samples, batch_size):
                yield tuple(array[rows[start : start + batch_size]] for array in arrays)

    with _dataset(cut, arrays, epochs_per_pass * math.ceil(n_samples / batch_size)) as dataset:
        yield dataset.map(lambda images, *others: (network_input(images), *others)).prefetch(2)


@contextmanager
def _dataset(
    cut: Callable[..., Iterator[tuple[np.ndarray, ...]]],
    arrays: Sequence[np.ndarray],
    n_batches: int,
) -> Iterator[tf.data.Dataset]:
    """Give the batches that `cut` makes of arrays in NumPy: TensorFlow would copy all samples.

    TensorFlow keeps a generator for the rest of the process, so this one loses its arrays in
    the end.
    """
    held = list(arrays)
    signature = tuple(tf.TensorSpec((None, *a.shape[1:]), a.dtype) for a in arrays)
    dataset = tf.data.Dataset.from_generator(lambda: cut(*held), output_signature=signature)
    # TensorFlow's tuner finds nothing to tune here, and whoever drops an iterator often waits for
    # its next look, whose period doubles: up to as long again as the iterator was in use.
    options = tf.data.Options()
    options.autotune.enabled = False
    dataset = dataset.with_options(options)
    try:
        yield dataset.apply(tf.data.experimental.assert_cardinality(n_batches))
    finally:
        held.clear()
