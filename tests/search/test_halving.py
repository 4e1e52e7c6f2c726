"""Halving searches give scikit-learn's results, and train nothing twice."""

import sqlite3
import warnings

import keras
import numpy as np
import pytest
import sklearn.model_selection
from scipy.stats import loguniform
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression

from kerascnn import CNNClassifier, HalvingGridSearchCV, HalvingRandomSearchCV
from kerascnn.search.store import SqliteStore
from tests.search.expectations import (
    ONE_SPLIT,
    assert_equal_results,
    assert_equal_searches,
    assert_results_of,
    classifier,
    linear,
)

GRID = {"learning_rate": [0.003, 0.01, 0.03, 0.1]}
TWO = {"learning_rate": [0.01, 0.1]}
# Rungs of 4, 2 and 1 candidates, for 1, 2 and 4 epochs.
RUNGS = {"resource": "epochs", "max_resources": 4, "factor": 2, "cv": ONE_SPLIT}
EPOCHS_IN_ALL = 4 * 1 + 2 * (2 - 1) + 1 * (4 - 2)
ATTRIBUTES = (
    *("best_index_", "best_params_", "n_resources_", "n_candidates_", "n_iterations_"),
    *("min_resources_", "max_resources_", "n_remaining_candidates_", "n_splits_"),
    *("n_required_iterations_", "n_possible_iterations_"),
)


def halving(estimator=None, grid=None, **arguments) -> HalvingGridSearchCV:
    """Return a search, of three rungs if nothing else is said."""
    settings = {**RUNGS, "engine": "compiled", "refit": False, **arguments}
    estimator = estimator or classifier(linear, optimizer="adam")
    return HalvingGridSearchCV(estimator, grid or GRID, **settings)


@pytest.fixture(scope="module")
def stock(three_digits) -> sklearn.model_selection.HalvingGridSearchCV:
    """Return scikit-learn's search of three rungs, fitted."""
    estimator = classifier(linear, optimizer="adam")
    return sklearn.model_selection.HalvingGridSearchCV(estimator, GRID, **RUNGS).fit(*three_digits)


# scikit-learn's results


@pytest.mark.numbers
@pytest.mark.parametrize("engine", ["compiled", "stacks"])
def test_rungs_of_epochs_equal_those_of_scikit_learn(engine, stock, three_digits):
    """Survivors that go on score what scikit-learn's score, which start anew."""
    own = halving(engine=engine, refit=True).fit(*three_digits)
    assert_results_of(engine, own.cv_results_, stock.cv_results_)
    assert [getattr(own, name) for name in ATTRIBUTES] == [
        getattr(stock, name) for name in ATTRIBUTES
    ]
    assert own.best_score_ == own.cv_results_["mean_test_score"][own.best_index_]
    X = three_digits[0]
    np.testing.assert_array_equal(own.predict_proba(X), stock.predict_proba(X))


def test_rungs_of_samples_equal_those_of_scikit_learn(three_digits):
    """Each rung has scikit-learn's part of each split, drawn with the same seed."""
    arguments = {"n_candidates": 3, "cv": 2, "random_state": 5, "min_resources": 30, "refit": False}
    grid = {"learning_rate": loguniform(1e-3, 1e-1)}
    own = HalvingRandomSearchCV(classifier(linear), grid, engine="compiled", **arguments)
    stock = sklearn.model_selection.HalvingRandomSearchCV(classifier(linear), grid, **arguments)
    own.fit(*three_digits)
    stock.fit(*three_digits)
    assert own.n_resources_ == [30, 90]
    assert_equal_results(own.cv_results_, stock.cv_results_)
    assert [getattr(own, name) for name in ATTRIBUTES] == [
        getattr(stock, name) for name in ATTRIBUTES
    ]


