"""One learning rate for the head and another below it: as two optimizers applied by hand."""

import keras
import numpy as np
import pytest

from kerascnn import CNNClassifier
from kerascnn.training.batches import epoch_order
from kerascnn.training.two_rates import simple_optimizers, two_rates
from tests.networks import tiny_cnn

KINDS = [
    "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion", "Muon",
    "Nadam", "RMSprop", "SGD",
]  # fmt: skip
RNG = np.random.default_rng(0)
VALUES = [RNG.normal(size=shape).astype("float32") for shape in ((4, 3), (3,), (3, 2), (2,))]
GRADIENTS = [[RNG.normal(size=v.shape).astype("float32") for v in VALUES] for _ in range(3)]
X = RNG.integers(0, 256, (40, 10, 10, 3), dtype=np.uint8)


class Layer:
    """Variables whose paths say which part they belong to."""

    def __init__(self):
        with keras.name_scope("body"):
            self.below = [keras.Variable(value, name=f"w{n}") for n, value in enumerate(VALUES[:2])]
        with keras.name_scope("head"):
            self.head = [keras.Variable(value, name=f"w{n}") for n, value in enumerate(VALUES[2:])]


@pytest.mark.parametrize("kind", KINDS)
def test_each_optimizer_is_two_of_its_kind(kind):
    """Every update equals that of two optimizers that are given their variables by hand."""
    make = getattr(keras.optimizers, kind)
    together, apart = Layer(), Layer()
    optimizer = two_rates(make(0.1), make(0.01), "head/.*")
    optimizer.build([*together.below, *together.head])
    head, below = make(0.1), make(0.01)
    for gradients in GRADIENTS:
        optimizer.apply(gradients, [*together.below, *together.head])
        below.apply(gradients[:2], apart.below)
        head.apply(gradients[2:], apart.head)
    pairs = zip([*together.below, *together.head], [*apart.below, *apart.head], strict=True)
    for mine, expected in pairs:
        np.testing.assert_array_equal(mine.numpy(), expected.numpy())


def test_a_fit_equals_two_optimizers_in_a_loop_by_hand(tmp_path):
    """On the same batches, from the same weights."""
    CNNClassifier(tiny_cnn, epochs=1, random_state=1).fit(X, np.arange(40) % 4).save(
        tmp_path / "a.kerascnn"
    )
    estimator = CNNClassifier(
        pretrained=str(tmp_path / "a.kerascnn"),
        learning_rate=0.05,
        backbone_learning_rate=0.001,
        optimizer="sgd",
        optimizer__momentum=0.9,
        epochs=2,
        batch_size=16,
        random_state=0,
    )
    labels = np.arange(40) % 3
    network = estimator.initialize(X, labels).model_
    head, below = (keras.optimizers.SGD(rate, momentum=0.9) for rate in (0.05, 0.001))
    weights = network.trainable_variables
    import tensorflow as tf

    for epoch in range(2):
        order = epoch_order(0, epoch, 40)
        for start in range(0, 40, 16):
            rows = order[start : start + 16]
            images = tf.constant(X[rows].astype("float32") * np.float32(1 / 255))
            with tf.GradientTape() as tape:
                outputs = network(images, training=True)
                losses = keras.losses.sparse_categorical_crossentropy(labels[rows], outputs)
                loss = tf.reduce_mean(losses)
            gradients = tape.gradient(loss, [weight.value for weight in weights])
            below.apply(gradients[:-2], weights[:-2])
            head.apply(gradients[-2:], weights[-2:])
    by_hand = network.get_weights()
    fitted = estimator.fit(X, labels).model_.get_weights()
    for mine, expected in zip(fitted, by_hand, strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-4, atol=1e-6)


def test_callbacks_lower_both_rates(tmp_path):
    """ReduceLROnPlateau works as with any optimizer."""
    CNNClassifier(tiny_cnn, epochs=1, random_state=1).fit(X, np.arange(40) % 4).save(
        tmp_path / "a.kerascnn"
    )
    plateau = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=100)
    estimator = CNNClassifier(
        pretrained=str(tmp_path / "a.kerascnn"), epochs=3, callbacks=[plateau], random_state=0
    ).fit(X, np.arange(40) % 3)
    rates = [float(each.learning_rate) for each in estimator.model_.optimizer.optimizers]
    np.testing.assert_allclose(rates, [0.001 / 4, 0.0001 / 4], rtol=1e-6)


def test_schedules_and_numbers_may_be_mixed():
    """Each part has its own."""
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    optimizer = two_rates(keras.optimizers.SGD(schedule), keras.optimizers.SGD(0.5), "head/.*")
    layer = Layer()
    optimizer.build([*layer.below, *layer.head])
    ones = [np.ones_like(value) for value in VALUES]
    for _ in range(2):
        optimizer.apply(ones, [*layer.below, *layer.head])
    np.testing.assert_allclose(layer.below[0].numpy(), VALUES[0] - 2 * 0.5, rtol=1e-5)
    np.testing.assert_allclose(layer.head[0].numpy(), VALUES[2] - 0.1 - 0.05, rtol=1e-5)


def test_losses_are_scaled_as_by_one_optimizer():
    """The factor of the loss is kept."""
    make = lambda rate: keras.optimizers.SGD(rate, loss_scale_factor=8.0)  # noqa: E731
    optimizer, layer = two_rates(make(0.1), make(0.5), "head/.*"), Layer()
    optimizer.build([*layer.below, *layer.head])
    assert float(optimizer.scale_loss(1.0)) == 8.0
    optimizer.apply([np.full_like(value, 8.0) for value in VALUES], [*layer.below, *layer.head])
    np.testing.assert_allclose(layer.below[0].numpy(), VALUES[0] - 0.5, rtol=1e-5)
    np.testing.assert_allclose(layer.head[0].numpy(), VALUES[2] - 0.1, rtol=1e-5)


def test_it_comes_back_from_its_configuration():
    """With both rates and the same head."""
    optimizer = two_rates(keras.optimizers.Adam(0.1), keras.optimizers.Adam(0.01), "head/.*")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(optimizer))
    assert type(again) is keras.optimizers.MultiOptimizer
    rates = [float(each.learning_rate) for each in again.optimizers]
    np.testing.assert_allclose(rates, [0.1, 0.01], rtol=1e-6)


def test_the_simple_optimizers_are_found_within_others():
    """Also behind the scaling of losses."""
    inner = two_rates(keras.optimizers.Adam(0.1), keras.optimizers.Adam(0.01), "head/.*")
    assert simple_optimizers(keras.optimizers.LossScaleOptimizer(inner)) == list(inner.optimizers)
    single = keras.optimizers.SGD()
    assert simple_optimizers(single) == [single]
