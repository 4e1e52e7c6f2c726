"""Augmentation: names, layers and lists of them transform training batches, and nothing else."""

import copy
import pickle
from functools import cache

import keras
import numpy as np
import pytest
from keras import layers
from sklearn.base import clone

from kerascnn import CNNClassifier
from kerascnn.estimators.augmentation import augmentation_layers
from kerascnn.estimators.augmentation_kinds import AUGMENTATIONS, IMAGES
from kerascnn.interpretation import feature_maps, first_filters, grad_cam
from kerascnn.models.augmented import QuickRandAugment, TrainingOnly, without_augmentation
from tests.networks import tiny_cnn, tiny_signal_cnn

RNG = np.random.default_rng(0)
NAMES = [name for name, kind in AUGMENTATIONS.items() if IMAGES in kind.suits]
X = RNG.integers(0, 256, (48, 10, 10, 3), dtype=np.uint8)
Y = np.arange(48) % 3
# A layer of Keras's, one that draws by itself, one of ours, the mixture, and several.
KINDS = [None, "flip", "noise", "crop", "randaugment", ["flip", "translation"]]


def classifier(augmentation=None, **parameters):
    """Return a small classifier."""
    settings = {"epochs": 2, "batch_size": 16, "random_state": 0, **parameters}
    return CNNClassifier(tiny_cnn, augmentation=augmentation, **settings)


@cache
def trained(name):
    """Return a classifier fitted with an augmentation of this name, shared by the tests."""
    return classifier(name).fit(X, Y)


def transformed(augmentation, images, **routes):
    """Return what training sees of float images in its first step."""
    parameters = classifier(augmentation, **routes).get_params(deep=False)
    steps = augmentation_layers(parameters, images.shape[1:], (0.0, 1.0))
    return TrainingOnly(steps)(images, training=True).numpy()


def plain_network(estimator):
    """Return the network behind the augmentation, with its weights."""
    return without_augmentation(estimator.model_)


def without_front(estimator):
    """Return an estimator that predicts by the network behind the augmentation alone."""
    copied = copy.copy(estimator)
    copied.model_ = plain_network(estimator)
    return copied


@pytest.mark.parametrize("name", NAMES)
def test_each_name_changes_training(name):
    """Other weights than without it come of the same start and order."""
    with_it, without = trained(name), trained(None)
    pairs = zip(with_it.model_.get_weights(), without.model_.get_weights(), strict=True)
    assert not all(np.array_equal(one, other) for one, other in pairs)


