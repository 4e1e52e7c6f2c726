"""Searches over pipelines: every column is scikit-learn's, though transformers are fitted once."""

import functools
import gc
import weakref

import numpy as np
import pytest
import sklearn.model_selection
from scipy.stats import uniform
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import PCA
from sklearn.metrics import make_scorer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from kerascnn import (
    CNNClassifier,
    CNNRegressor,
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
)
from kerascnn.internals.scikit_learn import BaseSearchCV
from kerascnn.search import pipeline_planner, pipelines
from kerascnn.search.preparation import prepare
from tests.networks import tiny_cnn
from tests.search.expectations import assert_equal_results

RNG = np.random.default_rng(0)
X = RNG.random((42, 36))
Y = np.array(["ant", "bee", "cow"])[np.arange(42) % 3]
ONE_SPLIT = [(np.arange(30), np.arange(30, 42))]
# Of 12 and of 30 samples, whose principal components differ in number.
UNEVEN = [(np.arange(18), np.arange(18, 42)), (np.arange(6, 42), np.arange(6))]


def cnn(**parameters):
    """Return a classifier whose fits take a moment."""
    return CNNClassifier(tiny_cnn, **{"epochs": 2, "batch_size": 8, "random_state": 0} | parameters)


def pipeline(*transformers, last=None):
    """Return a pipeline of transformers and a classifier."""
    steps = [(f"step{number}", each) for number, each in enumerate(transformers)]
    return Pipeline([*steps, ("cnn", cnn() if last is None else last)])


class Offset(TransformerMixin, BaseEstimator):
    """Subtracts the mean of its training samples, from these themselves twice."""

    fitted = 0

    def __init__(self, share=1.0):
        self.share = share

    def fit(self, X, y=None):
        """Remember the mean, and count."""
        type(self).fitted += 1
        self.mean_ = X.mean(axis=0)
        return self

    def transform(self, X):
        """Subtract a share of the mean."""
        return X - self.share * self.mean_

    def fit_transform(self, X, y=None, **params):
        """Subtract twice as much."""
        return self.fit(X).transform(X) - self.share * self.mean_


def stock(estimator, grid, y=Y, fit=None, kind=sklearn.model_selection.GridSearchCV, **options):
    """Return scikit-learn's own search, fitted: each of its fits takes a second."""
    settings = {"cv": ONE_SPLIT, "return_train_score": True, "refit": False, **options}
    return kind(clone(estimator), grid, **settings).fit(X, y, **(fit or {}))


def assert_searched_alike(estimator, grid, engine="compiled", y=Y, fit=None, **options):
    """Hold a search against scikit-learn's own."""
    settings = {"cv": ONE_SPLIT, "return_train_score": True, "refit": False, **options}
    own = GridSearchCV(clone(estimator), grid, engine=engine, **settings).fit(X, y, **(fit or {}))
    expected = stock(estimator, grid, y, fit, **options)
    assert_equal_results(own.cv_results_, expected.cv_results_)


OFFSETS = {"step0__share": [0.5, 1.0]}


@functools.cache
def stock_of_offsets():
    """Return scikit-learn's search over what subtracts a share of the mean."""
    return stock(pipeline(Offset()), OFFSETS, refit=True)


@pytest.mark.parametrize("engine", [pytest.param("compiled", marks=pytest.mark.numbers), "serial"])
def test_every_column_is_scikit_learns(engine):
    """For transformers whose training samples are predicted in another form, and a refit."""
    settings = {"cv": ONE_SPLIT, "return_train_score": True, "engine": engine}
    own = GridSearchCV(pipeline(Offset()), OFFSETS, **settings).fit(X, Y)
    expected = stock_of_offsets()
    assert_equal_results(own.cv_results_, expected.cv_results_)
    assert own.best_params_ == expected.best_params_
    np.testing.assert_array_equal(own.predict_proba(X), expected.predict_proba(X))
    assert len(own.learning_curves_) == 2 * 2


