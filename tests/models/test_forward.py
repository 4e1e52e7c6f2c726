"""What the networks compute, and that each family can be trained."""

import keras
import numpy as np
import pytest
from scipy.signal import correlate2d

from kerascnn import models

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("name", "kind"), [("average", "AveragePooling2D"), ("max", "MaxPooling2D")]
)
def test_lenet5_pools_as_asked(name, kind):
    """Both poolings of LeNet-5 are of the kind asked for."""
    rows = models.describe("lenet5", pooling=name)
    assert [row.kind for row in rows if row.kind.endswith("Pooling2D")] == [kind, kind]


def test_lenet5_takes_images_of_32_pixels_as_they_are():
    """An image that is 32×32 already gets no border and gives the same network."""
    rows = models.describe("lenet5", (32, 32, 1))
    assert rows[0].output_shape == (32, 32, 1)
    assert sum(row.parameters for row in rows) == 61_706


def test_mnist_cnn_normalises_with_mnists_mean_and_deviation():
    """The first layer gives (pixel − 0.1307) / 0.3081."""
    images = RANDOM.random((2, 28, 28, 1), dtype=np.float32)
    first = models.build("mnist_cnn", (28, 28, 1), 10).layers[0]
    np.testing.assert_allclose(first(images), (images - 0.1307) / 0.3081, rtol=1e-5, atol=1e-6)


def test_strided_cnn_pads_both_sides():
    """Its first convolution is SciPy's correlation of the padded image, every second pixel."""
    image = RANDOM.random((32, 32), dtype=np.float32)
    model = models.build("strided_cnn", (32, 32, 1), 3)
    kernel = model.layers[1].kernel.numpy()[:, :, 0, 0]
    expected = np.maximum(correlate2d(np.pad(image, 1), kernel, "valid")[::2, ::2], 0)
    got = model.layers[1](model.layers[0](image[None, :, :, None]))[0, :, :, 0]
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_cifar_cnn_ends_in_logits_and_all_other_classifiers_in_a_softmax(weightless):
    """Only the CIFAR-10 stack leaves the softmax to the loss."""
    last = {name: weightless(name).layers[-1].activation for name in models.names()}
    assert last.pop("cifar_cnn") is keras.activations.linear
    assert set(last.values()) == {keras.activations.softmax}


@pytest.mark.parametrize(
    "name", ["resnet50_32", "densenet121_32", "efficientnet_b0_32", "efficientnet_b0"]
)
def test_networks_of_keras_applications_take_pixels_from_0_to_1(name, weightless):
    """No layer rescales by 255: the network's first activations change with such pixels."""
    kinds = {type(layer).__name__ for layer in weightless(name).layers}
    assert not kinds & {"Rescaling", "Normalization"}


def test_a_network_of_keras_applications_computes_what_keras_does():
    """With the same weights, ResNet-50 gives Keras's own outputs: only L2 was added."""
    ours = models.build("resnet50", (32, 32, 3), 4, l2=0.01)
    theirs = keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3), classes=4)
    ours.set_weights(theirs.get_weights())
    images = RANDOM.random((2, 32, 32, 3), dtype=np.float32)
    np.testing.assert_allclose(ours(images), theirs(images), atol=1e-6)


@pytest.mark.parametrize(
    "name",
    [
        "lenet5",
        "cifar_cnn",
        "mnist_cnn",
        "strided_cnn",
        "simple_cnn",
        "alexnet_32",
        "vgg16_32",
        "resnet18_32",
        "densenet121_32",
        "efficientnet_b0_32",
    ],
)
def test_a_training_step_changes_every_kernel(name):
    """One step of gradient descent reaches all layers and leaves finite weights."""
    keras.utils.set_random_seed(0)
    model = models.build(name, (32, 32, 3), 3, l2=1e-3)
    logits = model.layers[-1].activation is keras.activations.linear
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=logits)
    model.compile(keras.optimizers.SGD(0.01), loss, run_eagerly=True)
    kernels = [weight for weight in model.trainable_weights if len(weight.shape) > 1]
    before = [kernel.numpy() for kernel in kernels]
    model.train_on_batch(RANDOM.random((4, 32, 32, 3), dtype=np.float32), np.array([0, 1, 2, 0]))
    for old, kernel in zip(before, kernels, strict=True):
        assert np.isfinite(kernel.numpy()).all()
        assert not np.array_equal(old, kernel.numpy())
