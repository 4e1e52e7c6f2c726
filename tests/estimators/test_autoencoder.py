"""ConvAutoencoder: codes, reconstructions and errors, and a transformer's place among others."""

import copy
import pickle

import keras
import numpy as np
import pytest
from keras import layers
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from kerascnn import CNNClassifier, ConvAutoencoder

RNG = np.random.default_rng(0)
IMAGES = RNG.random((40, 6, 5, 1), dtype=np.float32)


def autoencoder(model="conv_autoencoder", **parameters):
    """Return an autoencoder whose fits take a moment."""
    settings = {"n_codes": 3, "epochs": 2, "batch_size": 8, "random_state": 0}
    if model == "conv_autoencoder":
        settings |= {"model__n_filters": 2, "model__depth": 1}
    return ConvAutoencoder(model, **{**settings, **parameters})


@pytest.fixture(scope="module")
def fitted():
    """Return a fitted autoencoder of small images."""
    return autoencoder().fit(IMAGES)


def test_codes_are_what_the_layer_of_that_name_puts_out(fitted):
    """And the way back from them is the reconstruction."""
    codes = fitted.transform(IMAGES)
    layer = fitted.model_.get_layer("codes")
    own = keras.Model(fitted.model_.inputs, layer.output).predict(IMAGES, verbose=0)
    np.testing.assert_allclose(codes, own, rtol=1e-5, atol=1e-6)
    assert (codes.shape, codes.dtype) == ((40, 3), np.float32)
    back, whole = fitted.inverse_transform(codes), fitted.reconstruct(IMAGES)
    np.testing.assert_allclose(back, whole, rtol=1e-5, atol=1e-6)
    assert back.shape == IMAGES.shape


def test_the_score_is_minus_scikit_learns_mean_squared_error(fitted):
    """Of all pixels, and of each sample's."""
    rows, made = IMAGES.reshape(40, -1), fitted.reconstruct(IMAGES).reshape(40, -1)
    assert fitted.score(IMAGES) == pytest.approx(-mean_squared_error(rows, made))
    own = [mean_squared_error(*pair) for pair in zip(rows, made, strict=True)]
    np.testing.assert_allclose(fitted.reconstruction_error(IMAGES), own, rtol=1e-6)
    weights = np.arange(40)
    weighted = -mean_squared_error(rows, made, sample_weight=weights)
    assert fitted.score(IMAGES, sample_weight=weights) == pytest.approx(weighted)


