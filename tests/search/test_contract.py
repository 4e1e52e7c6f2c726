"""A search is used as scikit-learn's: with its arguments, in its pipelines, pickled, in threads."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import joblib
import keras
import numpy as np
import pandas as pd
import pytest
import sklearn
import sklearn.model_selection
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import GroupKFold

from kerascnn import GridSearchCV
from kerascnn.models import registry
from tests.search.expectations import (
    GRID,
    ONE_SPLIT,
    assert_equal_results,
    assert_results_of,
    classifier,
    linear,
    one_split_search,
)

ENGINES = ["compiled", "stacks", "serial"]


def results_of(search, *data, **fit_params) -> dict:
    """Return the results of a search."""
    return search.fit(*data, **fit_params).cv_results_


def stock_search(estimator, grid, **arguments):
    """Return scikit-learn's search with the same arguments."""
    return sklearn.model_selection.GridSearchCV(estimator, grid, **{"refit": False, **arguments})


# Data


@pytest.mark.parametrize("engine", ENGINES)
def test_labels_may_be_texts(engine, three_digits):
    """Texts give scikit-learn's results, and are predicted."""
    X, y = three_digits[0], np.array(["null", "one", "two"])[three_digits[1]]
    search = GridSearchCV(classifier(linear), GRID, cv=ONE_SPLIT, engine=engine)
    stock = results_of(stock_search(classifier(linear), GRID, cv=ONE_SPLIT), X, y)
    assert_results_of(engine, results_of(search, X, y), stock)
    assert set(search.predict(X)) <= set(y)
    assert search.classes_.tolist() == ["null", "one", "two"]


def as_frame(data):
    """Return flat images as a table, labels as a column, both with an index of their own."""
    X, y = data
    index = pd.Index(np.arange(90)[::-1] + 7)
    columns = [f"pixel {number}" for number in range(64)]
    return pd.DataFrame(X.reshape(90, -1), index, columns), pd.Series(y, index, name="digit")


@pytest.mark.parametrize("engine", ENGINES)
def test_images_may_be_a_table(engine, three_digits):
    """A DataFrame gives scikit-learn's results, and its columns' names are kept."""
    X, y = as_frame(three_digits)
    search = GridSearchCV(classifier(linear), GRID, cv=ONE_SPLIT, engine=engine)
    stock = results_of(stock_search(classifier(linear), GRID, cv=ONE_SPLIT), X, y)
    assert_results_of(engine, results_of(search, X, y), stock)
    assert search.feature_names_in_.tolist() == X.columns.tolist()


def test_a_scorer_is_given_tables(three_digits):
    """A callable scorer sees the rows of the table, names and index included."""
    X, y = as_frame(three_digits)
    seen = []

    def scorer(estimator, X, y):
        seen.append((X, y))
        return 0.0

    one_split_search(classifier(linear), scoring=scorer).fit(X, y)
    ((images, labels),) = seen
    pd.testing.assert_frame_equal(images, X.iloc[60:])
    pd.testing.assert_series_equal(labels, y.iloc[60:])


def test_lists_may_be_searched(three_digits):
    """Lists of images and labels give the results of arrays."""
    X, y = three_digits
    search = one_split_search(classifier(linear), GRID)
    assert_equal_results(results_of(search, list(X), y.tolist()), results_of(search, X, y))


# Splits


def test_groups_are_kept_together(three_digits):
    """GroupKFold has its groups, as in scikit-learn's search."""
    arguments = {"cv": GroupKFold(2)}
    groups = np.arange(90) // 7
    own = GridSearchCV(classifier(linear), GRID, engine="compiled", refit=False, **arguments)
    stock = stock_search(classifier(linear), GRID, **arguments)
    assert_equal_results(
        results_of(own, *three_digits, groups=groups),
        results_of(stock, *three_digits, groups=groups),
    )


def test_splits_may_come_from_a_generator(three_digits):
    """A generator is read once."""
    splits = (split for split in ONE_SPLIT * 2)
    own = results_of(one_split_search(classifier(linear), GRID, cv=splits), *three_digits)
    stock = results_of(stock_search(classifier(linear), GRID, cv=ONE_SPLIT * 2), *three_digits)
    assert_equal_results(own, stock)


