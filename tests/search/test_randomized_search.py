"""kerascnn.RandomizedSearchCV draws and scores what scikit-learn's draws and scores."""

import numpy as np
import pytest
import sklearn.model_selection
from scipy.stats import loguniform
from sklearn.linear_model import LogisticRegression

from kerascnn import GridSearchCV, RandomizedSearchCV
from tests.search.expectations import (
    ONE_SPLIT,
    assert_equal_results,
    assert_results_of,
    classifier,
    linear,
)

DISTRIBUTIONS = {"learning_rate": loguniform(1e-3, 1e-1), "batch_size": [16, 30]}


@pytest.fixture(scope="module")
def stock(three_digits) -> sklearn.model_selection.RandomizedSearchCV:
    """Return scikit-learn's search, fitted."""
    return sklearn.model_selection.RandomizedSearchCV(
        classifier(linear), DISTRIBUTIONS, n_iter=3, cv=2, random_state=7
    ).fit(*three_digits)


def own_search(**arguments) -> RandomizedSearchCV:
    """Return this package's search with the same arguments."""
    settings = {"n_iter": 3, "cv": 2, "random_state": 7, **arguments}
    return RandomizedSearchCV(classifier(linear), DISTRIBUTIONS, **settings)


@pytest.mark.numbers
@pytest.mark.parametrize("engine", ["compiled", "stacks"])
def test_results_equal_those_of_scikit_learn(engine, stock, three_digits):
    """The same seed draws the same candidates in the same order, with the same scores."""
    own = own_search(engine=engine).fit(*three_digits)
    assert_results_of(engine, own.cv_results_, stock.cv_results_)
    assert own.best_params_ == stock.best_params_
    X = three_digits[0]
    np.testing.assert_array_equal(own.predict_proba(X), stock.predict_proba(X))


def test_a_plan_leaves_a_random_generator_as_it_was(stock, three_digits):
    """Planning draws candidates, but none of those that `fit` is to draw."""
    search = own_search(random_state=np.random.RandomState(7), refit=False)
    plan = search.plan(*three_digits)
    assert [fit.parameters for fit in plan.fits[::2]] == stock.cv_results_["params"]
    assert search.fit(*three_digits).cv_results_["params"] == stock.cv_results_["params"]


def test_finished_fits_come_from_the_store(tmp_path, three_digits):
    """More draws of one seed keep the earlier ones, which are not trained again."""
    arguments = {"cv": ONE_SPLIT, "refit": False, "engine": "compiled", "store": tmp_path / "s"}
    assert own_search(n_iter=2, **arguments).fit(*three_digits).n_restored_ == 0
    assert own_search(n_iter=3, **arguments).fit(*three_digits).n_restored_ == 2


def test_draws_without_a_seed_are_said_not_to_resume(tmp_path, three_digits):
    """A store cannot help a search that draws other candidates when it is started again."""
    with_store = own_search(random_state=None, store=tmp_path / "s").plan(*three_digits)
    assert "random_state=None of the search draws other candidates" in with_store.describe()
    assert "random_state" not in own_search(store=tmp_path / "s").plan(*three_digits).describe()


class TwoTurns(GridSearchCV):
    """Tries a larger learning rate only if the larger of two is better."""

    def _run_search(self, evaluate_candidates):
        results = evaluate_candidates([{"learning_rate": 0.01}, {"learning_rate": 0.1}])
        if results["mean_test_score"][1] > results["mean_test_score"][0]:
            evaluate_candidates([{"learning_rate": 0.2}])


def test_a_search_of_ones_own_evaluates_candidates_in_turns(three_digits):
    """A subclass says what is tried next, as scikit-learn documents it."""
    search = TwoTurns(classifier(linear), {}, cv=ONE_SPLIT, engine="compiled").fit(*three_digits)
    assert search.cv_results_["param_learning_rate"].tolist() == [0.01, 0.1, 0.2]
    trained = [line for line in search.plan_.describe().splitlines() if " compiled, " in line]
    assert [line.split(" fit")[0] for line in trained] == ["2", "1"]
    assert search.learning_curves_["candidate"].max() == 2


def test_another_estimator_is_searched_by_scikit_learn(three_digits):
    """With an estimator of scikit-learn's the search is scikit-learn's own."""
    X, y = three_digits[0].reshape(90, -1), three_digits[1]
    arguments = (LogisticRegression(), {"C": loguniform(1e-2, 1.0)})
    own = RandomizedSearchCV(*arguments, n_iter=2, cv=2, random_state=0).fit(X, y)
    stock = sklearn.model_selection.RandomizedSearchCV(
        *arguments, n_iter=2, cv=2, random_state=0
    ).fit(X, y)
    assert_equal_results(own.cv_results_, stock.cv_results_)
