"""Searches over estimators that are no classifiers: every engine, loss and scorer, bit for bit."""

import functools

import keras
import numpy as np
import pandas as pd
import pytest
import sklearn.model_selection
from keras import layers
from sklearn.metrics import make_scorer, mean_absolute_error

from kerascnn import CNNRegressor, ConvAutoencoder, GridSearchCV
from tests.search.expectations import assert_equal_results, columns_but_times

RNG = np.random.default_rng(0)
X = RNG.random((36, 6, 5, 1), dtype=np.float32)
Y = X.mean(axis=(1, 2, 3)) * 10
ONE_SPLIT = [(np.arange(24), np.arange(24, 36))]
EXACT = ["compiled", "processes", "auto"]
LOSSES = ["mean_squared_error", "mean_absolute_error", "huber", "binary_crossentropy"]


def images_to_images(input_shape, output_shape, *, n_filters=4, l2=0.0):
    """Build a network of images that ends in sigmoid."""
    penalty = keras.regularizers.L2(l2)
    settings = {"padding": "same", "kernel_regularizer": penalty}
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(n_filters, 3, activation="relu", **settings),
            layers.Conv2D(output_shape[-1], 3, activation="sigmoid", **settings),
        ]
    )


def regressor(model="regression_cnn", **parameters):
    """Return a regressor whose fits take a moment."""
    return CNNRegressor(model, **{"epochs": 2, "batch_size": 8, "random_state": 0, **parameters})


def autoencoder(**parameters):
    """Return an autoencoder whose fits take a moment."""
    settings = {"n_codes": 3, "epochs": 2, "batch_size": 8, "random_state": 0}
    small = {"model__n_filters": 2, "model__depth": 1}
    return ConvAutoencoder(**{**settings, **small, **parameters})


def searched(estimator, grid, engine, y=None, **options):
    """Return a fitted search with its training scores."""
    settings = {"cv": ONE_SPLIT, "return_train_score": True, "progress": False, **options}
    fit = {"sample_weight": settings.pop("sample_weight", None)}
    return GridSearchCV(estimator, grid, engine=engine, **settings).fit(X, y, **fit)