@pytest.mark.parametrize("engine", ["serial", "auto"])
def test_a_label_that_only_a_test_fold_has_is_scored_as_scikit_learn_does(engine, three_digits):
    """A fold whose training samples lack a class is fitted without it, and scored on it."""
    X, y = three_digits
    splits = [(np.flatnonzero(y < 2), np.flatnonzero(y >= 1)), ONE_SPLIT[0]]
    own = GridSearchCV(classifier(), GRID, cv=splits, refit=False, engine=engine, n_jobs=1)
    stock = stock_search(classifier(), GRID, cv=splits)
    assert_results_of("fused", results_of(own, X, y), results_of(stock, X, y))


# Weights and further arguments of fit and of scorers


@pytest.mark.parametrize("engine", ENGINES)
def test_sample_weights_are_cut_to_each_split(engine, three_digits):
    """Weights train and score as in scikit-learn's search."""
    weights = np.where(np.arange(90) % 3, 1.0, 0.25)
    own = GridSearchCV(classifier(linear), GRID, cv=ONE_SPLIT, engine=engine, refit=False)
    stock = stock_search(classifier(linear), GRID, cv=ONE_SPLIT)
    assert_results_of(
        engine,
        results_of(own, *three_digits, sample_weight=weights),
        results_of(stock, *three_digits, sample_weight=weights),
    )


@pytest.mark.parametrize("weighted", [{"class_weight": {0: 3.0}}, {}], ids=["class", "sample"])
def test_weights_count_in_a_validation_split(weighted, three_digits):
    """Validation samples that are split off the training samples keep their weights."""
    weights = None if weighted else np.linspace(0.1, 2, 90)
    chosen, serial = (
        one_split_search(
            classifier(linear, **weighted), {"validation_split": [0.3]}, engine=engine
        ).fit(*three_digits, sample_weight=weights)
        for engine in ("auto", "serial")
    )
    assert chosen.learning_curves_.equals(serial.learning_curves_)


@pytest.mark.parametrize("engine", ["compiled", "stacks", "processes", "serial"])
def test_routed_weights_reach_fits_and_scorers(engine, three_digits):
    """With scikit-learn's metadata routing, weights go where they were requested."""
    weights = np.linspace(0.1, 2, 90)
    with sklearn.config_context(enable_metadata_routing=True):
        scorer = make_scorer(accuracy_score).set_score_request(sample_weight=True)
        estimator = classifier(linear).set_fit_request(sample_weight=True)
        arguments = {"scoring": scorer, "cv": ONE_SPLIT}
        own = one_split_search(estimator, GRID, engine=engine, n_jobs=2, **arguments)
        results = results_of(own, *three_digits, sample_weight=weights)
        stock = stock_search(estimator, GRID, **arguments)
        expected = results_of(stock, *three_digits, sample_weight=weights)
    assert_results_of(engine, results, expected)


# Results


@pytest.fixture(scope="module")
def fitted(three_digits):
    """Return a fitted search."""
    search = GridSearchCV(classifier(linear), GRID, cv=ONE_SPLIT, engine="compiled")
    return search.fit(*three_digits)


def pickled(search, tmp_path):
    """Return a copy of a search by way of a pickle."""
    return pickle.loads(pickle.dumps(search))


def through_joblib(search, tmp_path):
    """Return a search that joblib wrote and read again."""
    joblib.dump(search, tmp_path / "search.joblib")
    return joblib.load(tmp_path / "search.joblib")


@pytest.mark.parametrize("keep", [pickled, through_joblib])
def test_a_fitted_search_can_be_kept(keep, fitted, three_digits, tmp_path):
    """It predicts and has its results and plan as before."""
    copy = keep(fitted, tmp_path)
    np.testing.assert_array_equal(
        copy.predict_proba(three_digits[0]), fitted.predict_proba(three_digits[0])
    )
    assert_equal_results(copy.cv_results_, fitted.cv_results_)
    assert copy.plan_.describe() == fitted.plan_.describe()
    assert copy.learning_curves_.equals(fitted.learning_curves_)


