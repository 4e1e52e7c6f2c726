"""Networks and losses that decide for themselves: train steps, and targets of users' losses."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerascnn import CNNClassifier
from kerascnn.estimators.outputs import is_sparse


class OwnSteps(keras.Model):
    """A functional model that trains and tests by steps of its own."""

    def train_step(self, data):
        """Take one step of gradient descent, and tell the loss by another name."""
        X, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=X, y=y, y_pred=self(X, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return {"distance": loss}

    def test_step(self, data):
        """Tell the loss by another name."""
        X, y = data
        return {"distance": self.compute_loss(x=X, y=y, y_pred=self(X, training=False))}


def layers_of(input_shape, n_classes):
    """Return input and output of a network."""
    inputs = keras.Input(input_shape)
    hidden = keras.layers.Flatten()(inputs)
    return inputs, keras.layers.Dense(n_classes, activation="softmax")(hidden)


def with_own_steps(input_shape, n_classes):
    """Return a network of the class above."""
    return OwnSteps(*layers_of(input_shape, n_classes))


def plain(input_shape, n_classes):
    """Return the same network, which trains as Keras does."""
    return keras.Model(*layers_of(input_shape, n_classes))


def quick(model=plain, **parameters) -> CNNClassifier:
    """Return a classifier that trains within a second."""
    return CNNClassifier(model, **{"epochs": 2, "random_state": 0, **parameters})


def test_a_train_step_of_its_own_trains_without_a_loss(three_digits):
    """It gives the weights of Keras's own step, and its figures stand in the history."""
    X, y = three_digits
    own = quick(with_own_steps).fit(X, y, validation_data=(X, y))
    weights = zip(own.model_.get_weights(), quick().fit(X, y).model_.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in weights)
    assert set(own.history_) == {"distance", "val_distance"}


def test_epochs_count_on_without_a_loss(three_digits):
    """Two warm fits visit the samples as one fit of as many epochs does."""
    X, y = three_digits
    whole = quick(with_own_steps, epochs=4).fit(X, y)
    warm = quick(with_own_steps, warm_start=True).fit(X, y).fit(X, y)
    assert warm.current_epoch == 4
    assert all(map(np.array_equal, whole.training_state(), warm.training_state()))


def test_a_figure_per_class_is_a_list(three_digits):
    """A metric of a value for each class does not end the training with an error."""
    X, y = three_digits
    metric = keras.metrics.F1Score(average=None)
    estimator = quick(loss="categorical_crossentropy", metrics=[metric]).fit(X, y)
    assert np.shape(estimator.history_["f1_score"]) == (2, 3)


def sparsely_weighted_mse(y_true, y_pred):
    """Return a loss of one-hot targets, in spite of its name."""
    return keras.ops.mean(keras.ops.square(y_true - y_pred), axis=-1)


def mean_squared_error(y_true, y_pred):
    """Return something else than Keras's loss of this name."""
    return 3 * keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)


def binary_distance(y_true, y_pred):
    """Return a loss of several outputs, in spite of its name."""
    return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)


class SparsityLoss(keras.losses.Loss):
    """A loss of one-hot targets, in spite of its name."""

    def call(self, y_true, y_pred):
        """Return squared distances."""
        return sparsely_weighted_mse(y_true, y_pred)


class OwnSparse(keras.losses.SparseCategoricalCrossentropy):
    """A sparse loss of Keras's, by descent."""


def of_numbers(y_true, y_pred):
    """Return a loss of class numbers, which says so."""
    return keras.losses.sparse_categorical_crossentropy(y_true, y_pred)


of_numbers.sparse = True  # type: ignore[attr-defined]  # as a user marks a function


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (sparsely_weighted_mse, False),
        (SparsityLoss(), False),
        (OwnSparse(name="own"), True),
        (of_numbers, True),
        (keras.losses.sparse_categorical_crossentropy, True),
        (functools.partial(keras.losses.sparse_categorical_crossentropy, axis=-1), True),
        (keras.losses.SparseCategoricalCrossentropy(), True),
        (keras.losses.CategoricalCrossentropy(name="sparse"), False),
    ],
)
def test_a_loss_is_sparse_by_what_it_is(loss, expected):
    """Names count for nothing."""
    assert is_sparse(loss) is expected


@pytest.mark.parametrize("loss", [sparsely_weighted_mse, SparsityLoss, SparsityLoss()])
def test_a_loss_of_a_users_own_gets_one_hot_targets(three_digits, loss):
    """It trains as Keras's mean squared error, which it is."""
    X, y = three_digits
    own, kerass = quick(loss=loss).fit(X, y), quick(loss="mse").fit(X, y)
    assert own.history_["loss"] == pytest.approx(kerass.history_["loss"], rel=1e-6)


def test_a_loss_that_says_it_is_sparse_gets_class_numbers(three_digits):
    """It trains as Keras's sparse cross-entropy, which it is."""
    X, y = three_digits
    own, kerass = quick(loss=of_numbers).fit(X, y), quick().fit(X, y)
    assert own.history_["loss"] == pytest.approx(kerass.history_["loss"], rel=1e-6)


def test_a_users_loss_with_the_name_of_one_of_kerass_is_used(three_digits):
    """With no step taken, the loss is thrice Keras's mean absolute error."""
    X, y = three_digits
    arguments = {"learning_rate": 0.0, "optimizer": "sgd", "epochs": 1}
    own = quick(loss=mean_squared_error, **arguments).fit(X, y).history_["loss"][0]
    kerass = quick(loss="mae", **arguments).fit(X, y).history_["loss"][0]
    assert own == pytest.approx(3 * kerass, rel=1e-6)


def test_a_users_loss_may_be_called_binary(three_digits):
    """It is not taken for a loss of one output."""
    assert quick(loss=binary_distance).fit(*three_digits).current_epoch == 2


def test_a_function_of_kerass_is_its_class(three_digits):
    """Kullback and Leibler's, whose names differ, included."""
    estimator = quick(loss=keras.losses.kl_divergence).initialize(*three_digits)
    assert isinstance(estimator.model_.loss, keras.losses.KLDivergence)


@pytest.mark.parametrize(
    "routes",
    [
        {"compile__run_eagerly": True},
        {"compile__loss_weights": [1.0]},
        {"compile__weighted_metrics": ["accuracy"]},
        {"compile__jit_compile": False},
    ],
    ids=lambda routes: next(iter(routes)),
)
def test_routes_to_compile_leave_the_training_as_it_is(three_digits, routes):
    """The weights are those without the route, within rounding."""
    X, y = three_digits
    with_route, without = quick(**routes).fit(X, y), quick().fit(X, y)
    for a, b in zip(with_route.model_.get_weights(), without.model_.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_loss_weights_are_kerass(three_digits):
    """Half of the loss has half of the gradient: SGD with twice the rate goes the same way."""
    X, y = three_digits
    half = quick(optimizer="sgd", learning_rate=0.5, compile__loss_weights=[0.5]).fit(X, y)
    whole = quick(optimizer="sgd", learning_rate=0.25).fit(X, y)
    for a, b in zip(half.model_.get_weights(), whole.model_.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
