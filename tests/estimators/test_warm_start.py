"""Going on with a trained network: changed parameters, and its whole state elsewhere."""

import math

import keras
import numpy as np
import pytest
from sklearn.base import clone

from kerascnn import CNNClassifier
from tests.networks import tiny_cnn

SCHEDULE = keras.optimizers.schedules.ExponentialDecay(0.05, 3, 0.5)


def with_dropout(input_shape, n_classes, *, rate=0.5):
    """Return a network with statistics and random states beside its weights."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Flatten(),
            keras.layers.Dense(8),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(rate),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )


def quick(model=tiny_cnn, **parameters) -> CNNClassifier:
    """Return a classifier that trains within a second and may go on."""
    chosen = {"epochs": 2, "random_state": 0, "learning_rate": 0.05, "warm_start": True}
    return CNNClassifier(model, **{**chosen, **parameters})


def same_state(first: CNNClassifier, second: CNNClassifier) -> bool:
    """Return whether weights and optimizers' variables are the same, bit for bit."""
    pairs = zip(first.training_state(), second.training_state(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": 0.01},
        {"learning_rate": np.float32(0.25)},
        {"optimizer__learning_rate": 0.01},
        {"epochs": 3, "batch_size": 16, "shuffle": False, "class_weight": "balanced"},
    ],
)
def test_a_changed_parameter_is_taken_over(three_digits, changes):
    """The next fit equals Keras's own, after setting the rate of the same optimizer."""
    X, y = three_digits
    warm = quick().fit(X, y)
    by_keras = quick().fit(X, y)
    rate = changes.get("optimizer__learning_rate", changes.get("learning_rate", 0.05))
    by_keras.model_.optimizer.learning_rate = float(rate)
    others = {name: value for name, value in changes.items() if "learning_rate" not in name}
    by_keras.set_params(**others).fit(X, y)
    warm.set_params(**changes).fit(X, y)
    assert same_state(warm, by_keras)
    assert float(warm.model_.optimizer.learning_rate) == np.float32(rate)


def test_a_rate_becomes_a_schedule_and_a_rate_again(three_digits):
    """The schedule sees the steps of all fits; moments go on in both directions."""
    X, y = three_digits
    warm = quick().fit(X, y).set_params(learning_rate=SCHEDULE).fit(X, y)
    by_keras = quick().fit(X, y)
    by_keras.model_.optimizer.learning_rate = SCHEDULE
    by_keras.model_.train_function = None
    by_keras.fit(X, y)
    weights = zip(warm.model_.get_weights(), by_keras.model_.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in weights)
    before = warm.training_state()
    warm.set_params(learning_rate=0.0, epochs=1).fit(X, y)
    after = warm.model_.get_weights()
    assert all(map(np.array_equal, before, after))
    assert int(warm.model_.optimizer.iterations) == 5 * math.ceil(90 / 32)


def test_a_rate_that_a_callback_changed_stays(three_digits):
    """Only a parameter that was changed is set anew."""
    X, y = three_digits
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    warm = quick(callbacks=[halve]).fit(X, y).set_params(callbacks=None).fit(X, y)
    assert float(warm.model_.optimizer.learning_rate) == np.float32(0.05 / 4)


@pytest.mark.parametrize("partial", [False, True], ids=["fit", "partial_fit"])
@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "sgd"},
        {"optimizer__beta_1": 0.5},
        {"loss": "mse"},
        {"metrics": ["mse"]},
        {"l2": 0.1},
        {"model": with_dropout},
        {"model__n_filters": 3},
        {"random_state": 1},
        {"image_shape": (8, 8, 1)},
        {"compile__jit_compile": False},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_change_that_cannot_be_taken_over_is_refused(three_digits, changes, partial):
    """The error names it, nothing is trained, and the estimator stays fitted."""
    X, y = three_digits
    estimator = quick().fit(X, y).set_params(**changes)
    before = estimator.training_state()
    go_on = estimator.partial_fit if partial else estimator.fit
    with pytest.raises(ValueError, match=f"^{next(iter(changes))} changed since the network was"):
        go_on(X, y)
    assert all(map(np.array_equal, estimator.training_state(), before))
    assert estimator.initialized_


