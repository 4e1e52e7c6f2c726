"""CNNRegressor: numbers, signals and images from images and signals."""

import pickle

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from kerascnn import CNNRegressor
from kerascnn.estimators.losses import loss_class

RNG = np.random.default_rng(0)
X = RNG.random((40, 6, 5, 1), dtype=np.float32)
Y = X.mean(axis=(1, 2, 3)) * 10


def linear(input_shape, output_shape):
    """Build a network of one dense layer, for outputs of any shape."""
    n_outputs = int(np.prod(output_shape))
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Flatten(),
            layers.Dense(n_outputs),
            layers.Reshape(output_shape),
        ]
    )


def in_sigmoid(input_shape, output_shape):
    """Build a network of images that ends in sigmoid."""
    convolution = layers.Conv2D(output_shape[-1], 3, padding="same", activation="sigmoid")
    return keras.Sequential([keras.Input(input_shape), convolution])


def regressor(model=linear, **parameters):
    """Return a regressor whose fits take a moment."""
    settings = {"epochs": 3, "batch_size": 8, "learning_rate": 0.01, "random_state": 0}
    return CNNRegressor(model, **{**settings, **parameters})


@pytest.mark.parametrize(
    "y",
    [
        Y,
        Y.reshape(-1, 1),
        np.stack([Y, -Y, Y**2], axis=1),
        RNG.normal(size=(40, 12, 1)),
        RNG.normal(size=(40, 3, 4, 2)),
        pd.Series(Y),
        pd.DataFrame({"a": Y, "b": -Y}),
    ],
    ids=["numbers", "column", "several", "signals", "images", "series", "table"],
)
def test_predictions_have_the_form_of_the_targets(y):
    """Numbers as float64, as scikit-learn's, signals and images as float32."""
    predicted = regressor().fit(X, y).predict(X)
    assert predicted.shape == np.shape(y)
    assert predicted.dtype == (np.float64 if np.ndim(y) < 3 else np.float32)
    assert regressor().fit(X, y).predict(X[:0]).shape == (0, *np.shape(y)[1:])


@pytest.mark.numbers
def test_a_fit_is_kerass_fit():
    """Of the same network from the same weights, in one batch."""
    settings = {"epochs": 5, "batch_size": 40, "shuffle": False}
    own = regressor(**settings).initialize(X, Y)
    network = keras.models.clone_model(own.model_)
    network.set_weights(own.model_.get_weights())
    network.compile(keras.optimizers.Adam(0.01), "mean_squared_error")
    record = network.fit(X, Y[:, None], batch_size=40, epochs=5, shuffle=False, verbose=0)
    fitted = regressor(**settings).fit(X, Y)
    assert fitted.history_["loss"] == pytest.approx(record.history["loss"], rel=1e-5)
    np.testing.assert_allclose(fitted.predict(X), network.predict(X, verbose=0)[:, 0], rtol=1e-4)


def test_it_learns_what_a_linear_model_can():
    """The mean of all pixels."""
    assert regressor(epochs=200).fit(X, Y).score(X, Y) > 0.95


def test_the_score_is_scikit_learns():
    """For several numbers the mean of each, for images one of all pixels."""
    several = np.stack([Y, RNG.normal(size=40)], axis=1)
    fitted = regressor().fit(X, several)
    weights = np.arange(40)
    own = r2_score(several, fitted.predict(X), sample_weight=weights)
    assert fitted.score(X, several, weights) == pytest.approx(own)
    images = RNG.normal(size=(40, 3, 4, 1)) + 5
    fitted = regressor().fit(X, images)
    residual = ((images - fitted.predict(X)) ** 2).sum()
    own = 1 - residual / ((images - images.mean(axis=0)) ** 2).sum()
    assert fitted.score(X, images) == pytest.approx(own, rel=1e-5)


@pytest.mark.numbers
def test_rows_become_images_where_the_shape_is_stated():
    """So that scikit-learn's scorers take them, with the same numbers as for images."""
    images = RNG.normal(size=(40, 6, 5, 1)).astype(np.float32)
    by_image = regressor().fit(X, images)
    by_row = regressor(output_shape=(6, 5, 1)).fit(X, images.reshape(40, -1))
    np.testing.assert_array_equal(by_row.predict(X), by_image.predict(X).reshape(40, -1))
    estimator = regressor(output_shape=(6, 5, 1), epochs=1)
    scores = cross_val_score(
        estimator, X, images.reshape(40, -1), scoring="neg_mean_absolute_error", cv=2
    )
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("y", [Y, RNG.normal(size=(40, 3, 4, 1)).astype(np.float32)])
def test_files_and_pickles_come_back(y, tmp_path):
    """With the same predictions, in the same form."""
    fitted = regressor("regression_cnn").fit(X, y)
    fitted.save(tmp_path / "numbers.kerascnn")
    loaded = CNNRegressor.load(tmp_path / "numbers.kerascnn")
    for other in (loaded, pickle.loads(pickle.dumps(fitted))):
        np.testing.assert_array_equal(other.predict(X), fitted.predict(X))
    more = loaded.set_params(warm_start=True, epochs=1).fit(X, y)
    assert more.current_epoch == 4


