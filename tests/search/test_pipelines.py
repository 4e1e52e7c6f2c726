"""Searches over pipelines: every column is scikit-learn's, though transformers are fitted once."""

import numpy as np
import pytest
import sklearn.model_selection
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import PCA
from sklearn.metrics import make_scorer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from kerascnn import CNNClassifier, CNNRegressor, GridSearchCV, HalvingGridSearchCV
from kerascnn.search import pipelines
from tests.networks import tiny_cnn
from tests.search.expectations import assert_equal_results

RNG = np.random.default_rng(0)
X = RNG.random((42, 36))
Y = np.array(["ant", "bee", "cow"])[np.arange(42) % 3]
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


def both(estimator, grid, engine="compiled", y=Y, fit=None, **options):
    """Return a search and scikit-learn's own, fitted alike."""
    settings = {"cv": 3, "return_train_score": True, **options}
    own = GridSearchCV(clone(estimator), grid, engine=engine, progress=False, **settings)
    theirs = sklearn.model_selection.GridSearchCV(clone(estimator), grid, **settings)
    return own.fit(X, y, **(fit or {})), theirs.fit(X, y, **(fit or {}))


@pytest.mark.numbers
@pytest.mark.parametrize("engine", ["compiled", "serial", "processes"])
def test_every_column_is_scikit_learns(engine):
    """For transformers whose training samples are predicted in another form, and a refit."""
    grid = {"step0__share": [0.5, 1.0], "cnn__learning_rate": [0.001, 0.01], "cnn__epochs": [1, 2]}
    own, theirs = both(pipeline(Offset()), grid, engine)
    assert_equal_results(own.cv_results_, theirs.cv_results_)
    assert own.best_params_ == theirs.best_params_
    np.testing.assert_array_equal(own.predict_proba(X), theirs.predict_proba(X))
    assert len(own.learning_curves_) == 3 * 2 * 2 * (1 + 2)


def test_transformers_are_fitted_once_per_split_and_setting():
    """Whatever the number of networks; once more for the best."""
    Offset.fitted = 0
    grid = {"step0__share": [0.5, 1.0], "cnn__l2": [0.0, 0.01, 0.1]}
    search = GridSearchCV(pipeline(Offset()), grid, cv=3, engine="compiled").fit(X, Y)
    assert Offset.fitted == 3 * 2 + 1
    assert "transformers are fitted once for each of 2 settings × 3 splits" in search.plan_.text


@pytest.mark.parametrize(
    "grid",
    [
        {"step0": [StandardScaler(), PCA(16, random_state=0)], "cnn__l2": [0.0, 0.1]},
        [{"step0": ["passthrough"]}, {"step0__n_components": [16, 25], "cnn__batch_size": [4]}],
    ],
    ids=["steps", "sizes"],
)
def test_steps_may_be_swept(grid):
    """Transformers as a whole, none at all, and those that make another number of features."""
    own, theirs = both(pipeline(PCA(25, random_state=0)), grid)
    assert_equal_results(own.cv_results_, theirs.cv_results_)


def test_weights_reach_the_cnn_and_the_transformers():
    """By scikit-learn's names for arguments of steps, cut to each split."""
    weights = RNG.random(42)
    fit = {"cnn__sample_weight": weights, "step0__sample_weight": weights}
    own, theirs = both(pipeline(StandardScaler()), {"cnn__l2": [0.0, 0.1]}, "auto", fit=fit)
    assert_equal_results(own.cv_results_, theirs.cv_results_)


def test_regressors_are_searched_likewise():
    """With several metrics."""
    estimator = pipeline(StandardScaler(), last=CNNRegressor(epochs=2, random_state=0))
    scoring = ["r2", "neg_mean_absolute_error"]
    options = {"y": X.mean(axis=1), "scoring": scoring, "refit": "r2"}
    own, theirs = both(estimator, {"cnn__l2": [0.0, 0.1]}, **options)
    assert_equal_results(own.cv_results_, theirs.cv_results_)


def test_a_stored_search_resumes(tmp_path):
    """And other transformers are other fits."""
    estimator, store = pipeline(StandardScaler()), tmp_path / "fits.sqlite"
    found = [
        GridSearchCV(estimator, grid, cv=3, store=store).fit(X, Y)
        for grid in ({"cnn__l2": [0.0]}, {"cnn__l2": [0.0], "step0__with_mean": [True, False]})
    ]
    assert [search.n_restored_ for search in found] == [0, 3]


def test_halving_goes_on_behind_transformers():
    """With scikit-learn's columns, rung by rung."""
    grid, options = {"cnn__learning_rate": [0.001, 0.01, 0.1, 0.3]}, {"cv": 2, "random_state": 0}
    options |= {"resource": "cnn__epochs", "min_resources": 1, "max_resources": 4, "factor": 2}
    own = HalvingGridSearchCV(pipeline(StandardScaler()), grid, engine="compiled", **options)
    theirs = sklearn.model_selection.HalvingGridSearchCV(
        pipeline(StandardScaler()), grid, **options
    )
    assert_equal_results(own.fit(X, Y).cv_results_, theirs.fit(X, Y).cv_results_)


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
    ],
    ids=["scorer", "whole step", "forms"],
)
def test_what_lanes_cannot_do_is_scikit_learns(estimator, grid, options, reason):
    """Or an error that says so, where an engine was named."""
    options = {"return_train_score": False, **options}
    own, theirs = both(estimator, grid, "auto", **options)
    assert_equal_results(own.cv_results_, theirs.cv_results_)
    with pytest.raises(ValueError, match=f"cannot reach into Pipeline .*{reason}"):
        both(estimator, grid, "compiled", **options)


def test_a_transformer_that_fails_scores_error_score():
    """As in scikit-learn's own search."""
    failing = FunctionTransformer(lambda X: X[:, :0] if X.min() > 0.0001 else X / 0, validate=False)
    broken = pipeline(PCA(60), failing)
    with pytest.raises(ValueError, match="All the 3 fits failed"):
        GridSearchCV(broken, {"cnn__l2": [0.0]}, cv=3, progress=None).fit(X, Y)


def test_a_scorer_of_scikit_learns_sees_predictions_only():
    """And so is no reason to leave a pipeline alone."""
    scorer = make_scorer(lambda y, predicted: float(np.mean(y == predicted)))
    own, theirs = both(pipeline(StandardScaler()), {"cnn__l2": [0.0, 0.1]}, scoring=scorer)
    assert_equal_results(own.cv_results_, theirs.cv_results_)


def test_the_cnn_of_a_pipeline_is_found():
    """And none in a subclass, which may do anything."""

    class Own(Pipeline):
        pass

    steps = [("scale", StandardScaler()), ("cnn", cnn())]
    assert pipelines.cnn_of(Pipeline(steps)) is steps[1][1]
    assert pipelines.cnn_of(Own(steps)) is None
