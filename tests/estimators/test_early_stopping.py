"""Early stopping: a part of the training samples ends a training, as Keras's own would."""

import functools
import pickle
import re

import keras
import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from kerascnn import CNNClassifier, CNNRegressor, ConvAutoencoder, GridSearchCV
from tests.networks import tiny_cnn

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (60, 6, 6, 1), dtype=np.uint8)
Y = np.array(["ant", "bee", "cow"])[np.arange(60) % 3]
STOPPING = {"early_stopping": 0.25, "early_stopping__patience": 1}


def classifier(**parameters):
    """Return a classifier that stops early."""
    settings = {"epochs": 12, "batch_size": 8, "random_state": 0, "learning_rate": 0.02}
    return CNNClassifier(tiny_cnn, **{**settings, **STOPPING, **parameters})


def keras_alone(X, y, weights=None, parameters=None, **stopping):
    """Return a classifier that Keras's callback has stopped, on scikit-learn's division, and it."""
    rows = np.arange(len(X))
    rows, held_out = train_test_split(rows, test_size=0.25, stratify=y, random_state=0)
    rows, held_out = np.sort(rows), np.sort(held_out)
    callback = keras.callbacks.EarlyStopping(
        **{"patience": 1, "restore_best_weights": True, **stopping}
    )
    alone = classifier(early_stopping=None, callbacks=[callback], **(parameters or {}))
    alone._routes = {}
    own = [] if weights is None else [weights[held_out]]
    return alone.fit(
        X[rows],
        y[rows],
        None if weights is None else weights[rows],
        validation_data=(X[held_out], y[held_out], *own),
    )


def assert_same(mine, theirs):
    """Hold weights and history of two classifiers against each other."""
    assert mine.history_ == theirs.history_
    for own, expected in zip(mine.model_.get_weights(), theirs.model_.get_weights(), strict=True):
        np.testing.assert_array_equal(own, expected)


@pytest.mark.parametrize(("monitor", "weighted"), [("val_loss", True), ("val_accuracy", False)])
def test_it_is_keras_early_stopping_on_the_same_division(monitor, weighted, tmp_path):
    """Weights of the best epoch and history equal those of a fit with Keras's callback."""
    weights = RNG.random(60) if weighted else None
    mine = classifier(early_stopping__monitor=monitor).fit(X, Y, weights)
    assert_same(mine, keras_alone(X, Y, weights, monitor=monitor))
    assert len(mine.history_["loss"]) < 12
    assert mine.best_epoch_ == len(mine.history_["loss"]) - 1
    assert pickle.loads(pickle.dumps(mine)).best_epoch_ == mine.best_epoch_
    mine.save(tmp_path / "stopped.kerascnn")
    loaded = CNNClassifier.load(tmp_path / "stopped.kerascnn", tiny_cnn)
    assert loaded.best_epoch_ == mine.best_epoch_


def test_class_weights_have_no_say_in_when_to_stop():
    """Keras's own `fit` gives them to training batches only."""
    own = {"class_weight": {"ant": 0.1, "cow": 9.0}}
    assert_same(classifier(**own).fit(X, Y), keras_alone(X, Y, parameters=own))


def test_keras_own_split_gives_the_validation_curve_of_weighted_classes():
    """That of a bare `fit` with `class_weight` and `validation_split`."""
    weights = {0: 0.1, 2: 9.0}
    mine = CNNClassifier(
        tiny_cnn, epochs=2, batch_size=8, random_state=0, shuffle=False, class_weight=weights
    ).set_params(validation_split=0.25)
    bare = mine.initialize(X, np.arange(60) % 3).model_
    record = bare.fit(
        X / np.float32(255), np.arange(60) % 3, class_weight=weights | {1: 1.0},
        validation_split=0.25, epochs=2, batch_size=8, shuffle=False, verbose=0,
    )  # fmt: skip
    mine.fit(X, np.arange(60) % 3)
    assert mine.history_["val_loss"] == pytest.approx(record.history["val_loss"], rel=1e-6)
    assert mine.history_["loss"] == pytest.approx(record.history["loss"], rel=1e-6)


def test_numpys_booleans_switch_it_on_and_off():
    """A grid of an array holds such."""
    assert len(classifier(early_stopping=np.True_, epochs=2).fit(X, Y).history_["val_loss"]) == 2
    off = CNNClassifier(tiny_cnn, epochs=1, early_stopping=np.False_).fit(X, Y)
    assert "val_loss" not in off.history_


PATIENCE = [1, 3]