def test_transformers_are_fitted_once_per_split_and_setting():
    """Whatever the number of networks."""
    Offset.fitted = 0
    grid = {"step0__share": [0.5, 1.0], "cnn__l2": [0.0, 0.01, 0.1]}
    search = GridSearchCV(pipeline(Offset()), grid, cv=3, engine="compiled", refit=False)
    search.fit(X, Y)
    assert Offset.fitted == 3 * 2
    assert "transformers are fitted once for each of 2 settings × 3 splits" in search.plan_.text


@pytest.mark.parametrize(
    "grid",
    [
        {"step0": [StandardScaler(), PCA(16, random_state=0)]},
        [{"step0": ["passthrough"]}, {"step0__n_components": [25], "cnn__batch_size": [4]}],
    ],
    ids=["steps", "sizes"],
)
def test_steps_may_be_swept(grid):
    """Transformers as a whole, none at all, and those that make another number of features."""
    assert_searched_alike(pipeline(PCA(20, random_state=0)), grid)


def test_weights_reach_the_cnn_and_the_transformers():
    """By scikit-learn's names for arguments of steps, cut to each split."""
    weights = RNG.random(42)
    fit = {"cnn__sample_weight": weights, "step0__sample_weight": weights}
    assert_searched_alike(pipeline(StandardScaler()), {"cnn__l2": [0.1]}, fit=fit)


def test_regressors_are_searched_likewise():
    """With several metrics."""
    estimator = pipeline(StandardScaler(), last=CNNRegressor(epochs=2, random_state=0))
    scoring, brightness = ["r2", "neg_mean_absolute_error"], X.mean(axis=1)
    assert_searched_alike(estimator, {"cnn__l2": [0.1]}, y=brightness, scoring=scoring)


def test_a_stored_search_resumes(tmp_path):
    """And other transformers are other fits."""
    estimator, store = pipeline(StandardScaler()), tmp_path / "fits.sqlite"
    found = [
        GridSearchCV(estimator, grid, cv=3, store=store, refit=False).fit(X, Y)
        for grid in ({"cnn__l2": [0.0]}, {"cnn__l2": [0.0], "step0__with_mean": [True, False]})
    ]
    assert [search.n_restored_ for search in found] == [0, 3]


def test_halving_goes_on_behind_transformers():
    """With scikit-learn's columns, rung by rung."""
    grid, rungs = {"cnn__learning_rate": [0.001, 0.1]}, {"min_resources": 1, "max_resources": 2}
    options = {"cv": ONE_SPLIT, "random_state": 0, "resource": "cnn__epochs", "factor": 2, **rungs}
    own = HalvingGridSearchCV(pipeline(StandardScaler()), grid, engine="compiled", **options)
    kind = sklearn.model_selection.HalvingGridSearchCV
    expected = stock(pipeline(StandardScaler()), grid, kind=kind, **options)
    assert_equal_results(own.set_params(refit=False).fit(X, Y).cv_results_, expected.cv_results_)


def _look(estimator, X, y):
    return float(len(estimator.steps))


@pytest.mark.parametrize(
    ("estimator", "grid", "options", "reason"),
    [
        (pipeline(StandardScaler()), {"cnn__l2": [0.0]}, {"scoring": _look}, "look into"),
        (pipeline(StandardScaler()), {"cnn": [cnn(), cnn(l2=0.1)]}, {}, "as a whole"),
        (
            pipeline(PCA(0.6)),
            {"cnn__l2": [0.0]},
            {"cv": [(range(6), range(6, 42)), (range(6, 42), range(6))]},
            "form",
        ),
        (pipeline(MinMaxScaler(copy=False)), {"cnn__l2": [0.0]}, {}, "in place"),
    ],
    ids=["scorer", "whole step", "forms", "in place"],
)
def test_what_lanes_cannot_do_is_scikit_learns(estimator, grid, options, reason, monkeypatch):
    """Or an error that says so, where an engine was named."""
    left = []
    monkeypatch.setattr(BaseSearchCV, "fit", lambda search, *_: left.append(search) or search)
    search = GridSearchCV(estimator, grid, **{"cv": 2, **options})
    assert search.fit(X, Y) is left[0]
    with pytest.raises(ValueError, match=f"cannot reach into Pipeline .*{reason}"):
        search.set_params(engine="compiled").fit(X, Y)