def assert_equal(search, oracle):
    """Hold results, learning curves and the best network against a serial search's."""
    assert_equal_results(search.cv_results_, oracle.cv_results_)
    pd.testing.assert_frame_equal(search.learning_curves_, oracle.learning_curves_)
    weights = [each.best_estimator_.model_.get_weights() for each in (search, oracle)]
    for mine, theirs in zip(*weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.numbers
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_of_images_are_compiled_exactly(loss):
    """For targets that are images."""
    grid = [{"learning_rate": [0.001, 0.01], "epochs": [1]}, {"l2": [0.01], "epochs": [2]}]
    estimator = regressor(images_to_images, loss=loss)
    serial = searched(estimator, grid, "serial", X)
    compiled = searched(estimator, grid, "compiled", X)
    assert_equal(compiled, serial)
    assert len(serial.learning_curves_) == 4


@functools.cache
def of_numbers(engine):
    """Return a fitted search over networks of numbers, with a penalty."""
    return searched(regressor(), {"learning_rate": [0.001, 0.01], "l2": [0.01]}, engine, Y)


@functools.cache
def of_codes(engine):
    """Return a fitted search over the number of codes, without targets."""
    return searched(autoencoder(), {"n_codes": [2, 3]}, engine)


@pytest.mark.parametrize("engine", EXACT)
@pytest.mark.parametrize("search", [of_numbers, of_codes])
def test_every_engine_searches_numbers_and_codes(search, engine):
    """With a serial search's results."""
    assert_equal(search(engine), search("serial"))


@pytest.mark.numbers
@pytest.mark.parametrize("loss", LOSSES[2:])
def test_autoencoders_of_pixels_are_compiled_exactly(loss):
    """uint8, ending in sigmoid, with noise in front."""
    estimator = autoencoder(
        loss=loss, augmentation="noise", model__output_activation="sigmoid", metrics=["mse"]
    )
    pixels, grid = (X * 255).astype(np.uint8), {"augmentation__noise": [0.05, 0.2]}
    compiled, serial = (
        GridSearchCV(estimator, grid, cv=ONE_SPLIT, engine=engine, progress=False).fit(pixels)
        for engine in ("compiled", "serial")
    )
    assert_equal(compiled, serial)


def test_every_metric_has_curves():
    """Those of a separate fit; there are none of accuracy."""
    halves = [(np.arange(20), np.arange(20, 30))]
    settings = {"metrics": ["mae"], "epochs": 2}
    search = searched(regressor(), {"metrics": [["mae"]], "epochs": [2]}, "auto", Y, cv=halves)
    names = ["loss", "val_loss", "mean_absolute_error", "val_mean_absolute_error"]
    assert list(search.learning_curves_) == ["candidate", "split", "epoch", *names]
    alone = regressor(**settings)
    alone.fit(X[:20], Y[:20], validation_data=(X[20:30], Y[20:30]))
    for name in names:
        assert search.learning_curves_[name].tolist() == alone.history_[name]


def test_results_are_scikit_learns():
    """In every column but the times, for a search that has no targets as well."""
    for estimator, y, grid in (
        (regressor(optimizer="sgd"), Y, {"learning_rate": [0.001, 0.01]}),
        (autoencoder(optimizer="sgd"), None, {"n_codes": [2, 3]}),
    ):
        theirs = sklearn.model_selection.GridSearchCV(estimator, grid, cv=2).fit(X, y)
        ours = GridSearchCV(estimator, grid, cv=2, progress=False).fit(X, y)
        expected = columns_but_times(theirs.cv_results_)
        for name, column in columns_but_times(ours.cv_results_).items():
            np.testing.assert_allclose(
                column.astype(float), expected[name].astype(float), rtol=1e-5, err_msg=name
            ) if name.startswith(("mean", "std", "split")) else None
        assert ours.best_params_ == theirs.best_params_


@pytest.mark.parametrize(
    "scoring",
    [
        "neg_mean_squared_error",
        "r2",
        ["neg_mean_absolute_error", "explained_variance"],
        make_scorer(mean_absolute_error, greater_is_better=False),
    ],
)
def test_scorers_of_regressions_are_taken(scoring):
    """Names, several, and one's own."""
    estimator = regressor(optimizer="sgd")
    options = {
        "scoring": scoring,
        "refit": "explained_variance" if isinstance(scoring, list) else True,
    }
    grid = {"learning_rate": [0.001, 0.01]}
    compiled, serial = (
        searched(estimator, grid, engine, np.stack([Y, -Y], axis=1), **options)
        for engine in ("compiled", "serial")
    )
    assert_equal(compiled, serial)


def bottleneck(estimator, X, y=None):
    """Score an autoencoder by the spread of its codes."""
    return float(estimator.transform(X).std())


def test_a_scorer_may_look_at_the_codes():
    """It is given an estimator with a network of its own."""
    grid = {"n_codes": [2, 3]}
    compiled, serial = (
        searched(autoencoder(optimizer="sgd"), grid, engine, scoring=bottleneck)
        for engine in ("compiled", "serial")
    )
    assert_equal(compiled, serial)


@pytest.mark.numbers
@pytest.mark.parametrize("case", ["images", "codes"])
def test_weights_of_samples_are_compiled_exactly(case):
    """Although a loss of images has a value for each pixel."""
    weights = RNG.random(36)
    estimator = regressor(images_to_images) if case == "images" else autoencoder()
    y = X if case == "images" else None
    grid = {"learning_rate": [0.001, 0.01]}
    compiled, serial = (
        searched(estimator, grid, engine, y, sample_weight=weights)
        for engine in ("compiled", "serial")
    )
    assert_equal(compiled, serial)


class Halved(CNNRegressor):
    """Predicts half of what the network says."""

    def predict(self, X):
        """Return the half."""
        return super().predict(X) / 2


def test_methods_of_subclasses_are_respected():
    """In the scores of compiled fits."""
    grid = {"learning_rate": [0.001, 0.01]}
    estimator = Halved(epochs=2, batch_size=8, optimizer="sgd", random_state=0)
    assert_equal(searched(estimator, grid, "compiled", Y), searched(estimator, grid, "serial", Y))


def test_a_sweep_without_targets_resumes(tmp_path):
    """All fits come from the store, with the same numbers."""
    grid, store = {"n_codes": [2, 3]}, tmp_path / "fits.sqlite"
    first = searched(autoencoder(), grid, "auto", store=store)
    again = searched(autoencoder(), grid, "auto", store=store)
    assert again.n_restored_ == 2
    assert_equal(again, first)
    assert searched(autoencoder(loss="mae"), grid, "auto", store=store).n_restored_ == 0


def test_a_rate_that_is_too_high_diverges():
    """It scores `error_score`, as for classifiers."""
    search = searched(
        regressor(optimizer="sgd", epochs=4), {"learning_rate": [0.001, 1e6]}, "auto", Y
    )
    assert np.isnan(search.cv_results_["mean_test_score"][1])
    assert set(search.diverged_["candidate"]) >= {1}


def test_targets_that_are_missing_are_named():
    """Before anything is trained."""
    with pytest.raises(ValueError, match="y=None, but a CNNRegressor learns targets"):
        GridSearchCV(regressor(), {"l2": [0.0]}).fit(X)
