"""Two fits have one key if and only if they give the same numbers, whatever tells them apart."""

from collections.abc import Callable
from functools import cache, partial
from itertools import combinations, product
from typing import Any

import keras
import numpy as np
import pytest
from keras.optimizers import schedules
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss, make_scorer

from tests.search.expectations import classifier, one_split_search

SPLIT = (np.arange(30), np.arange(30, 50))


@cache
def samples() -> tuple[np.ndarray, np.ndarray]:
    """Return 50 images of digits, flat, and labels."""
    digits = load_digits(n_class=3)
    return digits.data[:50].astype(np.float32) / 16, digits.target[:50]


def scaled(factor):
    """Make an activation that captures a factor."""
    return lambda x: x * factor


class Scaled:
    """An activation that is an object."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        """Return values times the factor."""
        return x * self.factor


def builder(activation=None, initializer="zeros", rate=0.0, **arguments):
    """Make a builder of one layer that captures its arguments."""

    def build(shape, n_classes):
        return keras.Sequential(
            [
                keras.Input((None, None, 1)),
                keras.layers.Conv2D(
                    n_classes, 2, activation=activation, kernel_initializer=initializer, **arguments
                ),
                *([keras.layers.Dropout(rate)] if rate else []),
                keras.layers.GlobalMaxPooling2D(),
            ]
        )

    return build


def loss(factor):
    """Make a loss that captures a factor."""

    def scaled_loss(y_true, y_pred):
        return factor * keras.losses.categorical_crossentropy(y_true, y_pred, from_logits=True)

    return scaled_loss


class Decay(keras.callbacks.Callback):
    """A user's callback that divides the rate."""

    def __init__(self, divisor):
        super().__init__()
        self.divisor = divisor

    def on_epoch_begin(self, epoch, logs=None):
        """Lower the rate."""
        rate = float(self.model.optimizer.learning_rate)
        self.model.optimizer.learning_rate = rate / self.divisor


L2, EXPONENTIAL = keras.regularizers.L2, schedules.ExponentialDecay
# Each is made anew when it is drawn, so that equal ones are other objects.
CANDIDATES: list[Callable[[], dict[str, Any]]] = [
    dict,
    lambda: {"verbose": 0, "optimizer": "SGD"},
    lambda: {"learning_rate": 0.2},
    lambda: {"optimizer__learning_rate": np.float32(0.5)},
    lambda: {"learning_rate": EXPONENTIAL(0.5, 1, 0.5)},
    lambda: {"learning_rate": EXPONENTIAL(0.5, 1, 0.4)},
    lambda: {"random_state": 4},
    lambda: {"shuffle": False},
    lambda: {"batch_size": 8},
    lambda: {"image_shape": (4, 16, 1)},
    lambda: {"class_weight": {0: 2.0}},
    lambda: {"validation_split": 0.2},
    lambda: {"loss": loss(0.9)},
    lambda: {"loss": loss(0.5)},
    lambda: {"model": builder(scaled(1.5))},
    lambda: {"model": builder(scaled(2.5))},
    lambda: {"model": builder(Scaled(0.7))},
    lambda: {"model": builder(partial(keras.activations.elu, alpha=0.5))},
    lambda: {"model": builder(kernel_regularizer=L2(0.1))},
    lambda: {"model": builder(kernel_regularizer=L2(0.2))},
    lambda: {"model": builder(initializer=keras.initializers.RandomNormal(seed=1))},
    lambda: {"model": builder(initializer=keras.initializers.RandomNormal(seed=2))},
    lambda: {"model": builder(rate=0.5)},
    lambda: {"optimizer__momentum": 0.5},
    lambda: {"optimizer": keras.optimizers.SGD(0.5, clipnorm=0.01), "learning_rate": 0.001},
    lambda: {"callbacks": [Decay(2.0)]},
    lambda: {"callbacks": [Decay(3.0)]},
]


def metric(factor):
    """Make a metric that captures a factor."""
    return lambda y_true, proba: factor * log_loss(y_true, proba, labels=[0, 1, 2])


def looking(factor):
    """Make a callable scorer that captures a factor."""
    return lambda estimator, X, y: factor * float(estimator.predict_proba(X)[:, 1].sum())


SCORERS = [
    lambda: "neg_log_loss",
    lambda: make_scorer(metric(2.0), response_method="predict_proba"),
    lambda: make_scorer(metric(3.0), response_method="predict_proba"),
    lambda: looking(5.0),
    lambda: looking(7.0),
]


# The scorers that are given the estimator, and the candidates that differ in spelling alone.
LOOKING = (3, 4)
SPELLED_OTHERWISE = {0, 1, 3}


def search(candidate: int, scorer: int):
    """Return a search of one candidate."""
    parameters = {"model": builder(), "learning_rate": 0.5, "image_shape": (8, 8, 1)}
    estimator = classifier(**{**parameters, **CANDIDATES[candidate]()})
    grid = {"epochs": [2]}
    return one_split_search(estimator, grid, scoring=SCORERS[scorer](), cv=[SPLIT], engine="serial")


def key(candidate: int, scorer: int) -> str:
    """Return the key of a fit, all its objects made anew."""
    plan = search(candidate, scorer).plan(*samples())
    found = plan.key(plan.fits[0])
    assert found is not None
    return found


@cache
def fitted(candidate: int):
    """Return the classifier that Keras fits for a candidate."""
    (X, y), (train, test) = samples(), SPLIT
    estimator = clone(search(candidate, 0).estimator)
    if estimator.validation_split:
        return estimator.fit(X[train], y[train])
    return estimator.fit(X[train], y[train], validation_data=(X[test], y[test]))


@cache
def numbers(candidate: int, scorer: int) -> str:
    """Return all numbers of a fit by Keras: history, weights and score."""
    X, y = (array[SPLIT[1]] for array in samples())
    estimator = fitted(candidate)
    score = search(candidate, scorer)._get_scorers()[0](estimator, X, y)
    state = [weight.tolist() for weight in estimator.model_.get_weights()]
    return repr([estimator.history_, state, score])


def are_told_apart(first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether a scorer is given two estimators whose parameters are equal but for spelling."""
    candidates = {first[0], second[0]}
    return first[1] in LOOKING and len(candidates) == 2 and candidates <= SPELLED_OTHERWISE


@pytest.mark.parametrize("candidate", range(len(CANDIDATES)))
def test_what_is_made_anew_has_its_key_again(candidate):
    """Objects that are made separately of equal parts are equal."""
    scorer = candidate % len(SCORERS)
    assert key(candidate, scorer) == key(candidate, scorer)


def test_fits_have_one_key_if_and_only_if_their_numbers_are_equal():
    """Every two fits of all candidates by two scorers, and of a few by all, against Keras's.

    A scorer that is given the estimator could tell the spellings of equal parameters apart, so
    there these have keys of their own.
    """
    by_two = product(range(len(CANDIDATES)), (0, LOOKING[0]))
    by_all = product(sorted(SPELLED_OTHERWISE), range(len(SCORERS)))
    fits = list(dict.fromkeys([*by_two, *by_all]))
    keys = {fit: key(*fit) for fit in fits}
    found = {fit: numbers(*fit) for fit in fits}
    for first, second in combinations(fits, 2):
        is_equal = found[first] == found[second] and not are_told_apart(first, second)
        assert (keys[first] == keys[second]) == is_equal, (first, second)