def test_a_list_changed_in_place_is_seen(three_digits):
    """The parameters are remembered as they were."""
    X, y = three_digits
    metrics = ["sparse_categorical_crossentropy"]
    estimator = quick(metrics=metrics).fit(X, y)
    metrics.append("sparse_top_k_categorical_accuracy")
    with pytest.raises(ValueError, match="metrics changed"):
        estimator.fit(X, y)


def test_a_route_that_says_the_same_is_no_change(three_digits):
    """What counts is the value that reaches builder and optimizer."""
    X, y = three_digits
    estimator = quick(l2=0.5).fit(X, y).set_params(model__l2=0.5, optimizer__learning_rate=0.05)
    assert len(estimator.fit(X, y).history_["loss"]) == 4


def test_other_classes_for_a_later_call_are_refused(three_digits):
    """`classes` of `partial_fit` are those of the first call."""
    X, y = three_digits
    estimator = quick().partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X, y, classes=[2, 1, 0])
    with pytest.raises(ValueError, match=r"classes=.* but the first call had"):
        estimator.partial_fit(X, y, classes=[0, 1, 2, 3])


def test_adopted_state_goes_on_as_the_training_it_came_from(three_digits):
    """With dropout, statistics and Adam, the next epochs and predictions are the same."""
    X, y = three_digits
    trained = quick(with_dropout).fit(X, y)
    adopted = clone(trained).initialize(X, y)
    adopted.adopt_state(trained.training_state(), trained.history_)
    assert np.array_equal(adopted.predict_proba(X), trained.predict_proba(X))
    assert adopted.history_ == trained.history_
    for estimator in (adopted, trained):
        estimator.partial_fit(X, y).fit(X, y)
    assert same_state(adopted, trained)
    assert adopted.history_ == trained.history_


def test_a_training_state_is_a_copy(three_digits):
    """It holds variables of the network, then of the optimizer, and stays as it is."""
    X, y = three_digits
    estimator = quick(with_dropout).fit(X, y)
    state, variables = estimator.training_state(), estimator.model_.variables
    assert len(state) == len(variables) + len(estimator.model_.optimizer.variables)
    assert all(np.array_equal(a, v.numpy()) for a, v in zip(state, variables, strict=False))
    kept = [array.copy() for array in state]
    estimator.partial_fit(X, y)
    assert all(map(np.array_equal, state, kept))


def test_another_networks_state_is_refused(three_digits):
    """The error tells how many variables there are, and nothing is assigned."""
    X, y = three_digits
    state = quick(with_dropout).fit(X, y).training_state()
    estimator = quick().initialize(X, y)
    before = estimator.training_state()
    with pytest.raises(ValueError, match=f"the state holds {len(state)} arrays of shapes"):
        estimator.adopt_state(state, {"loss": [1.0]})
    assert all(map(np.array_equal, estimator.training_state(), before))


def test_validation_figures_stay_when_a_later_fit_has_none(three_digits):
    """The history is appended to, and nothing in it is dropped."""
    X, y = three_digits
    estimator = quick().fit(X, y, validation_data=(X, y))
    figures = list(estimator.history_["val_loss"])
    estimator.fit(X, y)
    assert estimator.history_["val_loss"] == figures
    assert len(estimator.history_["loss"]) == 4


class Interrupts(keras.callbacks.Callback):
    """Raises in the middle of a training."""

    def on_train_batch_end(self, batch, logs=None):
        """Fail at the second batch."""
        if batch == 1:
            raise KeyboardInterrupt


def test_a_training_that_fails_leaves_no_fitted_estimator(three_digits):
    """Nothing goes on from a half-done epoch: the next warm fit is a fit from the start."""
    X, y = three_digits
    estimator = quick().fit(X, y).set_params(callbacks=[Interrupts()])
    with pytest.raises(KeyboardInterrupt):
        estimator.fit(X, y)
    assert not estimator.initialized_
    assert same_state(estimator.set_params(callbacks=None).fit(X, y), quick().fit(X, y))


def test_a_fit_forgets_an_earlier_divergence(three_digits):
    """`divergence_` speaks of the last fit only."""
    X, y = three_digits
    estimator = quick(optimizer="sgd", learning_rate=1e3, l2=10.0, epochs=20)
    with pytest.raises(ArithmeticError):
        estimator.fit(X, y)
    estimator.set_params(learning_rate=0.01, l2=0.0, epochs=1).fit(X, y)
    assert not hasattr(estimator, "divergence_")