@functools.cache
def oracles(n_train):
    """Return a classifier for each patience, stopped by Keras on the first samples."""
    return [keras_alone(X[:n_train], Y[:n_train], patience=patience) for patience in PATIENCE]


@pytest.mark.numbers
@pytest.mark.parametrize("engine", ["compiled", "serial"])
def test_a_search_holds_out_training_samples_only(engine):
    """Each fit is Keras's own on its training part: nothing of the test part has a say."""
    split = (np.arange(40), np.arange(40, 60))
    grid = {"early_stopping__patience": PATIENCE}
    search = GridSearchCV(classifier(), grid, cv=[split], engine=engine, refit=False).fit(X, Y)
    stops = search.best_epochs_
    for candidate, alone in enumerate(oracles(40)):
        score = search.cv_results_["mean_test_score"][candidate]
        assert score == alone.score(X[40:], Y[40:])
        curves = search.learning_curves_.query(f"candidate == {candidate}")
        assert curves["val_loss"].tolist() == alone.history_["val_loss"]
        assert stops.epoch[candidate] == len(alone.history_["loss"])
        assert stops.best_epoch[candidate] == 1 + int(np.argmin(alone.history_["val_loss"]))


def test_the_last_fit_of_a_search_stops_early():
    """On a division of all samples."""
    grid = {"early_stopping__patience": [1]}
    search = GridSearchCV(classifier(), grid, cv=[(np.arange(40), np.arange(40, 60))])
    best = search.fit(X, Y).best_estimator_
    assert_same(best, keras_alone(X, Y, patience=1))
    assert best.best_epoch_ == 1 + int(np.argmin(best.history_["val_loss"]))


@pytest.mark.parametrize(
    "estimator", [CNNRegressor, ConvAutoencoder], ids=["regressor", "autoencoder"]
)
def test_every_estimator_stops_early(estimator):
    """With samples held out of all, where there are no classes."""
    images = X / np.float32(255)
    fitted = estimator(epochs=30, random_state=0, learning_rate=0.1, **STOPPING)
    targets = [images.mean(axis=(1, 2, 3))] if estimator is CNNRegressor else []
    fitted.fit(images, *targets)
    assert len(fitted.history_["val_loss"]) < 30
    assert fitted.best_epoch_ == 1 + int(np.argmin(fitted.history_["val_loss"]))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"early_stopping": 1.5}, "early_stopping=1.5 must be None, True, or the share"),
        ({"early_stopping": None}, "patience has no effect without early_stopping"),
        ({"validation_split": 0.1}, "holds out samples itself: leave validation_split out"),
        ({"early_stopping__patience": -1}, "patience=-1 must be an integer of at least 0"),
        ({"early_stopping__min_delta": "a"}, "early_stopping__min_delta='a' must be a number"),
        ({"early_stopping__baseline": "x"}, "baseline='x' must be None or a number"),
        ({"early_stopping__restore_best_weights": "no"}, "'no' must be True or False"),
        ({"early_stopping__monitor": "loss"}, "'loss' is no curve of held-out samples"),
        ({"early_stopping__patients": 3}, "early_stopping__patience"),
        ({"early_stopping__monitor": "val_f1"}, "set early_stopping__mode to 'min' or 'max'"),
        ({"early_stopping__monitor": "val_auc"}, "'val_auc', which the network does not measure"),
        ({"early_stopping": 0.01}, "early_stopping=0.01 cannot hold out some of 60"),
    ],
)
def test_wrong_arguments_are_named(parameters, message):
    """With what to do instead."""
    with pytest.raises(ValueError, match=re.escape(message)):
        classifier(**parameters).fit(X, Y)


def test_held_out_samples_must_count():
    """Where all weights of those held out are zero, their loss would be zero in every epoch."""
    weights = np.zeros(60)
    weights[0] = 1
    estimator = classifier(early_stopping=0.05)
    with pytest.raises(ValueError, match="holds out 3 samples whose weights are all 0"):
        estimator.fit(X, Y, sample_weight=weights)


def test_a_single_epoch_is_not_stopped():
    """partial_fit says so."""
    with pytest.raises(ValueError, match=r"early_stopping=0.25 has no effect on a single epoch"):
        classifier().partial_fit(X, Y)


def test_a_search_checks_its_divisions_first():
    """A class that cannot be held out of a split's training part is an error before training."""
    with pytest.raises(ValueError, match="cannot hold out some of"):
        GridSearchCV(classifier(), {"early_stopping": [0.25, 0.02]}, cv=3).fit(X, Y)