def test_a_fitted_search_is_not_much_larger_than_its_network(fitted):
    """Neither data nor networks of the search are kept with it."""
    assert len(pickle.dumps(fitted)) < 200_000


def test_a_fitted_search_predicts_as_its_best_estimator(fitted, three_digits):
    """All that a classifier does is its best estimator's."""
    X, y = three_digits
    best = fitted.best_estimator_
    for method in ("predict", "predict_proba", "predict_log_proba"):
        np.testing.assert_array_equal(getattr(fitted, method)(X), getattr(best, method)(X))
    assert fitted.score(X, y) == best.score(X, y)
    assert fitted.n_features_in_ == 64
    assert fitted.predict(X[:0]).shape == (0,)


def test_a_search_is_fitted_again(fitted, three_digits):
    """A second fit of one object, on other samples, has the numbers of a new search."""
    X, y = three_digits
    search = pickle.loads(pickle.dumps(fitted))
    new = GridSearchCV(classifier(linear), GRID, cv=ONE_SPLIT, engine="compiled").fit(X[::-1], y)
    assert_equal_results(results_of(search, X[::-1], y), new.cv_results_)


def test_a_search_in_a_search_is_scored_by_it(three_digits):
    """`cross_validate` clones and fits it like any classifier."""
    search = GridSearchCV(classifier(linear), GRID, cv=2, engine="compiled")
    stock = stock_search(classifier(linear), GRID, cv=2, refit=True)
    own, expected = (
        sklearn.model_selection.cross_validate(each, *three_digits, cv=2)["test_score"]
        for each in (search, stock)
    )
    np.testing.assert_array_equal(own, expected)


# Custom code


class Hinge(keras.losses.Loss):
    """A loss that is registered nowhere."""

    def call(self, y_true, y_pred):
        """Return a hinge of one-hot targets."""
        return keras.ops.sum(keras.ops.relu(1 - (2 * y_true - 1) * y_pred), axis=-1)


@pytest.mark.parametrize("engine", ["auto", "processes"])
def test_a_custom_loss_needs_no_registration(engine, three_digits):
    """A search of any engine, its refit and its pickle know a user's loss."""
    arguments = {"engine": engine, "n_jobs": 2, "refit": True}
    search = one_split_search(classifier(linear, loss=Hinge()), GRID, **arguments)
    stock = stock_search(classifier(linear, loss=Hinge()), GRID, cv=ONE_SPLIT)
    assert_equal_results(results_of(search, *three_digits), results_of(stock, *three_digits))
    copy = pickle.loads(pickle.dumps(search))
    X = three_digits[0]
    np.testing.assert_array_equal(copy.predict_proba(X), search.predict_proba(X))


def broken(y_true, y_pred):
    """Fail as soon as it is traced."""
    raise ValueError("this loss does not work")


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning")
@pytest.mark.filterwarnings("ignore:One or more of the test scores:UserWarning")
@pytest.mark.parametrize("engine", ["compiled", "auto", "processes", "serial"])
def test_a_fit_that_fails_does_not_end_the_others(engine, three_digits):
    """A loss that cannot be traced scores `error_score`, in every engine."""
    grid = {"loss": [None, broken]}
    search = one_split_search(
        classifier(linear), grid, engine=engine, n_jobs=2, error_score=-2.0
    ).fit(*three_digits)
    assert search.cv_results_["mean_test_score"][0] > 0
    assert search.cv_results_["mean_test_score"][1] == -2


class FailingLate(keras.callbacks.Callback):
    """A callback that raises an error after an epoch, or at the end of training."""

    def __init__(self, epoch=None):
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        """Fail after one epoch."""
        if epoch == self.epoch:
            raise RuntimeError("late")

    def on_train_end(self, logs=None):
        """Fail in the end."""
        if self.epoch is None:
            raise RuntimeError("late")


