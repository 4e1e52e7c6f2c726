"""The order of samples and what a network is fed."""

import gc
import weakref

import numpy as np
import pytest
import tensorflow as tf

from kerascnn.training.batches import (
    epoch_order,
    evaluation_batches,
    network_input,
    prediction_batches,
    training_batches,
)


def numbered(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return n images of one pixel that holds their number, and their numbers."""
    return np.arange(n, dtype=np.float32).reshape(n, 1, 1, 1), np.arange(n)


def visited(n: int, **options) -> list[list[int]]:
    """Return the numbers of the samples in each training batch."""
    X, y = numbered(n)
    with training_batches(X, y, None, **options) as batches:
        return [rows.numpy().tolist() for _, rows in batches]


@pytest.mark.parametrize("n", [1, 2, 7, 1000])
def test_an_epochs_order_visits_each_sample_once(n):
    """The order is a permutation of all samples."""
    assert sorted(epoch_order(3, 5, n)) == list(range(n))


def test_an_epochs_order_is_numpys_permutation_for_seed_and_epoch():
    """The documented source of the order is NumPy's generator seeded with (seed, epoch)."""
    expected = np.random.Generator(np.random.PCG64(np.random.SeedSequence((7, 2)))).permutation(50)
    assert epoch_order(7, 2, 50).tolist() == expected.tolist()


def test_an_epochs_order_ignores_global_random_state():
    """Neither NumPy's global state nor what was drawn before has an influence."""
    first = epoch_order(0, 1, 100)
    np.random.seed(99)
    epoch_order(0, 0, 100)
    assert (epoch_order(0, 1, 100) == first).all()


@pytest.mark.parametrize(("seed", "epoch"), [(1, 0), (0, 1)])
def test_an_epochs_order_depends_on_seed_and_epoch(seed, epoch):
    """Another seed, or another epoch, visits the samples in another order."""
    assert (epoch_order(seed, epoch, 100) != epoch_order(0, 0, 100)).any()


def test_batches_follow_the_epochs_order():
    """Batches are consecutive pieces of each epoch's order; the last holds what is left over."""
    batches = visited(7, batch_size=3, epochs=range(2, 4), seed=5)
    expected = []
    for epoch in (2, 3):
        order = epoch_order(5, epoch, 7).tolist()
        expected += [order[:3], order[3:6], order[6:]]
    assert batches == expected


def test_unshuffled_batches_keep_the_samples_order():
    """`shuffle=False` visits the samples as they come, in each epoch."""
    batches = visited(5, batch_size=2, epochs=range(2), seed=5, shuffle=False)
    assert batches == [[0, 1], [2, 3], [4]] * 2


def test_epoch_by_epoch_each_pass_is_the_next_epoch():
    """Each pass gives one epoch's batches, in its order, and its length is known."""
    X, y = numbered(7)
    options = {"batch_size": 3, "epochs": range(2, 4), "seed": 5}
    with training_batches(X, y, None, epoch_by_epoch=True, **options) as dataset:
        assert dataset.cardinality() == 3
        passes = [[rows.numpy().tolist() for _, rows in dataset] for _ in range(2)]
    assert passes[0] + passes[1] == visited(7, **options)


def test_tensorflow_does_not_tune_the_batches():
    """Its tuner would have whoever drops an iterator wait for its next look."""
    X, y = numbered(32)
    with (
        training_batches(X, y, None, batch_size=16, epochs=range(1), seed=0) as training,
        evaluation_batches(X, y, None, 16) as evaluation,
        prediction_batches(X, 16) as prediction,
    ):
        datasets = [training, evaluation, prediction]
        assert [each.options().autotune.enabled for each in datasets] == [False] * 3


def test_images_targets_and_weights_stay_together():
    """A batch takes the same rows of images, targets and weights."""
    X, y = numbered(10)
    weights = y.astype(np.float32) / 10
    with training_batches(X, y, weights, batch_size=4, epochs=range(2), seed=0) as batches:
        for images, rows, own in batches:
            assert (images.numpy().ravel() == rows.numpy()).all()
            assert np.allclose(own, rows.numpy() / 10)


def test_bytes_are_divided_by_255():
    """All 256 values of a byte become NumPy's value / 255, within one rounding."""
    pixels = np.arange(256, dtype=np.uint8)
    fed = network_input(tf.constant(pixels)).numpy()
    assert fed.dtype == np.float32
    np.testing.assert_allclose(fed, pixels / 255, rtol=1.2e-7)
    assert (fed[0], fed[255]) == (0, 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_other_numbers_are_taken_as_they_are(dtype):
    """Only uint8 is scaled."""
    fed = network_input(tf.constant(np.array([0, 1, 255], dtype))).numpy()
    assert fed.dtype == np.float32
    assert fed.tolist() == [0, 1, 255]


def test_training_scales_bytes():
    """Pixels stay bytes until they are batched, and then are scaled."""
    X = np.full((3, 2, 2, 1), 51, np.uint8)
    y = np.zeros(3)
    with training_batches(X, y, None, batch_size=3, epochs=range(1), seed=0) as batches:
        ((images, _),) = batches
    np.testing.assert_allclose(images, 0.2, rtol=1e-6)


def test_evaluation_is_one_pass_of_known_length_in_order():
    """Keras can tell how many batches there are."""
    X, y = numbered(5)
    with evaluation_batches(X, y, None, batch_size=2) as batches:
        assert batches.cardinality() == 3
        assert [rows.numpy().tolist() for _, rows in batches] == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize(("n", "batch_size"), [(1, 1), (16, 16), (20, 5), (50, 32)])
def test_prediction_fills_whole_blocks_of_16(n, batch_size):
    """All samples come first and in order; every batch is a multiple of 16 long."""
    with prediction_batches(numbered(n)[0], batch_size) as dataset:
        batches = [batch.numpy() for batch in dataset]
    assert all(len(batch) % 16 == 0 for batch in batches)
    assert np.concatenate(batches).ravel()[:n].tolist() == list(range(n))


def test_arrays_are_not_kept_longer_than_they_are_needed():
    """TensorFlow keeps generators, but with these no array outlives its use."""
    X, y = numbered(32)
    arrays = [weakref.ref(X), weakref.ref(y)]
    with (
        training_batches(X, y, None, batch_size=16, epochs=range(1), seed=0) as training,
        evaluation_batches(X, y, None, 16) as evaluation,
        prediction_batches(X, 16) as prediction,
    ):
        assert [len(list(each)) for each in (training, evaluation, prediction)] == [2, 2, 2]
        del X, y
        assert all(array() is not None for array in arrays)
    del training, evaluation, prediction
    gc.collect()
    assert [array() for array in arrays] == [None, None]