@pytest.mark.parametrize("name", NAMES)
def test_initial_weights_are_those_without_augmentation(name):
    """It is drawn after them, so that a comparison starts from one network."""
    with_it, without = classifier(name).initialize(X, Y), classifier().initialize(X, Y)
    for one, other in zip(
        plain_network(with_it).get_weights(), without.model_.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", NAMES)
def test_predicting_transforms_nothing(name):
    """Probabilities are those of the network itself, for Keras's croppers as well."""
    fitted = trained(name)
    np.testing.assert_array_equal(fitted.predict_proba(X), without_front(fitted).predict_proba(X))
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
    np.testing.assert_array_equal(fitted.predict_proba(X), without_front(fitted).predict_proba(X))


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


def test_a_crop_is_a_part_of_the_image():
    """On a ramp from left to right and top to bottom, it is a shorter ramp within."""
    side = 40
    ramp = np.arange(side, dtype=np.float32)
    image = np.stack([np.tile(ramp, (side, 1)), np.tile(ramp[:, None], (1, side))], axis=-1)
    images = np.repeat(np.pad(image, ((0, 0), (0, 0), (0, 1)))[None], 200, axis=0)
    cropped = transformed("crop", images, augmentation__crop=0.4)
    inner = cropped[:, 1:-1, 1:-1]
    across, down = inner[:, 0, :, 0], inner[:, :, 0, 1]
    kept = np.diff(across, axis=1)
    # Equal steps, the same both ways, for images of 60 % to all of the side.
    np.testing.assert_allclose(kept, np.repeat(kept[:, :1], kept.shape[1], axis=1), atol=1e-3)
    np.testing.assert_allclose(np.diff(down, axis=1), kept, atol=1e-3)
    assert 0.6 <= kept.min() < 0.65
    assert 0.95 < kept.max() <= 1
    # The edges of the crop, half a pixel beyond the middles of its first and last pixel.
    first = across[:, 0] - 1.5 * kept[:, 0] + 0.5
    last = across[:, -1] + 1.5 * kept[:, 0] + 0.5
    assert first.min() >= -1e-3
    assert last.max() <= side + 1e-3
    # Places are drawn over all that there are.
    places = first / (side * (1 - kept[:, 0]))
    assert places.min() < 0.05
    assert places.max() > 0.95


@pytest.mark.parametrize("name", [name for name in NAMES if name != "flip"])
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


@pytest.mark.numbers
def test_the_ready_mixture_is_keras_own():
    """Its draws and results are those of Keras's RandAugment, to the last bit."""
    images = RNG.random((8, 12, 12, 3), dtype=np.float32)
    for seed in range(6):
        quick = QuickRandAugment((0, 1), factor=0.5, seed=seed)
        slow = layers.RandAugment((0, 1), factor=0.5, seed=seed)
        np.testing.assert_array_equal(
            quick(images, training=True).numpy(), slow(images, training=True).numpy()
        )


@pytest.mark.parametrize("augmentation", KINDS, ids=str)
def test_copies_keep_training_alike(augmentation, tmp_path):
    """A clone, a pickle and a file predict and train on as the original does."""
    fitted = classifier(augmentation).fit(X, Y)
    fitted.save(tmp_path / "one.kerascnn")
    copies = [
        pickle.loads(pickle.dumps(fitted)),
        CNNClassifier.load(tmp_path / "one.kerascnn", tiny_cnn),
    ]
    for each in copies:
        np.testing.assert_array_equal(each.predict_proba(X), fitted.predict_proba(X))
        assert each.get_params()["augmentation"] == fitted.get_params()["augmentation"]
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


@pytest.mark.parametrize(
    "augmentation", ["flip", "crop", "randaugment", layers.RandomRotation(0.1)]
)
def test_transformations_of_images_are_refused_for_signals(augmentation):
    """Keras would take a batch of them for one image, and mix the samples."""
    signals = RNG.normal(size=(48, 20, 1)).astype(np.float32)
    estimator = CNNClassifier(
        tiny_signal_cnn, augmentation=augmentation, image_shape=(20, 1), epochs=1
    )
    with pytest.raises(ValueError, match=r"does not suit samples of shape \(20, 1\), which"):
        estimator.fit(signals, Y)
    estimator.set_params(augmentation="noise").fit(signals, Y)


def test_pixels_beyond_the_range_are_refused():
    """Keras would cut them off in silence; the right range is taken."""
    images = X[..., :1].astype(np.float32) / 16
    with pytest.raises(ValueError, match=r"takes pixels from 0 to 1, but the network is given"):
        classifier("brightness").fit(images, Y)
    classifier("brightness", augmentation__value_range=(0, 16)).fit(images, Y)


def test_layers_that_change_shapes_are_refused():
    """The network was built for the other shape."""
    with pytest.raises(
        ValueError, match=r"RandomCrop turns images of shape \(10, 10, 3\) into \(6, 6, 3\)"
    ):
        classifier(layers.RandomCrop(6, 6)).fit(X, Y)


@pytest.mark.parametrize("method", ["train_step", "predict_step", "make_train_function"])
def test_networks_with_methods_of_their_own_are_refused(method):
    """A network around them would pass these by."""
    own = type("Own", (keras.Model,), {method: getattr(keras.Model, method)})

    def builder(input_shape, n_classes):
        images = keras.Input(input_shape)
        return own(images, layers.Dense(n_classes, "softmax")(layers.Flatten()(images)))

    estimator = CNNClassifier(builder, augmentation="flip", epochs=1)
    with pytest.raises(ValueError, match=f"has a {method} of its own: put random layers into"):
        estimator.fit(X, Y)


@pytest.mark.parametrize("images", [X, X / np.float32(255)], ids=["uint8", "float"])
def test_a_range_that_images_hardly_fill_is_refused(images):
    """Pixels reach the network from 0 to 1, as uint8 is divided by 255."""
    estimator = classifier("brightness", augmentation__value_range=(0, 255))
    with pytest.raises(ValueError, match=r"from 0 to 255, but the network is given .* 0 to 1"):
        estimator.fit(images, Y)


def test_training_on_checks_the_range_again():
    """Later batches may be of another range than the first."""
    estimator = classifier("brightness").partial_fit(X / np.float32(255), Y)
    with pytest.raises(ValueError, match="from 0 to 1, but the network is given values from 0 to"):
        estimator.partial_fit(X.astype(np.float32), Y)


@pytest.mark.parametrize("kind", [layers.CutMix, layers.MixUp])
def test_layers_that_mix_labels_are_refused(kind):
    """Labels stay with their images here."""
    with pytest.raises(ValueError, match="mixes images, and labels with them"):
        classifier(kind()).fit(X, Y)


def test_a_class_in_place_of_a_layer_is_refused():
    """The remedy is a pair of brackets."""
    with pytest.raises(ValueError, match=r"RandomFlip is a class: give a layer, RandomFlip\("):
        classifier(layers.RandomFlip).fit(X, Y)


# Layers of users


class Darker(layers.Layer):
    """A layer as tutorials write it: not registered, without a shape of its own to tell."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, images):
        """Darken all images."""
        return images * self.factor


class SometimesDarker(layers.RandomFlip):
    """A layer that adds draws of its own to one of Keras's."""

    def call(self, images, training=True):
        """Flip images and darken them at random."""
        shape = (keras.ops.shape(images)[0], 1, 1, 1)
        return super().call(images, training) * keras.random.uniform(shape, seed=self.generator)


def same_name(factor):
    """Return a layer whose class has the same registered name whatever its code."""

    @keras.saving.register_keras_serializable("tests")
    class Dimmer(layers.Layer):
        def call(self, images):
            return images * factor

    return Dimmer()


def adapted():
    """Return a layer whose weights come of data."""
    layer = layers.Normalization()
    layer.adapt(X / np.float32(255))
    return layer


def identity():
    """Return a layer whose weights were set by hand."""
    layer = layers.Conv2D(3, 1, trainable=False)
    layer.build((None, 10, 10, 3))
    layer.set_weights([np.eye(3)[None, None], np.zeros(3)])
    return layer


@pytest.mark.parametrize("layer", [adapted(), identity()], ids=["adapted", "set"])
def test_layers_keep_their_weights(layer):
    """Those that come of data or of a user's hand are not drawn anew, nor lost in copies."""
    fitted = clone(classifier(layer)).initialize(X, Y)
    (step,) = fitted.model_.get_layer("augmentation").steps
    for one, other in zip(step.get_weights(), layer.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("layer", [Darker(0.5), SometimesDarker("horizontal")], ids=str)
def test_layers_of_users_need_no_registration(layer):
    """They are cloned, pickled and fitted; each fit gives the same numbers."""
    estimator = classifier(layer)
    copies = [estimator, clone(estimator), pickle.loads(pickle.dumps(estimator))]
    first, *others = (each.fit(X, Y).model_.get_weights() for each in copies)
    for weights in others:
        for one, other in zip(weights, first, strict=True):
            np.testing.assert_array_equal(one, other)


def test_draws_of_users_layers_are_settled_by_the_seed():
    """Another random state gives other draws, although the layer is the same object."""
    layer, images = SometimesDarker("horizontal"), X / np.float32(255)
    sums = []
    for seed in (0, 0, 1):
        front = classifier(layer, random_state=seed).initialize(X, Y).model_.layers[1]
        sums.append(float(np.sum(front(images, training=True))))
    assert sums[0] == sums[1] != sums[2]


def test_layers_of_one_registered_name_are_told_apart():
    """A clone has the class of its original, not the one that was registered last."""
    half, black = same_name(0.5), same_name(0.0)
    losses = [clone(classifier(layer)).fit(X, Y).history_["loss"] for layer in (half, black)]
    assert losses[0] == classifier(half).fit(X, Y).history_["loss"]
    assert losses[0] != losses[1]