@pytest.mark.numbers
def test_a_fit_is_a_keras_fit_of_images_to_themselves(fitted):
    """The first epoch's loss is that of Keras's own fit from the same weights."""
    own = autoencoder(epochs=1, shuffle=False, batch_size=40).initialize(IMAGES)
    network = keras.models.clone_model(own.model_)
    network.set_weights(own.model_.get_weights())
    network.compile("adam", "mean_squared_error")
    record = network.fit(IMAGES, IMAGES, batch_size=40, shuffle=False, verbose=0)
    trained = autoencoder(epochs=1, shuffle=False, batch_size=40).fit(IMAGES)
    assert trained.history_["loss"] == pytest.approx(record.history["loss"], rel=1e-6)
    for one, other in zip(trained.model_.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.numbers
def test_pixels_of_uint8_are_fitted_as_their_255th():
    """To the last bit."""
    pixels = RNG.integers(0, 256, (24, 6, 5, 1), dtype=np.uint8)
    scaled = pixels * np.float32(1 / 255)
    one, other = autoencoder().fit(pixels), autoencoder().fit(scaled)
    np.testing.assert_array_equal(one.transform(pixels), other.transform(scaled))
    assert one.history_ == other.history_
    np.testing.assert_array_equal(
        one.reconstruction_error(pixels), other.reconstruction_error(scaled)
    )


def test_weights_of_samples_multiply_their_loss():
    """A sample of weight zero has no influence, in a loss that has a value for each pixel."""
    other = IMAGES.copy()
    other[20:] = 0.5
    weights = np.repeat([1.0, 0.0], 20)
    plain = autoencoder(shuffle=False, batch_size=40)
    one, two = (clone(plain).fit(X, None, weights) for X in (IMAGES, other))
    for mine, yours in zip(one.model_.get_weights(), two.model_.get_weights(), strict=True):
        np.testing.assert_allclose(mine, yours, rtol=1e-5, atol=1e-7)


def test_it_works_between_other_steps(fitted):
    """In a pipeline, and in scikit-learn's own search of its codes."""
    y = np.arange(40) % 2
    pipeline = make_pipeline(autoencoder(epochs=1), LogisticRegression())
    search = GridSearchCV(pipeline, {"convautoencoder__n_codes": [2, 4]}, cv=2).fit(IMAGES, y)
    assert search.predict(IMAGES).shape == (40,)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert list(fitted.get_feature_names_out()) == [f"convautoencoder{n}" for n in range(3)]


def test_augmentation_leaves_what_is_to_be_put_out_as_it_is():
    """The first loss of a network that puts out what it is given is then the noise's variance."""

    def identity(input_shape, n_codes):
        images = keras.Input(input_shape)
        codes = layers.Flatten(name="codes")(images)
        made = layers.Dense(n_codes, kernel_initializer="identity")(codes)
        return keras.Model(images, layers.Reshape(input_shape)(made))

    flat = np.full((400, 5, 5, 1), 0.5, np.float32)
    noise = {"augmentation": "noise", "augmentation__noise": 0.2}
    untrained = {"optimizer": "sgd", "learning_rate": 0.0, "epochs": 1, "random_state": 0}
    fitted = ConvAutoencoder(identity, n_codes=25, **noise, **untrained).fit(flat)
    assert fitted.history_["loss"][0] == pytest.approx(0.04, rel=0.05)
    np.testing.assert_array_equal(fitted.reconstruct(flat), flat)


def test_files_pickles_and_copies_come_back(fitted, tmp_path):
    """With the same codes, and only as what they are."""
    fitted.save(tmp_path / "codes.kerascnn")
    loaded = ConvAutoencoder.load(tmp_path / "codes.kerascnn")
    for other in (loaded, pickle.loads(pickle.dumps(fitted))):
        np.testing.assert_array_equal(other.transform(IMAGES), fitted.transform(IMAGES))
        assert other.history_ == fitted.history_
    assert clone(fitted).get_params() == fitted.get_params()
    with pytest.raises(ValueError, match="holds a ConvAutoencoder, not a CNNClassifier"):
        CNNClassifier.load(tmp_path / "codes.kerascnn")


def test_training_resumes(fitted):
    """Two epochs by `partial_fit` are those of one fit."""
    twice = autoencoder().partial_fit(IMAGES).partial_fit(IMAGES)
    np.testing.assert_array_equal(twice.transform(IMAGES), fitted.transform(IMAGES))
    assert twice.history_ == fitted.history_


def test_signals_have_codes_as_well():
    """(n, samples, 1)."""
    signals = RNG.normal(size=(20, 30, 1)).astype(np.float32)
    fitted = autoencoder().fit(signals)
    assert fitted.transform(signals).shape == (20, 3)
    assert fitted.reconstruct(signals).shape == signals.shape


def test_nothing_is_returned_for_no_images(fitted):
    """In the right shapes."""
    assert fitted.transform(IMAGES[:0]).shape == (0, 3)
    assert fitted.reconstruct(IMAGES[:0]).shape == (0, 6, 5, 1)
    assert fitted.inverse_transform(np.zeros((0, 3))).shape == (0, 6, 5, 1)
    assert fitted.reconstruction_error(IMAGES[:0]).shape == (0,)


def test_names_of_codes_are_those_of_the_fitted_network(fitted):
    """Not of parameters that have been set since."""
    changed = copy.deepcopy(fitted).set_params(n_codes=7)
    assert len(changed.get_feature_names_out()) == changed.transform(IMAGES).shape[1]


def without_codes(input_shape, n_codes):
    """Build a network that has no layer of codes."""
    return keras.Sequential([keras.Input(input_shape), layers.Conv2D(1, 3, padding="same")])


def past_the_codes(input_shape, n_codes):
    """Build a network whose outputs depend on more than the codes."""
    images = keras.Input(input_shape)
    codes = layers.Dense(n_codes, name="codes")(layers.Flatten()(images))
    made = layers.Reshape(input_shape)(layers.Dense(int(np.prod(input_shape)))(codes))
    return keras.Model(images, layers.Add()([made, images]))


def of_another_size(input_shape, n_codes):
    """Build a network that puts out more than it takes."""
    images = keras.Input(input_shape)
    codes = layers.Dense(n_codes, name="codes")(layers.Flatten()(images))
    return keras.Model(images, layers.Dense(7)(codes))


def of_other_codes(input_shape, n_codes):
    """Build a network with one code too many."""
    return of_another_size(input_shape, n_codes + 1)


@pytest.mark.parametrize(
    ("model", "parameters", "message"),
    [
        (without_codes, {}, "no layer named 'codes'"),
        (past_the_codes, {}, "cannot be computed from its layer 'codes' alone"),
        (of_another_size, {}, r"outputs have the shape \(7,\), but the targets \(6, 5, 1\)"),
        (of_other_codes, {}, r"puts out the shape \(4,\) per sample: it must be \(3,\)"),
        ("conv_autoencoder", {"n_codes": 0}, "n_codes=0 must be an integer of at least 1"),
        ("lenet5", {}, "model='lenet5' is for classification, not for autoencoding"),
        ("conv_autoencoder", {"loss": "sparse_categorical_crossentropy"}, "tells classes apart"),
        ("conv_autoencoder", {"loss": "binary_crossentropy"}, "ends in linear: end it in sigmoid"),
        ("conv_autoencoder", {"class_weight": "balanced"}, "class_weight"),
    ],
)
def test_what_cannot_be_fitted_is_named(model, parameters, message):
    """Before anything is trained."""
    with pytest.raises((ValueError, TypeError), match=message):
        autoencoder(model, **parameters).fit(IMAGES)


def test_a_sigmoid_that_cannot_reach_the_pixels_is_refused():
    """A loss that can never become small would be a silent failure."""
    settings = {"model__output_activation": "sigmoid"}
    with pytest.raises(ValueError, match="between 0 and 1, but the targets go from 0 to 16"):
        autoencoder(**settings).fit(np.linspace(0, 16, 1200).reshape(40, 6, 5, 1))


def test_codes_of_another_number_are_refused(fitted):
    """Naming both numbers."""
    with pytest.raises(ValueError, match="X has 2 codes per sample, expected 3"):
        fitted.inverse_transform(np.zeros((4, 2)))


def test_it_does_not_predict(fitted):
    """scikit-learn takes what has `predict` for something else."""
    assert not hasattr(fitted, "predict")


def test_rows_come_back_as_rows(tmp_path):
    """Without the zeros that they are filled up with, which are no part of an error either."""
    rows = RNG.random((40, 7))
    with pytest.warns(UserWarning, match="7"):
        fitted = autoencoder(image_shape=None).fit(rows)
    assert fitted.image_shape_ == (3, 3, 1)
    back = fitted.inverse_transform(fitted.transform(rows))
    own = [mean_squared_error(*pair) for pair in zip(rows, back, strict=True)]
    np.testing.assert_allclose(fitted.reconstruction_error(rows), own, rtol=1e-5)
    fitted.save(tmp_path / "rows.kerascnn")
    loaded = ConvAutoencoder.load(tmp_path / "rows.kerascnn")
    np.testing.assert_array_equal(loaded.inverse_transform(fitted.transform(rows)), back)