def test_scikit_learns_search_begins_with_the_same_draws(monkeypatch):
    """Candidates and splits that lanes did not come to are drawn again, and generators read."""
    numbers, found = np.random.RandomState(0), []

    def fit(search, *_):
        found.append((numbers.get_state()[1].tolist(), np.random.random(), list(search.cv)))
        return search

    monkeypatch.setattr(BaseSearchCV, "fit", fit)
    splits, state = (split for split in ONE_SPLIT), numbers.get_state()[1].tolist()
    grid = {"cnn__learning_rate": uniform(0.1, 0.2)}
    search = RandomizedSearchCV(
        pipeline(MinMaxScaler(copy=False)), grid, n_iter=2, cv=splits, random_state=numbers
    )
    np.random.seed(7)
    search.fit(X, Y)
    assert search.cv is splits
    [(restored, drawn, read)] = found
    assert restored == state
    assert drawn == np.random.RandomState(7).random()
    assert len(read) == 1


def test_there_is_no_plan_of_scikit_learns_search():
    """It says so."""
    search = GridSearchCV(pipeline(MinMaxScaler(copy=False)), {"cnn__l2": [0.0]}, cv=2)
    with pytest.raises(ValueError, match="no plan: this pipeline is left to scikit-learn's"):
        search.plan(X, Y)


class Stateless(TransformerMixin, BaseEstimator):
    """A transformer without anything fitted, as tutorials write them; its pickle is incomplete."""

    def __init__(self, function=None):
        self.function = function

    def __getstate__(self):
        return {"function": None}

    def fit(self, X, y=None):
        """Learn nothing."""
        return self

    def transform(self, X):
        """Call the function."""
        return self.function(X)


def test_transformers_of_users_need_no_state():
    """Those with other functions are others, whatever is in their pickles."""
    assert_searched_alike(pipeline(Stateless()), {"step0__function": [np.sqrt, np.square]})


def test_transformers_that_are_like_nothing_else_live_as_long_as_the_search(monkeypatch):
    """The next that is made may otherwise be taken for one that has gone."""
    made, plain = [], pipelines.transformed

    def transformed(task, transformers, splits):
        made.append(weakref.ref(transformers))
        return plain(task, transformers, splits)

    monkeypatch.setattr(pipeline_planner, "transformed", transformed)
    search = GridSearchCV(pipeline(FunctionTransformer(lambda X: X)), {"cnn__l2": [0.0]}, cv=2)
    planner = search._planner(prepare(search, X, Y, {}))
    planner.plan([{}])
    gc.collect()
    assert [each() is None for each in made] == [False]


def test_a_transformer_that_fails_scores_error_score():
    """As in scikit-learn's own search."""
    failing = FunctionTransformer(lambda X: X[:, :0] if X.min() > 0.0001 else X / 0, validate=False)
    broken = pipeline(PCA(60), failing)
    with pytest.raises(ValueError, match="All the 2 fits failed"):
        GridSearchCV(broken, {"cnn__l2": [0.0]}, cv=2).fit(X, Y)


def test_a_scorer_of_scikit_learns_sees_predictions_only():
    """And so is no reason to leave a pipeline alone."""
    scorer = make_scorer(lambda y, predicted: float(np.mean(y == predicted)))
    assert_searched_alike(pipeline(StandardScaler()), {"cnn__l2": [0.1]}, scoring=scorer)


def test_the_cnn_of_a_pipeline_is_found():
    """And none in a subclass, which may do anything."""

    class Own(Pipeline):
        pass

    steps = [("scale", StandardScaler()), ("cnn", cnn())]
    assert pipelines.cnn_of(Pipeline(steps)) is steps[1][1]
    assert pipelines.cnn_of(Own(steps)) is None
