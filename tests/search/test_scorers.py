"""Scorers get a fitted classifier, whatever engine trained it."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, make_scorer

from tests.search.expectations import (
    assert_results_of,
    classifier,
    linear,
    one_split_search,
)

GRID = {"epochs": [1, 2], "learning_rate": [0.1]}
ENGINES = ("stacks", "compiled", "processes")


def softmax(shape, n_classes):
    """Build a network that puts probabilities out."""
    return linear(shape, n_classes, activation="softmax")


def on_noise(estimator, X, y):
    """Score predictions for other samples than the given ones, of which there are as many."""
    noise = np.random.default_rng(0).random(X.shape, dtype=np.float32)
    return float(estimator.predict_proba(noise)[:, 0].sum())


def by_parameters(estimator, X, y):
    """Score by what the estimator says of itself."""
    parameters = estimator.get_params()
    return parameters["learning_rate"] + parameters["epochs"] + len(estimator.history_["loss"])


def by_weights(estimator, X, y):
    """Score by what only a trained network has."""
    return float(sum(np.abs(weight).sum() for weight in estimator.model_.get_weights()))


def changing_images(estimator, X, y):
    """Score images, then blacken them."""
    accuracy = accuracy_score(y, estimator.predict(X))
    X[:] = 0
    return accuracy


def training_on(estimator, X, y):
    """Score an estimator that goes on training."""
    return float(estimator.partial_fit(X, y).predict_proba(X)[:, 0].sum())


def copying(estimator, X, y):
    """Score a copy of the estimator."""
    import pickle

    return float(pickle.loads(pickle.dumps(estimator)).predict_proba(X)[:, 0].sum())


def failing(estimator, X, y):
    """Raise an error for a part of the candidates."""
    if estimator.epochs == 2:
        raise ValueError("no score today")
    return estimator.score(X, y)


def greedy_log_loss(y_true, probabilities):
    """Return the log loss, and spoil the probabilities."""
    loss = log_loss(y_true, probabilities)
    probabilities[:] = 1 - probabilities
    return -loss


GREEDY = make_scorer(greedy_log_loss, response_method="predict_proba")
SCORERS = {
    "roc_auc": "roc_auc",
    "average_precision": "average_precision",
    "neg_log_loss": "neg_log_loss",
    "other samples": on_noise,
    "get_params": by_parameters,
    "weights": by_weights,
    "images changed": changing_images,
    "training": training_on,
    "copies": copying,
    "predictions changed": {"greedy": GREEDY, "accuracy": "accuracy"},
    "several of all kinds": ["roc_auc", "accuracy", "neg_brier_score"],
}


@pytest.fixture(scope="module")
def two_digits(three_digits):
    """Return the images of the digits 0 and 1, which `roc_auc` wants."""
    X, y = three_digits
    return X[y < 2], y[y < 2]


@pytest.fixture(scope="module")
def serial_results(two_digits):
    """Return what gives a scorer's results in a serial search, each searched once."""
    found = {}

    def results(name):
        if name not in found:
            found[name] = scored_by(SCORERS[name], "serial", two_digits)
        return found[name]

    return results


def scored_by(scorer, engine, data):
    """Return the results of a search with a scorer."""
    n_train = 2 * len(data[1]) // 3
    rows = np.arange(len(data[1]))
    return (
        one_split_search(
            classifier(softmax),
            GRID,
            cv=[(rows[:n_train], rows[n_train:])],
            scoring=scorer,
            engine=engine,
            n_jobs=2,
            error_score=-1.0,
            return_train_score=True,
        )
        .fit(*data)
        .cv_results_
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", SCORERS)
def test_scores_equal_those_of_separate_fits(name, engine, two_digits, serial_results):
    """Whatever a scorer asks of the classifier, and does to it, is as after a fit."""
    results = scored_by(SCORERS[name], engine, two_digits)
    assert_results_of(engine, results, serial_results(name))


@pytest.mark.filterwarnings("ignore:Scoring failed:UserWarning")
@pytest.mark.parametrize("engine", ["serial", *ENGINES])
def test_a_scorer_that_fails_scores_error_score(engine, two_digits):
    """Only where it fails, as in scikit-learn's search."""
    scores = scored_by(failing, engine, two_digits)["mean_test_score"]
    assert (scores == -1).tolist() == [False, True]


@pytest.mark.parametrize("engine", ["stacks", "compiled"])
def test_a_scorer_may_keep_the_estimator(engine, two_digits):
    """Estimators that were kept predict after the search as they did when they were scored."""
    kept = []

    def keeping(estimator, X, y):
        kept.append((estimator, X, estimator.predict_proba(X)))
        return 0.0

    one_split_search(classifier(softmax), GRID, cv=2, scoring=keeping, engine=engine).fit(
        *two_digits
    )
    assert len(kept) == 4
    assert len({scored.tobytes() for _, _, scored in kept}) == 4
    for estimator, X, scored in kept:
        np.testing.assert_array_equal(estimator.predict_proba(X), scored)


@pytest.mark.parametrize("engine", ["serial", *ENGINES])
def test_an_error_of_a_scorer_is_raised_if_that_is_wanted(engine, two_digits):
    """`error_score="raise"` holds for scorers in every engine."""
    search = one_split_search(
        classifier(softmax), GRID, cv=2, scoring=failing, engine=engine, error_score="raise"
    )
    with pytest.raises(ValueError, match="no score today"):
        search.fit(*two_digits)
