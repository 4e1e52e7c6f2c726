"""Filters, feature maps and Grad-CAM against computations by hand."""

import keras
import numpy as np
import pytest
from keras import layers
from scipy.signal import correlate2d

from kerascnn import CNNClassifier, models
from kerascnn.internals.keras import weights_only_declared
from kerascnn.interpretation import (
    convolutions,
    feature_maps,
    first_filters,
    grad_cam,
    inspect,
    inspect_layers,
    last_maps,
    seen,
)

RANDOM = np.random.default_rng(0)


def averaging(activation=None, n_outputs=3, tail=()):
    """Return a network conv – global average – dense, for which CAM has a closed form."""
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((6, 5, 2)),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(n_outputs, activation=activation),
            *tail,
        ]
    )


def class_activation(model, images, classes, sign=1):
    """Return relu(Σ_k w_kc A_k) / positions: Zhou et al. (2016), to which Grad-CAM reduces."""
    maps = np.asarray(model.layers[0](images))
    weights = model.layers[2].kernel.numpy()[:, classes]
    return np.maximum(sign * np.einsum("nhwk,kn->nhw", maps, weights), 0) / (6 * 5)


@pytest.fixture(scope="module")
def images():
    """Return three random images of 6×5 pixels."""
    return RANDOM.random((3, 6, 5, 2), dtype=np.float32)


@pytest.fixture(scope="module")
def fitted(three_digits):
    """Return a digits CNN trained for a moment, so that it is right and wrong at times."""
    X, y = three_digits
    return CNNClassifier("digits_cnn", epochs=2, learning_rate=0.003, random_state=0).fit(X, y)


def test_filters_are_the_first_kernel():
    """The first convolution's weights, (height, width, channels, n)."""
    model = models.build("lenet5", (28, 28, 1), 10)
    np.testing.assert_array_equal(first_filters(model), model.layers[1].kernel.numpy())


def test_feature_maps_are_correlations():
    """The first maps of the digits CNN are SciPy's correlation with each filter, then relu."""
    image = RANDOM.random((8, 8, 1), dtype=np.float32)
    model = models.build("digits_cnn", (8, 8, 1), 3)
    ((_, maps),) = feature_maps(model, image)
    kernels = first_filters(model)
    for index in range(10):
        expected = correlate2d(image[:, :, 0], kernels[:, :, 0, index], "same")
        np.testing.assert_allclose(maps[:, :, index], np.maximum(expected, 0), atol=1e-5)


def test_feature_maps_of_pixels_are_those_of_pixels_divided_by_255():
    """uint8 images are fed as in training."""
    image = RANDOM.integers(0, 256, (28, 28, 1), dtype=np.uint8)
    model = models.build("lenet5", (28, 28, 1), 10)
    from_pixels = feature_maps(model, image)
    from_floats = feature_maps(model, image.astype(np.float32) / 255)
    assert [maps.shape for _, maps in from_pixels] == [(28, 28, 6), (10, 10, 16)]
    for (_, one), (_, other) in zip(from_pixels, from_floats, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_depthwise_convolutions_count_and_single_positions_do_not():
    """EfficientNet's depthwise layers are there, its squeeze-and-excitation is not."""
    with weights_only_declared():
        found = [
            layer.name for layer in convolutions(models.build("efficientnet_b0_32", (32, 32, 3), 3))
        ]
    assert "block1a_dwconv" in found
    assert not [name for name in found if "se_" in name]


@pytest.mark.parametrize(
    ("activation", "tail"),
    [
        (None, ()),
        ("softmax", ()),
        (None, (layers.Softmax(),)),
        (None, (layers.Activation("softmax"),)),
    ],
)
def test_grad_cam_is_class_activation_mapping_where_that_exists(images, activation, tail):
    """After a global average it reduces to CAM, whether or not a softmax follows the scores."""
    model = averaging(activation, tail=tail)
    classes = np.array([0, 2, 1])
    expected = class_activation(model, images, classes)
    assert expected.max() > 0
    np.testing.assert_allclose(grad_cam(model, images, classes), expected, atol=1e-6)


def test_grad_cam_explains_the_prediction_unless_told_otherwise(images):
    """Without classes, the predicted ones are explained."""
    model = averaging("softmax")
    predicted = np.asarray(model(images)).argmax(axis=1)
    np.testing.assert_array_equal(grad_cam(model, images), grad_cam(model, images, predicted))


@pytest.mark.parametrize(("label", "sign"), [(0, -1), (1, 1)])
def test_a_single_output_speaks_for_the_second_class(images, label, sign):
    """With one sigmoid output, class 1 is its logit and class 0 the opposite."""
    model = averaging("sigmoid", n_outputs=1)
    expected = class_activation(model, images, np.zeros(3, int), sign)
    np.testing.assert_allclose(grad_cam(model, images, np.full(3, label)), expected, atol=1e-6)


def test_grad_cam_looks_where_the_evidence_is():
    """A network that adds up brightness is explained by the bright patch, at image scale."""
    image = np.zeros((1, 16, 16, 1), np.float32)
    image[0, 10:14, 2:6] = 1
    inputs = keras.Input((16, 16, 1))
    x = layers.Conv2D(1, 3, padding="same", kernel_initializer="ones")(inputs)
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(layers.MaxPooling2D(2)(x)))
    model = keras.Model(inputs, layers.Dense(2, kernel_initializer="ones")(x))
    heat = grad_cam(model, image)[0]
    assert heat.shape == (16, 16)
    assert heat[10:14, 2:6].min() > 0
    assert heat[:6].max() == heat[:, 9:].max() == 0


