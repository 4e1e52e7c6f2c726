"""Copies of optimizers, losses and metrics, and pickles of classifiers with code of their users."""

import copy
import io
import pickle

import joblib
import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from kerascnn import CNNClassifier
from kerascnn.training.batches import epoch_order
from tests.networks import tiny_cnn

DECAY = {"learning_rate": 0.05, "weight_decay": 0.5}


def without_decay_of_biases() -> keras.optimizers.Optimizer:
    """Return an optimizer with a setting that its configuration does not hold."""
    optimizer = keras.optimizers.AdamW(**DECAY)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


class Scaled(keras.optimizers.SGD):
    """An optimizer whose scale stands in no configuration, and has no default."""

    def __init__(self, scale, **arguments):
        super().__init__(**arguments)
        self.scale = scale

    def update_step(self, gradient, variable, learning_rate):
        """Step by a multiple of the gradient."""
        super().update_step(gradient * self.scale, variable, learning_rate)


class Confidence(keras.metrics.Metric):
    """A metric with an argument that stands in no configuration."""

    def __init__(self, power, name="confidence"):
        super().__init__(name=name)
        self.power = power
        self.mean = keras.metrics.Mean()

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take the largest outputs to a power."""
        self.mean.update_state(keras.ops.max(y_pred, axis=-1) ** self.power)

    def result(self):
        """Return the mean so far."""
        return self.mean.result()


class Twice(keras.layers.Layer):
    """A layer of a user's own, which is not registered."""

    def call(self, inputs):
        """Return twice the input."""
        return inputs * 2


class Cubic(keras.losses.Loss):
    """A loss of a user's own, which is not registered."""

    def call(self, y_true, y_pred):
        """Return the cubes of the distances."""
        return keras.ops.mean(keras.ops.abs(y_true - y_pred) ** 3, axis=-1)


def cubic(y_true, y_pred):
    """Return the loss of `Cubic` as a function."""
    return keras.ops.mean(keras.ops.abs(y_true - y_pred) ** 3, axis=-1)


def steep(values):
    """Return an activation of a user's own."""
    return keras.ops.tanh(3 * values)


def of_own_parts(input_shape, n_classes):
    """Return a network of layers and functions that Keras does not know."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            Twice(),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation=steep),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )


def quick(model=tiny_cnn, **parameters) -> CNNClassifier:
    """Return a classifier that trains within a second."""
    return CNNClassifier(model, **{"epochs": 2, "random_state": 0, **parameters})


def by_keras(
    estimator: CNNClassifier, optimizer: keras.optimizers.Optimizer, X: np.ndarray, y: np.ndarray
) -> list[np.ndarray]:
    """Return the weights that an optimizer gives to a plain Keras model over the same batches."""
    model = tiny_cnn((8, 8, 1), 3)
    model.set_weights(clone(estimator).initialize(X, y).model_.get_weights())
    model.compile(optimizer, "sparse_categorical_crossentropy")
    for epoch in range(estimator.epochs):
        rows = epoch_order(int(estimator.random_state or 0), epoch, len(X))
        model.fit(X[rows], y[rows], batch_size=estimator.batch_size, shuffle=False, verbose=0)
    return model.get_weights()


def equal(first: list[np.ndarray], second: list[np.ndarray]) -> bool:
    """Return whether two networks' weights are the same, bit for bit."""
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def through(module, thing):
    """Return what is left of a thing after pickling by a module."""
    buffer = io.BytesIO()
    module.dump(thing, buffer)
    buffer.seek(0)
    return module.load(buffer)


def test_exclusions_from_decay_are_kept(three_digits):
    """The classifier trains as a plain Keras model with such an optimizer, bit for bit."""
    X, y = three_digits
    estimator = quick(optimizer=without_decay_of_biases())
    expected = by_keras(estimator, without_decay_of_biases(), X, y)
    assert equal(estimator.fit(X, y).model_.get_weights(), expected)
    assert not equal(expected, by_keras(estimator, keras.optimizers.AdamW(**DECAY), X, y))


@pytest.mark.parametrize(
    "way",
    [clone, copy.deepcopy, lambda thing: through(pickle, thing), lambda t: through(joblib, t)],
    ids=["clone", "deepcopy", "pickle", "joblib"],
)
def test_exclusions_survive_each_way_of_copying(three_digits, way):
    """A copy of the classifier trains to the same weights."""
    X, y = three_digits
    estimator = quick(optimizer=without_decay_of_biases())
    copied = way(estimator)
    weights = estimator.fit(X, y).model_.get_weights()
    assert equal(copied.fit(X, y).model_.get_weights(), weights)


def test_exclusions_survive_scikit_learns_search(three_digits):
    """Candidates of a grid keep them, too."""
    X, y = three_digits
    grid = {"optimizer": [without_decay_of_biases()]}
    search = GridSearchCV(quick(), grid, cv=2).fit(X, y)
    expected = by_keras(quick(), without_decay_of_biases(), X, y)
    assert equal(search.best_estimator_.model_.get_weights(), expected)


def test_attributes_outside_the_configuration_are_kept(three_digits):
    """Plain Keras with the optimizer itself gives the same weights, twice in a row."""
    X, y = three_digits
    estimator = quick(optimizer=Scaled(3.0, learning_rate=0.05, momentum=0.5))
    expected = by_keras(estimator, Scaled(3.0, learning_rate=0.05, momentum=0.5), X, y)
    for _ in range(2):
        assert equal(estimator.fit(X, y).model_.get_weights(), expected)