def test_training_goes_on_and_validates():
    """`partial_fit` adds an epoch, and validation data has a loss per epoch."""
    fitted = regressor().fit(X[:30], Y[:30], validation_data=(X[30:], Y[30:]))
    assert list(fitted.history_) == ["loss", "val_loss"]
    assert fitted.partial_fit(X, Y).current_epoch == 4
    own = regressor(metrics=["mean_absolute_error"], validation_split=0.25).fit(X, Y)
    names = ("loss", "mean_absolute_error")
    assert set(own.history_) == {*names, *(f"val_{name}" for name in names)}


def test_it_is_the_last_step_of_a_pipeline():
    """As any regressor."""
    pipeline = make_pipeline(FunctionTransformer(lambda X: X * 2), regressor("regression_cnn"))
    assert pipeline.fit(X, Y).predict(X).shape == (40,)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber", "log_cosh", "binary_crossentropy"])
def test_losses_of_numbers_are_taken(loss):
    """The binary cross-entropy of pixels from 0 to 1 included."""
    fitted = regressor(in_sigmoid, loss=loss).fit(X, X)
    assert np.isfinite(fitted.history_["loss"]).all()


@pytest.mark.parametrize(
    ("model", "y", "parameters", "message"),
    [
        (linear, None, {}, "requires y to be passed"),
        (linear, Y[:39], {}, "inconsistent numbers of samples"),
        (linear, np.where(np.arange(40) == 3, np.nan, Y), {}, "y contains NaN"),
        (linear, np.full(40, "a"), {}, "could not convert string"),
        (linear, (X * 255).astype(np.uint8), {}, r"give y.astype\('float32'\) / 255"),
        (linear, Y, {"output_shape": (2,)}, r"has 2 values, but y has 1 per sample"),
        (linear, Y, {"output_shape": "2"}, "output_shape='2' must be None or integers"),
        (in_sigmoid, X * 2, {"loss": "mse"}, "between 0 and 1, but the targets go from"),
        (linear, X, {"loss": "binary_crossentropy"}, "end it in sigmoid"),
        (linear, Y, {"loss": "categorical_crossentropy"}, "tells classes apart"),
        ("conv_autoencoder", Y, {}, "is for autoencoding, not for regression"),
        (lambda shape, out: linear(shape, (7,)), Y, {}, r"shape \(7,\), but the targets \(1,\)"),
    ],
)
def test_what_cannot_be_fitted_is_named(model, y, parameters, message):
    """Before anything is trained."""
    with pytest.raises(ValueError, match=message):
        regressor(model, **parameters).fit(X, y)


def test_targets_of_another_form_are_refused_later():
    """A fitted regressor keeps to its form."""
    fitted = regressor().fit(X, Y)
    with pytest.raises(ValueError, match=r"shape \(2,\), but this CNNRegressor was fitted on"):
        fitted.partial_fit(X, np.stack([Y, Y], axis=1))


def test_accuracy_is_measured_where_it_is_asked_for():
    """Of numbers too: nothing measures it beside what `metrics` names."""
    y = np.arange(12.0) % 2
    X = np.repeat(y, 16).reshape(12, 4, 4, 1).astype(np.float32)
    estimator = regressor(metrics=["accuracy", "mae"]).fit(X, y)
    assert list(estimator.history_) == ["accuracy", "loss", "mean_absolute_error"]
    _, accuracy, _ = estimator.model_.evaluate(X, y[:, None], verbose=0)
    assert accuracy == np.mean((estimator.predict(X) > 0.5) == y)


def test_bytes_are_no_targets_as_rows_either():
    """Where rows stand for images, whose samples would be divided by 255."""
    rows = (X * 255).astype(np.uint8).reshape(40, -1)
    estimator = regressor(in_sigmoid, image_shape=(6, 5, 1), output_shape=(6, 5, 1))
    with pytest.raises(ValueError, match=r"y has uint8 pixels, shape \(40, 30\)"):
        estimator.fit(rows, rows)


@pytest.mark.parametrize("augmentation", ["flip", "randaugment", layers.RandomZoom(0.1)])
def test_what_moves_pixels_is_no_augmentation_of_images_to_images(augmentation):
    """The targets would stay where they are; those of numbers do not mind."""
    X3 = np.repeat(X, 3, axis=-1)
    with pytest.raises(ValueError, match="moves what is in a sample, and targets"):
        regressor(in_sigmoid, augmentation=augmentation).fit(X3, X3)
    regressor(epochs=1, augmentation=augmentation).fit(X3, Y)


def test_grey_images_need_no_channel_on_either_side():
    """Predictions have the form of the targets."""
    fitted = regressor("denoiser", epochs=1, model__n_filters=2).fit(X[..., 0], X[..., 0])
    assert fitted.output_shape_ == (6, 5, 1)
    assert fitted.predict(X[..., 0]).shape == (40, 6, 5)


@pytest.mark.parametrize("name", ["msle", "mape", "bce", "kl_divergence"])
def test_a_loss_may_have_any_of_its_names_in_keras(name):
    """Its class is found."""
    assert loss_class(name)().name in keras.losses.get(name).__name__


def test_pixels_may_be_compared_as_logits():
    """With a network that ends in nothing."""
    options = {"loss": "binary_crossentropy", "epochs": 1}
    regressor(loss__from_logits=True, **options).fit(X, X)
    with pytest.raises(ValueError, match="or in nothing with loss__from_logits=True"):
        regressor(**options).fit(X, X)