def test_the_maps_explained_are_those_that_go_on():
    """Sum and activation of the last residual block belong to its maps, a pooling does not."""
    with weights_only_declared():
        resnet = models.build("resnet18_32", (32, 32, 3), 3)
        lenet = models.build("lenet5", (28, 28, 1), 10)
    assert last_maps(resnet).name == "conv5_block2_out"
    assert last_maps(lenet) is convolutions(lenet)[-1]


def test_an_insight_shows_right_and_wrong_predictions(fitted, three_digits):
    """Right ones of different classes come first, then the most confident mistakes."""
    X, y = three_digits
    found = inspect(fitted, X, y, ["zero", "one", "two"], n_right=2, n_wrong=3)
    is_right = [item.true_name == item.predicted_name for item in found.saliency]
    mistakes = fitted.predict(X) != y
    assert 3 <= mistakes.sum() < len(y)
    assert is_right == [True, True, False, False, False]
    assert len({item.true_name for item in found.saliency[:2]}) == 2
    confidence = fitted.predict_proba(X).max(axis=1)[mistakes]
    np.testing.assert_allclose(
        [item.confidence for item in found.saliency[2:]], np.sort(confidence)[::-1][:3]
    )
    assert found.filters.shape == (3, 3, 1, 10)
    np.testing.assert_array_equal(found.example, found.saliency[0].image)
    assert [maps.shape for _, maps in found.feature_maps] == [(8, 8, 10)]


def test_an_insight_names_labels_by_themselves(fitted, three_digits):
    """Without class names the labels are shown."""
    X, y = three_digits
    assert {item.true_name for item in inspect(fitted, X, y).saliency} <= {"0", "1", "2"}


def test_a_network_without_convolutions_shows_nothing(three_digits):
    """A dense network gives an empty insight, and an error where its filters are asked for."""
    X, y = three_digits

    def dense(input_shape, n_classes):
        """Return a network without convolutions."""
        outputs = layers.Dense(n_classes, activation="softmax")
        return keras.Sequential([keras.Input(input_shape), layers.Flatten(), outputs], name="dense")

    estimator = CNNClassifier(dense, epochs=1, random_state=0).fit(X, y)
    found = inspect(estimator, X, y)
    assert (found.filters, found.feature_maps, found.saliency) == (None, (), ())
    with pytest.raises(ValueError, match="model 'dense' has no convolution layers"):
        first_filters(estimator.model_)


def averaging_signals():
    """Return a network of signals conv – global average – dense."""
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((12, 2)),
            layers.Conv1D(4, 3, padding="same", activation="relu"),
            layers.GlobalAveragePooling1D(),
            layers.Dense(3),
        ]
    )


def test_the_heat_of_signals_is_that_of_class_activation_maps():
    """Over time: the weights of the class times the maps, which Grad-CAM reduces to."""
    model = averaging_signals()
    signals = RANDOM.normal(size=(4, 12, 2)).astype(np.float32)
    classes = np.array([0, 1, 2, 0])
    maps = np.asarray(model.layers[0](signals))
    weights = model.layers[2].kernel.numpy()[:, classes]
    expected = np.maximum(np.einsum("nsk,kn->ns", maps, weights), 0) / 12
    np.testing.assert_allclose(grad_cam(model, signals, classes), expected, atol=1e-6)


def test_filters_and_maps_of_signals_have_one_place():
    """Kernels are (samples, channels, n), maps (samples, n)."""
    model = averaging_signals()
    signal = RANDOM.normal(size=(12, 2)).astype(np.float32)
    np.testing.assert_array_equal(first_filters(model), model.layers[0].kernel.numpy())
    [(_, maps)] = feature_maps(model, signal)
    np.testing.assert_allclose(maps, np.asarray(model.layers[0](signal[None]))[0], atol=1e-6)


def test_a_network_behind_a_spectrogram_looks_at_the_spectrogram():
    """Heat, example and saliency have its height and width, whatever the network takes."""
    stack = [
        layers.STFTSpectrogram(frame_length=16, frame_step=8, fft_length=16),
        layers.Reshape((7, 9, 1)),
        layers.Conv2D(3, 3, padding="same"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(2),
    ]

    def builder(input_shape, n_classes):
        return keras.Sequential([keras.Input(input_shape), *stack])

    signals = RANDOM.normal(size=(20, 64, 1)).astype(np.float32)
    fitted = CNNClassifier(builder, epochs=1, random_state=0).fit(signals, np.arange(20) % 2)
    pictures = seen(fitted.model_, signals)
    assert grad_cam(fitted.model_, signals).shape == pictures.shape[:3] == (20, 7, 9)
    insight = inspect(fitted, signals, np.arange(20) % 2)
    assert insight.example.shape == (7, 9, 1)
    assert {item.image.shape for item in insight.saliency} == {(7, 9, 1)}


def test_a_network_of_any_task_is_looked_into(images):
    """Filters and maps as those of a classifier; nothing of a network without convolutions."""
    model = keras.Sequential([keras.Input((6, 5, 2)), layers.Conv2D(2, 3, padding="same")])
    found = inspect_layers(model, images[0])
    np.testing.assert_array_equal(found.filters, model.layers[0].kernel)
    np.testing.assert_allclose(found.feature_maps[0][1], model(images)[0], rtol=1e-5, atol=1e-6)
    flat = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    assert inspect_layers(flat, images[0]).filters is None
