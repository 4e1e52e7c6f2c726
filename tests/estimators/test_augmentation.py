"""Augmentation: names, layers and lists of them transform training batches, and nothing else."""

import pickle

import keras
import numpy as np
import pytest
from keras import layers
from sklearn.base import clone

from kerascnn import CNNClassifier
from kerascnn.estimators.augmentation import AUGMENTATIONS, augmentation_layers
from kerascnn.interpretation import feature_maps, first_filters, grad_cam
from kerascnn.models.augmented import QuickRandAugment, TrainingOnly, without_augmentation
from tests.networks import tiny_cnn

pytestmark = pytest.mark.numbers

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (48, 10, 10, 3), dtype=np.uint8)
Y = np.arange(48) % 3
EVERYTHING = [None, *AUGMENTATIONS, ["flip", "translation"]]


class OwnTraining(keras.Model):
    """A network with a training step of its own."""

    def train_step(self, data):
        """Train as Keras does."""
        return super().train_step(data)


def own_training(input_shape, n_classes):
    """Return a network with a training step of its own."""
    images = keras.Input(input_shape)
    hidden = layers.Flatten()(images)
    return OwnTraining(images, layers.Dense(n_classes, "softmax")(hidden))


def classifier(augmentation=None, **parameters):
    """Return a small classifier."""
    settings = {"epochs": 2, "batch_size": 16, "random_state": 0, **parameters}
    return CNNClassifier(tiny_cnn, augmentation=augmentation, **settings)


def transformed(augmentation, images, **routes):
    """Return what training sees of float images in its first step."""
    parameters = classifier(augmentation, **routes).get_params(deep=False)
    steps = augmentation_layers(parameters, images.shape[1:], (0.0, 1.0))
    return TrainingOnly(steps)(images, training=True).numpy()


def plain_network(estimator):
    """Return the network behind the augmentation, with its weights."""
    return without_augmentation(estimator.model_)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_each_name_changes_training(name):
    """Other weights than without it come of the same start and order."""
    with_it, without = classifier(name).fit(X, Y), classifier().fit(X, Y)
    pairs = zip(with_it.model_.get_weights(), without.model_.get_weights(), strict=True)
    assert not all(np.array_equal(one, other) for one, other in pairs)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_initial_weights_are_those_without_augmentation(name):
    """It is drawn after them, so that a comparison starts from one network."""
    with_it, without = classifier(name).initialize(X, Y), classifier().initialize(X, Y)
    for one, other in zip(
        plain_network(with_it).get_weights(), without.model_.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_predicting_transforms_nothing(name):
    """Probabilities are those of the network itself, for Keras's croppers as well."""
    fitted = classifier(name).fit(X, Y)
    expected = plain_network(fitted).predict(X / np.float32(255), verbose=0)
    np.testing.assert_allclose(fitted.predict_proba(X), expected, rtol=1e-6)
    np.testing.assert_array_equal(fitted.predict_proba(X), fitted.predict_proba(X))


def test_validation_transforms_nothing():
    """The last validation figures are those of the fitted network on the same images."""
    fitted = classifier("rotation").fit(X, Y, validation_data=(X, Y))
    assert fitted.history_["val_accuracy"][-1] == pytest.approx(fitted.score(X, Y))
    assert fitted.history_["accuracy"] != fitted.history_["val_accuracy"]


def test_interpretation_looks_at_the_network_itself():
    """Filters, feature maps and Grad-CAM are those of the network behind the augmentation."""
    fitted = classifier(["rotation", "noise"]).fit(X, Y)
    behind = plain_network(fitted)
    np.testing.assert_array_equal(first_filters(fitted.model_), first_filters(behind))
    for (name, maps), (other, expected) in zip(
        feature_maps(fitted.model_, X[0]), feature_maps(behind, X[0]), strict=True
    ):
        assert name == other
        np.testing.assert_array_equal(maps, expected)
    np.testing.assert_array_equal(grad_cam(fitted.model_, X[:4]), grad_cam(behind, X[:4]))


def test_layers_that_crop_at_any_time_do_so_in_training_only():
    """Keras's RandomCrop would cut the middle out of images to predict."""
    cropping = [layers.RandomCrop(6, 6), layers.Resizing(10, 10)]
    fitted = classifier(cropping).fit(X, Y)
    expected = plain_network(fitted).predict(X / np.float32(255), verbose=0)
    np.testing.assert_allclose(fitted.predict_proba(X), expected, rtol=1e-6)


def test_a_layer_of_a_user_stays_as_it_is():
    """It is copied for each fit; the same fit gives the same weights again."""
    layer = layers.RandomRotation(0.1)
    state = layer.generator.state.numpy()
    first, second = (classifier(layer).fit(X, Y).model_.get_weights() for _ in range(2))
    np.testing.assert_array_equal(layer.generator.state.numpy(), state)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["rotation", "crop", "zoom", "translation", "noise"])
def test_every_image_has_a_draw_of_its_own(name):
    """Sixteen equal images become sixteen different ones."""
    images = np.repeat(RNG.random((1, 10, 10, 3), dtype=np.float32), 16, axis=0)
    assert len({image.tobytes() for image in transformed(name, images)}) == 16