def test_another_estimator_is_searched_by_scikit_learn(three_digits):
    """With an estimator of scikit-learn's the search is scikit-learn's own."""
    X, y = three_digits[0].reshape(90, -1), three_digits[1]
    arguments = (LogisticRegression(), {"C": [0.01, 0.1, 1.0]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that few iterations do not converge
        settings = {"cv": 2, "resource": "max_iter", "max_resources": 9, "factor": 3}
        own = HalvingGridSearchCV(*arguments, **settings).fit(X, y)
        stock = sklearn.model_selection.HalvingGridSearchCV(*arguments, **settings).fit(X, y)
    assert_equal_results(own.cv_results_, stock.cv_results_)


# Going on


def test_nothing_is_trained_twice(epochs_trained, three_digits):
    """Each survivor trains the epochs that its rung adds; what they went through is one curve."""
    search = halving().fit(*three_digits)
    assert len(epochs_trained) == EPOCHS_IN_ALL
    curves = search.learning_curves_.groupby(["candidate", "split"])["epoch"].max()
    assert curves.tolist() == [1] * 4 + [2] * 2 + [4]


class TotalEpochsSchedule(keras.callbacks.Callback):
    """Lowers the learning rate towards the last epoch, wherever that is."""

    def on_epoch_begin(self, epoch, logs=None):
        """Set the rate; called by Keras."""
        self.model.optimizer.learning_rate = 0.1 * (1 - epoch / self.params["epochs"])


def test_what_depends_on_the_last_epoch_starts_anew(epochs_trained, three_digits):
    """With a schedule that ends with the training, each rung trains it as a whole."""
    estimator = classifier(linear, callbacks=[TotalEpochsSchedule()])
    arguments = {"grid": TWO, "max_resources": 2, "cv": ONE_SPLIT}
    search = halving(estimator, **arguments).fit(*three_digits)
    assert len(epochs_trained) == 2 * 1 + 1 * 2
    oracle = halving(estimator, engine="serial", **arguments).fit(*three_digits)
    assert_equal_searches(search, oracle)


def test_the_same_resources_twice_are_trained_once(epochs_trained, three_digits):
    """Aggressive elimination repeats a rung with the survivors, whose fits are there."""
    search = halving(aggressive_elimination=True, max_resources=2).fit(*three_digits)
    assert search.n_resources_ == [1, 1, 2]
    assert len(epochs_trained) == 4 * 1 + 1 * (2 - 1)
    assert search.n_restored_ == 2


def steady(input_shape, n_classes, *, l2=0.0):
    """Build a network that draws at random and keeps averages."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(n_classes),
        ]
    )


@pytest.mark.numbers
def test_draws_and_averages_go_on_too(epochs_trained, three_digits):
    """Dropout, moving statistics and averaged weights are those of an unbroken training."""
    estimator = classifier(steady, optimizer="adam", optimizer__use_ema=True)
    arguments = {"grid": TWO, "max_resources": 4, "min_resources": 2, "cv": ONE_SPLIT}
    search = halving(estimator, **arguments).fit(*three_digits)
    assert len(epochs_trained) == 2 * 2 + 1 * (4 - 2)
    oracle = halving(estimator, engine="serial", **arguments).fit(*three_digits)
    assert_equal_searches(search, oracle)


def test_a_scorer_that_reads_parameters_leaves_trainings_alone(epochs_trained, three_digits):
    """What scores a fit is no part of its training: survivors go on."""

    def score_of_rung(estimator, X, y):
        return estimator.score(X, y) + estimator.epochs

    search = halving(grid=TWO, max_resources=2, scoring=score_of_rung).fit(*three_digits)
    assert len(epochs_trained) == 2 * 1 + 1 * (2 - 1)
    assert (search.cv_results_["mean_test_score"] >= search.cv_results_["param_epochs"]).all()


# The store


def test_a_search_resumes_within_a_rung(stock, epochs_trained, tmp_path, three_digits, monkeypatch):
    """Killed in the second rung, only what is missing is trained, from where the first ended."""
    store, keep, kept = tmp_path / "fits.sqlite", SqliteStore.keep, []

    def killed(self, fit, outcome):
        if len(kept) == 5:
            raise KeyboardInterrupt
        kept.append(fit)
        keep(self, fit, outcome)

    search = halving(store=store)
    with monkeypatch.context() as changed:
        changed.setattr(SqliteStore, "keep", killed)
        with pytest.raises(KeyboardInterrupt):
            search.fit(*three_digits)
    epochs_trained.clear()
    search.fit(*three_digits)
    assert search.n_restored_ == 5
    # The other fit of the second rung, anew if it had ended before it was scored, and the third.
    assert 1 <= len(epochs_trained) - (4 - 2) <= 2
    assert_equal_results(search.cv_results_, stock.cv_results_)


@pytest.mark.parametrize("engine", ["compiled", "stacks"])
def test_states_are_dropped_when_the_search_is_over(engine, tmp_path, three_digits, monkeypatch):
    """Where trainings ended lies in the store only as long as a rung may go on from there."""
    keep_end, kept = SqliteStore.keep_end, []
    monkeypatch.setattr(
        SqliteStore, "keep_end", lambda *given: kept.append(given) or keep_end(*given)
    )
    halving(engine=engine, store=tmp_path / "fits.sqlite").fit(*three_digits)
    assert len(kept) == 4 + 2 + 1
    with sqlite3.connect(tmp_path / "fits.sqlite") as file:
        assert file.execute("SELECT COUNT(*) FROM ends").fetchone() == (0,)


def test_without_where_it_ended_a_survivor_starts_anew(
    stock, epochs_trained, tmp_path, three_digits
):
    """A store of finished fits alone costs time, and changes no number."""
    store = tmp_path / "fits.sqlite"
    halving(store=store).fit(*three_digits)
    with sqlite3.connect(store) as file:
        newest = file.execute("SELECT key FROM fits ORDER BY rowid DESC LIMIT 1").fetchall()
        file.executemany("DELETE FROM fits WHERE key = ?", newest)
    epochs_trained.clear()
    search = halving(store=store).fit(*three_digits)
    assert len(epochs_trained) == 4
    assert_equal_results(search.cv_results_, stock.cv_results_)


# Plans


def test_a_plan_has_a_rung_a_line_and_trains_nothing(three_digits, monkeypatch):
    """Sizes, resources and what goes on are known before anything is trained."""
    monkeypatch.setattr("kerascnn.search.plan.Plan.run", pytest.fail)
    plan = halving().plan(*three_digits)
    assert [rung.sizes() for rung in plan.rungs] == [
        "rung 1, epochs=1: 4 candidates × 1 fold = 4 fits",
        "rung 2, epochs=2: 2 candidates × 1 fold = 2 fits",
        "rung 3, epochs=4: 1 candidate × 1 fold = 1 fit",
    ]
    assert "2 fits go on from where they ended" in plan.describe()
    whole = sum(rung.seconds() for rung in plan.rungs)
    assert 0 < plan.seconds() < whole
    assert "go on" not in halving(engine="serial").plan(*three_digits).announcement()


def test_the_plan_of_a_run_says_what_ran(three_digits):
    """The plan that is kept names each rung's candidates and resources."""
    text = halving().fit(*three_digits).plan_.describe()
    assert "rung 3, epochs=4" in text


# Arguments

WRONG = {
    "factor": ({"factor": 1.5}, r"factor=1.5 must be at least 2"),
    "unknown resource": ({"resource": "epoch"}, r"resource='epoch'.*did you mean 'epochs'"),
    "no limit": ({"max_resources": "auto"}, r"max_resources='auto'.*max_resources=100"),
    "searched resource": ({"resource": "learning_rate"}, "learning_rate as the resource"),
    "random splits": (
        {"cv": sklearn.model_selection.KFold(2, shuffle=True)},
        "must yield consistent folds",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_are_named_before_anything_is_trained(name, three_digits, monkeypatch):
    """Each error names the argument, its value and the remedy."""
    monkeypatch.setattr("kerascnn.search.plan.Plan.run", pytest.fail)
    arguments, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        halving(**arguments).fit(*three_digits)


def test_a_route_that_hides_the_resource_is_an_error(three_digits):
    """`fit__epochs` would win over every rung's epochs."""
    with pytest.raises(ValueError, match="fit__epochs=3 overrides"):
        halving(CNNClassifier("digits_cnn", fit__epochs=3)).fit(*three_digits)