def test_an_optimizer_that_has_trained_starts_anew(three_digits):
    """Its settings are taken and not its moments; it is not changed by fits."""
    X, y = three_digits
    used = without_decay_of_biases()
    estimator = quick(optimizer=used)
    expected = by_keras(estimator, used, X, y)
    before = [np.array(variable) for variable in used.variables]
    assert equal(estimator.fit(X, y).model_.get_weights(), expected)
    assert equal([np.array(variable) for variable in used.variables], before)


def test_an_optimizer_that_is_given_stays_unbuilt(three_digits):
    """The user's instance is never trained."""
    optimizer = keras.optimizers.Adam(0.01)
    quick(optimizer=optimizer).fit(*three_digits)
    assert not optimizer.built
    assert len(optimizer.variables) == 2


@pytest.mark.parametrize("way", [copy.deepcopy, lambda thing: through(pickle, thing)])
@pytest.mark.parametrize(
    "metric",
    [Confidence(2), keras.metrics.MeanMetricWrapper(cubic, name="cubic")],
    ids=["own class", "own function"],
)
def test_a_copied_metric_counts_on_by_itself(metric, way):
    """It starts from the original's state, which stays as it was."""
    metric.update_state(np.eye(3), np.full((3, 3), 0.5))
    copied, before = way(metric), float(metric.result())
    assert float(copied.result()) == before
    copied.update_state(np.eye(3), np.eye(3) / 4)
    assert float(copied.result()) != before
    assert float(metric.result()) == before
    copied.reset_state()
    assert float(copied.result()) == 0


def test_metrics_that_are_given_are_copied_for_each_fit(three_digits):
    """Two fits share no metric, and the user's has counted nothing."""
    X, y = three_digits
    metric = Confidence(2)
    first, second = (quick(metrics=[metric]).fit(X, y) for _ in range(2))
    assert first.history_ == second.history_
    assert len(first.history_["confidence"]) == 2
    assert float(metric.result()) == 0


@pytest.mark.parametrize("loss", [cubic, Cubic, Cubic()], ids=["function", "class", "instance"])
@pytest.mark.parametrize("module", [pickle, joblib], ids=["pickle", "joblib"])
def test_a_classifier_of_users_code_is_pickled(three_digits, loss, module):
    """Layers, activations, losses and metrics that are not registered train on the same."""
    X, y = three_digits
    original = quick(of_own_parts, loss=loss, metrics=[Confidence(2), cubic]).fit(X, y)
    copied = through(module, original)
    assert np.array_equal(copied.predict_proba(X), original.predict_proba(X))
    weights = [e.partial_fit(X, y).model_.get_weights() for e in (copied, original)]
    assert equal(*weights)
    assert copied.history_ == original.history_


def test_closures_work_in_fit_and_clone(three_digits):
    """A loss and a metric made inside a function need no name to be found by."""

    def close_to(power):
        def distance(y_true, y_pred):
            return keras.ops.mean(keras.ops.abs(y_true - y_pred) ** power, axis=-1)

        return distance

    X, y = three_digits
    estimator = quick(of_own_parts, loss=close_to(3), metrics=[close_to(3)])
    cloned = clone(estimator).fit(X, y)
    by_class = quick(of_own_parts, loss=Cubic()).fit(X, y)
    assert equal(cloned.model_.get_weights(), by_class.model_.get_weights())
    assert cloned.history_["distance"] == pytest.approx(by_class.history_["loss"], rel=1e-6)


def test_a_builder_that_cannot_be_pickled_is_told_by_pickle(three_digits):
    """The error names the function."""
    estimator = quick(lambda input_shape, n_classes: tiny_cnn(input_shape, n_classes))
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(estimator.fit(*three_digits))


def test_a_pickle_holds_the_network_that_was_trained(three_digits):
    """Parameters that were set after training do not change the network that is restored."""
    X, y = three_digits
    original = quick(epochs=1).fit(X, y).set_params(model__n_filters=7, l2=0.5)
    copied = through(pickle, original)
    assert copied.get_params() == original.get_params()
    assert np.array_equal(copied.predict_proba(X), original.predict_proba(X))


def test_a_pickle_of_a_loaded_classifier_trains_on(three_digits, tmp_path):
    """Its builder is not there, so Keras's archive of the network is taken along."""
    X, y = three_digits
    original = quick().fit(X, y)
    original.save(tmp_path / "own.kerascnn")
    copied = through(pickle, CNNClassifier.load(tmp_path / "own.kerascnn"))
    assert np.array_equal(copied.predict_proba(X), original.predict_proba(X))
    copied.set_params(model=tiny_cnn).partial_fit(X, y)
    assert equal(copied.model_.get_weights(), original.partial_fit(X, y).model_.get_weights())


def test_a_loaded_classifier_without_its_optimizer_does_not_go_on(three_digits, tmp_path):
    """A file that could not keep it says so, and predicts."""
    X, y = three_digits
    optimizer = keras.optimizers.SGD(0.1)
    original = quick(optimizer=optimizer).fit(X, y)
    original.save(tmp_path / "own.kerascnn")
    loaded = CNNClassifier.load(tmp_path / "own.kerascnn", model=tiny_cnn)
    assert np.array_equal(loaded.predict_proba(X), original.predict_proba(X))
    with pytest.raises(ValueError, match="without the state of its optimizer"):
        loaded.set_params(optimizer=optimizer).partial_fit(X, y)


def test_callbacks_let_go_of_the_network(three_digits):
    """A clone does not copy the network by way of them."""
    stop = keras.callbacks.EarlyStopping(monitor="loss")
    estimator = quick(callbacks=[[stop]]).fit(*three_digits)
    assert stop.model is None
    assert clone(estimator).callbacks[0][0].model is None
