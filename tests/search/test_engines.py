"""Every engine gives the numbers of one Keras fit after another, and says what it cannot."""

import keras
import numpy as np
import pytest

from kerascnn import CNNClassifier, GridSearchCV
from tests.search.expectations import (
    assert_equal_searches,
    assert_like_serial,
    classifier,
)
from tests.training.networks import NOISES, own_metrics


def dropout(input_shape, n_classes, *, rate=0.3, l2=0.0):
    """Build a network that draws random numbers, its penalties and rates free."""
    penalty = keras.regularizers.L2(l2)
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Conv2D(3, 3, activation="relu", kernel_regularizer=penalty),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(rate),
            keras.layers.Flatten(),
            keras.layers.Dense(n_classes, kernel_regularizer=penalty),
        ]
    )


class Shrinking(keras.callbacks.Callback):
    """A user's callback that lowers the rate and remembers what it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.losses: list[float] = []

    def on_epoch_begin(self, epoch, logs=None):
        """Halve the rate."""
        self.model.optimizer.learning_rate = float(self.model.optimizer.learning_rate) / 2

    def on_epoch_end(self, epoch, logs=None):
        """Stop when the loss has not fallen."""
        self.losses.append(logs["val_loss"])
        self.model.stop_training = self.losses[-1] > min(self.losses)


CALLBACKS = keras.callbacks
GRIDS = {
    "rates": {"learning_rate": [0.01, 0.1]},
    "penalties": {"l2": [0.0, 0.01, 0.1]},
    "epochs share trainings": {"epochs": [1, 3], "batch_size": [20]},
    "networks": [{"model__rate": [0.5]}, {"optimizer": ["sgd"]}],
    "seeds": {"random_state": [1, 2]},
    "weights": {"class_weight": ["balanced", {0: 3.0}]},
    "averages": {"optimizer__use_ema": [True], "epochs": [1, 2]},
    "schedules": {
        "learning_rate": [keras.optimizers.schedules.ExponentialDecay(0.1, 4, 0.5)],
        "epochs": [1, 2],
    },
    "early stopping": {
        "callbacks": [[CALLBACKS.EarlyStopping(patience=0, restore_best_weights=True)]],
        "learning_rate": [1.0],
        "epochs": [4],
    },
    "rates by callbacks": {
        "callbacks": [
            [CALLBACKS.LearningRateScheduler(lambda epoch, rate: rate / (1 + epoch))],
            [CALLBACKS.ReduceLROnPlateau(patience=0, factor=0.1)],
            [Shrinking()],
        ],
        "epochs": [3],
    },
    "validation split": {"validation_split": [0.2]},
    "order": {"shuffle": [False]},
}
# Of these, the last fit on all samples is compared too: each is a further Keras fit.
REFITTED = ("rates", "averages", "validation split")


@pytest.mark.numbers
@pytest.mark.parametrize("name", GRIDS)
def test_compiled_lanes_give_the_numbers_of_separate_fits(name, three_digits):
    """Every column but the times, every curve and the best weights are equal to the bit."""
    assert_like_serial(
        "compiled",
        CNNClassifier(dropout, optimizer="adam", epochs=2, batch_size=16, random_state=3),
        GRIDS[name],
        three_digits,
        return_train_score=True,
        scoring=["accuracy", "neg_log_loss", "roc_auc_ovr"],
        refit="accuracy" if name in REFITTED else False,
    )


@pytest.mark.numbers
def test_worker_processes_give_the_numbers_of_separate_fits(three_digits):
    """Worker processes have as many threads per operation, so not a bit differs."""
    grid = {"learning_rate": [0.01, 0.1], "model__rate": [0.2]}
    assert_like_serial(
        "processes",
        CNNClassifier(dropout, epochs=2, batch_size=16, random_state=3),
        grid,
        three_digits,
        cv=2,
        n_jobs=2,
        scoring="neg_log_loss",
    )


def test_global_keras_settings_reach_worker_processes(three_digits):
    """A worker computes by the dtype policy of the process that searches."""
    keras.config.set_dtype_policy("mixed_float16")
    try:
        searches = [
            GridSearchCV(
                classifier(), {"l2": [0.0, 0.1]}, cv=2, engine=engine, n_jobs=2, refit=False
            ).fit(*three_digits)
            for engine in ("processes", "serial")
        ]
    finally:
        keras.config.set_dtype_policy("float32")
    assert_equal_searches(*searches)


@pytest.mark.numbers
def test_stacks_agree_with_separate_fits(three_digits):
    """The smallest networks' scores, trained in stacks, are those of separate fits."""
    grid = {"learning_rate": [0.01, 0.1], "l2": [0.0, 0.01]}
    stacked, serial = (
        GridSearchCV(classifier(), grid, cv=2, engine=engine).fit(*three_digits)
        for engine in ("stacks", "serial")
    )
    for name in ("mean_test_score", "rank_test_score"):
        np.testing.assert_array_equal(stacked.cv_results_[name], serial.cv_results_[name])
    states = (search.best_estimator_.training_state() for search in (stacked, serial))
    for ours, theirs in zip(*states, strict=True):
        np.testing.assert_array_equal(ours, theirs)


class Printing(keras.callbacks.Callback):
    """A callback that is called within epochs."""

    def on_train_batch_end(self, batch, logs=None):
        """Do nothing that could be seen."""


class OwnFit(keras.Model):
    """A model with a loop of its own."""

    def fit(self, *arguments, **options):
        """Train as Keras does."""
        return super().fit(*arguments, **options)


