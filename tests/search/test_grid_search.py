"""kerascnn.GridSearchCV keeps scikit-learn's contract, whatever engine runs the fits."""

import numpy as np
import pytest
import sklearn.model_selection
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import ShuffleSplit

from kerascnn import GridSearchCV
from tests.search.expectations import (
    GRID,
    assert_equal_results,
    assert_results_of,
    classifier,
)

ENGINES = ["serial", "fused", "compiled"]


def accuracy_and_error(estimator, X, y) -> dict[str, float]:
    """Score as a callable may: with several metrics at once."""
    accuracy = accuracy_score(y, estimator.predict(X))
    return {"accuracy": accuracy, "error": -1 + accuracy}


def least_regularised_of_the_better(results) -> int:
    """Choose a candidate as a callable `refit` may."""
    better = results["mean_test_score"] >= np.median(results["mean_test_score"])
    return int(np.flatnonzero(better)[0])


SETTINGS = {
    "probabilities": {"scoring": "neg_log_loss", "return_train_score": True},
    "several metrics": {"scoring": ["accuracy", "f1_macro"], "refit": "f1_macro"},
    "callable metrics": {"scoring": accuracy_and_error, "refit": "error"},
    "own scorer and splitter": {
        "scoring": make_scorer(accuracy_score, normalize=False),
        "cv": ShuffleSplit(2, test_size=0.3, random_state=5),
        "refit": False,
    },
    "callable refit": {"refit": least_regularised_of_the_better},
}


@pytest.mark.numbers
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("setting", SETTINGS)
def test_results_equal_those_of_scikit_learn(setting, engine, three_digits):
    """Every column but the times, and the choice of the best, are scikit-learn's."""
    arguments = {"cv": 2, **SETTINGS[setting]}
    stock = sklearn.model_selection.GridSearchCV(classifier(), GRID, **arguments)
    stock.fit(*three_digits)
    own = GridSearchCV(classifier(), GRID, engine=engine, **arguments).fit(*three_digits)
    assert_results_of(engine, own.cv_results_, stock.cv_results_)
    assert own.multimetric_ == stock.multimetric_
    assert own.n_splits_ == stock.n_splits_
    for name in ("best_index_", "best_params_"):
        assert getattr(own, name, None) == getattr(stock, name, None)
    assert hasattr(own, "best_score_") == hasattr(stock, "best_score_")
    if hasattr(own, "best_score_"):  # to be found among the results, which were compared
        metric = own.refit if isinstance(own.refit, str) else "score"
        assert own.best_score_ == own.cv_results_[f"mean_test_{metric}"][own.best_index_]
    if own.refit:
        X = three_digits[0]
        np.testing.assert_array_equal(own.predict_proba(X), stock.predict_proba(X))


@pytest.mark.numbers
def test_processes_give_the_results_of_one_process(three_digits):
    """Worker processes change the times and nothing else."""
    arguments = {"cv": 2, "return_train_score": True, "refit": False}
    serial = GridSearchCV(classifier(), GRID, engine="serial", **arguments).fit(*three_digits)
    workers = GridSearchCV(classifier(), GRID, engine="processes", n_jobs=2, **arguments)
    workers.fit(*three_digits)
    assert_equal_results(workers.cv_results_, serial.cv_results_)
    assert workers.learning_curves_.equals(serial.learning_curves_)


def test_another_estimator_is_searched_by_scikit_learn(three_digits):
    """With an estimator that is not a CNNClassifier the search is scikit-learn's own."""
    X, y = three_digits[0].reshape(90, -1), three_digits[1]
    arguments = (LogisticRegression(), {"C": [0.01, 1.0]})
    own = GridSearchCV(*arguments, cv=3).fit(X, y)
    stock = sklearn.model_selection.GridSearchCV(*arguments, cv=3).fit(X, y)
    assert_equal_results(own.cv_results_, stock.cv_results_)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_diverged_fit_scores_error_score_and_ranks_last(engine, three_digits):
    """Divergence is a result: no warning, the given score, the last rank, the epoch kept."""
    grid = {"learning_rate": [0.1, 1e9]}
    search = GridSearchCV(
        classifier(), grid, cv=2, engine=engine, error_score=-1.0, return_train_score=True
    ).fit(*three_digits)
    assert search.cv_results_["mean_test_score"][1] == -1
    assert search.cv_results_["mean_train_score"][1] == -1
    assert search.cv_results_["rank_test_score"].tolist() == [1, 2]
    assert search.diverged_[["candidate", "split"]].to_numpy().tolist() == [[1, 0], [1, 1]]
    assert search.diverged_["epoch"].between(1, 2).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning")
@pytest.mark.filterwarnings("ignore:One or more of the test scores:UserWarning")
def test_a_diverged_fit_scores_error_score_in_scikit_learns_search_too(three_digits):
    """In scikit-learn's own search a diverged candidate scores NaN and ranks last."""
    grid = {"learning_rate": [0.1, 1e9]}
    search = sklearn.model_selection.GridSearchCV(classifier(), grid, cv=2).fit(*three_digits)
    assert np.isnan(search.cv_results_["mean_test_score"]).tolist() == [False, True]
    assert search.cv_results_["rank_test_score"].tolist() == [1, 2]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_fit_keeps_its_learning_curves(engine, three_digits):
    """The curves of a fit are the history of a separate Keras fit on the same split."""
    X, y = three_digits
    halves = [(np.arange(60), np.arange(60, 90)), (np.arange(30, 90), np.arange(30))]
    search = GridSearchCV(classifier(), GRID, cv=halves, engine=engine, refit=False).fit(X, y)
    curves = search.learning_curves_
    assert len(curves) == 2 * 2 * 2
    train, test = halves[1]
    alone = classifier(**search.cv_results_["params"][1])
    alone.fit(X[train], y[train], validation_data=(X[test], y[test]))
    kept = curves.query("candidate == 1 and split == 1")
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        tolerance = 1e-5 if engine == "fused" else 0
        np.testing.assert_allclose(kept[name], alone.history_[name], tolerance, err_msg=name)


def test_without_a_random_state_one_seed_serves_all_fits(three_digits):
    """The seed that is drawn is kept, and gives the same numbers when set."""
    arguments = {"cv": 2, "refit": False, "engine": "serial"}
    drawn = GridSearchCV(classifier(random_state=None), GRID, **arguments).fit(*three_digits)
    again = GridSearchCV(classifier(random_state=drawn.seed_), GRID, **arguments)
    again.fit(*three_digits)
    assert_equal_results(again.cv_results_, drawn.cv_results_)