@pytest.mark.filterwarnings(
    "ignore:Some fits failed", "ignore:\n", "ignore:One or more of the test"
)
@pytest.mark.parametrize("engine", ["compiled", "serial"])
def test_a_fit_that_fails_in_its_last_epoch_is_a_failed_one(engine, three_digits):
    """After it, or at the very end; fits that were complete before are not."""
    grid = [
        {"epochs": [1, 2], "callbacks": [[FailingLate(1)]]},
        {"epochs": [2], "callbacks": [[FailingLate()]]},
    ]
    search = one_split_search(classifier(linear), grid, engine=engine, error_score=-2.0)
    scores = search.fit(*three_digits).cv_results_["mean_test_score"]
    assert (scores == -2).tolist() == [False, True, True]


@pytest.mark.parametrize("engine", ["compiled", "processes", "serial"])
def test_an_error_of_a_fit_is_raised_if_that_is_wanted(engine, three_digits):
    """`error_score="raise"` raises what the fit raised."""
    search = one_split_search(
        classifier(linear, loss=broken), engine=engine, error_score="raise", n_jobs=1
    )
    with pytest.raises(ValueError, match="this loss does not work"):
        search.fit(*three_digits)


@pytest.mark.parametrize("engine", ENGINES)
def test_divergence_is_raised_if_that_is_wanted(engine, three_digits):
    """`error_score="raise"` holds for divergence, too."""
    search = one_split_search(classifier(learning_rate=1e30), engine=engine, error_score="raise")
    with pytest.raises(ArithmeticError, match="training diverged"):
        search.fit(*three_digits)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_search_in_which_all_fits_diverge_says_so(engine, three_digits):
    """There is no best candidate, which is scikit-learn's error."""
    search = one_split_search(classifier(learning_rate=1e30), engine=engine)
    with pytest.raises(ValueError, match="All the 1 fits failed"):
        search.fit(*three_digits)


def test_a_model_that_a_user_registered_reaches_worker_processes(three_digits, monkeypatch):
    """A name that only this process knows means the same in its workers."""
    assert "digits_cnn" in registry.names()  # registers all
    entry = replace(registry._entries["digits_cnn"], builder=linear)
    monkeypatch.setitem(registry._entries, "my_model", entry)
    workers, serial = (
        one_split_search(classifier("my_model"), GRID, engine=engine, n_jobs=2)
        for engine in ("processes", "serial")
    )
    assert_equal_results(results_of(workers, *three_digits), results_of(serial, *three_digits))


@pytest.mark.parametrize("engine", ["compiled", "processes"])
def test_half_precision_gives_the_numbers_of_separate_fits(engine, three_digits):
    """Keras's own scaling of losses is part of a fit."""
    keras.config.set_dtype_policy("mixed_float16")
    try:
        searches = [
            one_split_search(
                classifier(learning_rate=0.1), {"epochs": [1, 2]}, engine=kind, n_jobs=2
            ).fit(*three_digits)
            for kind in (engine, "serial")
        ]
    finally:
        keras.config.set_dtype_policy("float32")
    assert searches[0].learning_curves_.equals(searches[1].learning_curves_)


# Threads


def test_searches_in_two_threads_give_the_numbers_of_one_after_another(three_digits):
    """Neither networks, seeds nor global state are mixed up."""
    X, y = three_digits
    searches = [
        one_split_search(classifier(linear, optimizer=name, random_state=seed), GRID)
        for name, seed in (("adam", 1), ("sgd", 2))
    ]
    expected = [sklearn.base.clone(each).fit(X, y) for each in searches]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda search: search.fit(X, y), searches * 2))
    for search, alone in zip(found[:2], expected, strict=True):
        assert_equal_results(search.cv_results_, alone.cv_results_)
        assert search.learning_curves_.equals(alone.learning_curves_)


def test_another_thread_may_fit_beside_a_search(three_digits):
    """A single fit has its own numbers while a search runs."""
    X, y = three_digits
    estimator = classifier(linear, optimizer="adam", epochs=4)
    alone = sklearn.base.clone(estimator).fit(X, y)
    search = one_split_search(classifier(optimizer="adam"), {"random_state": [1, 2, 3]})
    expected = sklearn.base.clone(search).fit(X, y)
    with ThreadPoolExecutor(2) as threads:
        searching = threads.submit(search.fit, X, y)
        fitting = threads.submit(estimator.fit, X, y)
        assert searching.result().learning_curves_.equals(expected.learning_curves_)
        assert fitting.result().history_ == alone.history_