def own_fit(input_shape, n_classes):
    """Build a model with a loop of its own."""
    image = keras.Input(input_shape)
    return OwnFit(image, keras.layers.Dense(n_classes)(keras.layers.Flatten()(image)))


REFUSED = {
    "batch-level callback": ({"callbacks": [Printing()]}, "called within epochs"),
    "eager": ({"compile__run_eagerly": True}, "runs eagerly"),
    "own fit": ({"model": own_fit}, "overrides fit"),
    "printing": ({"verbose": 2}, "verbose"),
    "validation frequency": ({"fit__validation_freq": 2}, "validation_freq"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_plan_says_what_needs_keras_own_fit(name, three_digits):
    """What cannot be compiled goes elsewhere, with the reason; asked for, it is an error."""
    parameters, reason = REFUSED[name]
    search = GridSearchCV(classifier(**parameters), {"learning_rate": [0.1]}, cv=2)
    described = search.plan(*three_digits).describe()
    assert "one after another" in described
    assert reason in described
    with pytest.raises(ValueError, match="engine='compiled' cannot run 2 of 2") as refusal:
        search.set_params(engine="compiled").fit(*three_digits)
    assert reason in str(refusal.value)


@pytest.mark.parametrize("name", REFUSED)
def test_many_fits_that_need_keras_own_go_to_worker_processes(name, three_digits):
    """Starting workers costs more than a few fits, and less than many."""
    parameters, reason = REFUSED[name]
    grid = {"learning_rate": [0.1, 0.2, 0.3]}
    described = GridSearchCV(classifier(**parameters), grid, cv=2).plan(*three_digits).describe()
    assert described.startswith("6 fits: 6 in worker processes")
    assert reason in described


def drawing(input_shape, n_classes):
    """Build a network that shows only when it is traced that it needs fits of its own."""
    image = keras.Input(input_shape)
    value = keras.layers.AugMix(value_range=(0, 1))(keras.layers.Concatenate()([image] * 3))
    return keras.Model(image, keras.layers.Dense(n_classes)(keras.layers.Flatten()(value)))


def test_a_network_that_is_refused_when_traced_is_fitted_all_the_same(three_digits):
    """The plan that was carried out says who did it and why."""
    grid = {"learning_rate": [0.01, 0.1]}
    search = assert_like_serial(
        "auto",
        CNNClassifier(drawing, epochs=1, random_state=0),
        grid,
        three_digits,
    )
    assert "draws from Python's random" in search.plan_.describe()


class Freezing(keras.callbacks.Callback):
    """A callback that changes the network before `fit` traces it."""

    def on_train_begin(self, logs=None):
        """Freeze the first layer."""
        self.model.layers[0].trainable = False


def test_a_callback_that_changes_the_network_is_noticed(three_digits):
    """Such a fit is Keras's own, and the network of others stays as it was."""
    grid = [{"callbacks": [[Freezing()]]}, {"learning_rate": [0.001, 0.1]}]
    search = assert_like_serial(
        "auto",
        CNNClassifier(dropout, epochs=2, random_state=0),
        grid,
        three_digits,
    )
    assert "a callback changes the network" in search.plan_.describe()


def prelu(input_shape, n_classes):
    """Build a network whose activation has weights of its own, which `fit` alone can build."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Activation(keras.layers.PReLU()),
            keras.layers.Flatten(),
            keras.layers.Dense(n_classes),
        ]
    )


def test_a_network_is_refused_once_for_all_its_fits(three_digits):
    """They share the reason, and with it the engine that takes them."""
    grid = {"learning_rate": [0.1, 0.2, 0.3]}
    search = GridSearchCV(classifier(prelu), grid, cv=2, refit=False).fit(*three_digits)
    described = search.plan_.describe()
    assert described.startswith("6 fits: 6 in worker processes")
    assert described.count("cannot be traced") == 1


class Doubling(CNNClassifier):
    """A subclass that predicts in a way of its own."""

    def predict(self, X):
        """Predict the images upside down."""
        return super().predict(np.asarray(X)[:, ::-1])


class Brighter(CNNClassifier):
    """A subclass that fits in a way of its own."""

    def fit(self, X, y, sample_weight=None, **options):
        """Fit brighter images."""
        return super().fit(np.asarray(X) * 2, y, sample_weight, **options)


@pytest.mark.parametrize("kind", [Doubling, Brighter])
def test_overridden_methods_of_a_subclass_are_respected(kind, three_digits):
    """What a user's subclass does is done in every engine."""
    assert_like_serial(
        "auto",
        kind(NOISES["dropout"], epochs=1, random_state=0),
        {"learning_rate": [0.01, 0.1]},
        three_digits,
    )


def test_an_own_training_step_is_compiled(three_digits):
    """A subclassed model's step trains its lanes."""
    assert_like_serial(
        "compiled",
        CNNClassifier(own_metrics, epochs=2, random_state=0),
        {"learning_rate": [0.01, 0.1]},
        three_digits,
    )


class Adding(keras.callbacks.Callback):
    """A callback that adds a figure to the logs."""

    def on_epoch_end(self, epoch, logs=None):
        """Add the epoch's number."""
        logs["own"] = float(epoch)


def test_what_a_callback_adds_to_the_logs_is_recorded(three_digits):
    """The last fit's history has what Keras's fit would have recorded."""
    search = assert_like_serial(
        "compiled",
        CNNClassifier(dropout, epochs=2, random_state=0, callbacks=[Adding()]),
        {"learning_rate": [0.01]},
        three_digits,
        refit=True,
    )
    assert search.best_estimator_.history_["own"] == [0.0, 1.0]