def test_a_crop_stays_inside_the_image():
    """A bright square in the middle of a dark image never leaves it, nor is it mirrored."""
    images = np.zeros((64, 20, 20, 3), np.float32)
    images[:, 8:12, 8:12] = 1
    cropped = transformed("crop", images, augmentation__crop=0.2)
    # Enlarged by 1 / 0.8, the square has 25 pixels in place of 16.
    np.testing.assert_allclose(cropped[..., 0].sum(axis=(1, 2)), 25, rtol=0.05)


@pytest.mark.parametrize(
    "name", ["rotation", "zoom", "translation", "brightness", "contrast", "saturation", "hue"]
)
def test_a_strength_of_zero_changes_nothing(name):
    """But for rounding."""
    images = RNG.random((4, 10, 10, 3), dtype=np.float32)
    unchanged = transformed(name, images, **{f"augmentation__{name}": 0.0})
    np.testing.assert_allclose(unchanged, images, atol=1e-5)


def test_a_larger_strength_changes_more():
    """Noise has the standard deviation that its strength states."""
    images = np.full((8, 32, 32, 3), 0.5, np.float32)
    for strength in (0.05, 0.2):
        noisy = transformed("noise", images, augmentation__noise=strength)
        assert np.std(noisy - images) == pytest.approx(strength, rel=0.05)


def test_the_ready_mixture_is_keras_own():
    """Its draws and results are those of Keras's RandAugment, to the last bit."""
    images = RNG.random((8, 12, 12, 3), dtype=np.float32)
    for seed in range(6):
        quick = QuickRandAugment((0, 1), factor=0.5, seed=seed)
        slow = layers.RandAugment((0, 1), factor=0.5, seed=seed)
        np.testing.assert_array_equal(
            quick(images, training=True).numpy(), slow(images, training=True).numpy()
        )


@pytest.mark.parametrize("augmentation", EVERYTHING, ids=str)
def test_copies_keep_training_alike(augmentation, tmp_path):
    """A clone, a pickle and a file predict and train on as the original does."""
    fitted = classifier(augmentation).fit(X, Y)
    fitted.save(tmp_path / "one.kerascnn")
    copies = [
        pickle.loads(pickle.dumps(fitted)),
        CNNClassifier.load(tmp_path / "one.kerascnn", tiny_cnn),
    ]
    for copy in copies:
        np.testing.assert_array_equal(copy.predict_proba(X), fitted.predict_proba(X))
        assert copy.get_params()["augmentation"] == fitted.get_params()["augmentation"]
    weights = clone(fitted).fit(X, Y).model_.get_weights()
    for one, other in zip(weights, fitted.model_.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    further = [each.partial_fit(X, Y).model_.get_weights() for each in (fitted, copies[0])]
    for one, other in zip(*further, strict=True):
        np.testing.assert_array_equal(one, other)


WRONG = {
    "unknown name": ({"augmentation": "rotatoin"}, "did you mean 'rotation'"),
    "unknown in a list": ({"augmentation": ["flip", "zom"]}, "did you mean 'zoom'"),
    "another kind": ({"augmentation": 3}, "augmentation=3 is neither a Keras layer nor"),
    "unknown route": ({"augmentation__rotatoin": 0.1}, "did you mean 'augmentation__rotation'"),
    "route without its name": (
        {"augmentation": "flip", "augmentation__zoom": 0.1},
        "augmentation='flip' does not name 'zoom'",
    ),
    "out of range": (
        {"augmentation": "rotation", "augmentation__rotation": 0.7},
        "augmentation__rotation=0.7 must be a number from 0 to 0.5",
    ),
    "a direction": (
        {"augmentation": "flip", "augmentation__flip": "sideways"},
        "must be one of 'horizontal'",
    ),
    "a range": ({"augmentation__value_range": (1, 0)}, "must be two numbers"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_are_refused(name):
    """Before anything is built."""
    parameters, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        CNNClassifier(tiny_cnn, **parameters).fit(X, Y)


def test_colours_of_grey_images_are_refused():
    """There are none."""
    with pytest.raises(ValueError, match="'hue' changes colours"):
        classifier("hue").fit(X[..., :1], Y)


def test_pixels_beyond_the_range_are_refused():
    """Keras would cut them off in silence; the right range is taken."""
    images = X[..., :1].astype(np.float32) / 16
    with pytest.raises(ValueError, match=r"takes pixels from 0 to 1, but X has values from 0 to"):
        classifier("brightness").fit(images, Y)
    classifier("brightness", augmentation__value_range=(0, 16)).fit(images, Y)


def test_layers_that_change_shapes_are_refused():
    """The network was built for the other shape."""
    with pytest.raises(
        ValueError, match=r"RandomCrop turns images of shape \(10, 10, 3\) into \(6, 6, 3\)"
    ):
        classifier(layers.RandomCrop(6, 6)).fit(X, Y)


def test_networks_that_train_in_their_own_way_are_refused():
    """A network around them would pass that way by."""
    estimator = CNNClassifier(own_training, augmentation="flip", epochs=1)
    with pytest.raises(ValueError, match="has a train_step of its own: put random layers into"):
        estimator.fit(X, Y)
