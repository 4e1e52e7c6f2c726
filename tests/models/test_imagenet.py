"""Networks with the weights of ImageNet: their pixels, and what is said without a network."""

from functools import partial

import keras
import numpy as np
import pytest
from keras.src.utils import file_utils

from kerascnn.models.imagenet import FAMILIES, ImagenetPixels, imagenet_backbone

IMAGES = np.random.default_rng(0).random((2, 32, 32, 3), dtype=np.float32)


def test_pixels_of_the_caffe_families_are_blue_first_and_centred():
    """VGG and ResNet were trained on BGR images minus the means of ImageNet, not scaled."""
    expected = IMAGES[..., ::-1] * 255 - [103.939, 116.779, 123.68]
    for family in ("vgg16", "vgg19", "resnet50", "resnet101", "resnet152"):
        np.testing.assert_allclose(ImagenetPixels(family)(IMAGES), expected, rtol=1e-5, atol=1e-4)


def test_pixels_of_densenet_are_standardized():
    """As in PyTorch, by the means and deviations of ImageNet's channels."""
    expected = (IMAGES - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    found = ImagenetPixels("densenet121")(IMAGES)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_pixels_of_efficientnet_go_up_to_255():
    """The network itself scales them."""
    np.testing.assert_allclose(ImagenetPixels("efficientnet_b0")(IMAGES), IMAGES * 255, rtol=1e-6)


def test_weights_are_those_of_keras(tmp_path, monkeypatch):
    """The file that Keras would download is loaded; features are those of Keras's own network."""
    make = partial(
        keras.applications.EfficientNetB0,
        include_top=False,
        pooling="avg",
        input_shape=(32, 32, 3),
    )
    trained = make(weights=None)
    file = tmp_path / "weights.weights.h5"
    trained.save_weights(file)
    monkeypatch.setattr(file_utils, "get_file", lambda *args, **options: str(file))
    backbone = imagenet_backbone("efficientnet_b0", (32, 32, 3))
    for found, saved in zip(backbone.weights, trained.weights, strict=True):
        np.testing.assert_array_equal(found, saved)
    # Keras builds a further layer where it loads the weights of ImageNet.
    expected = make(weights="imagenet")(IMAGES * 255).numpy()
    atol = 1e-4 * np.abs(expected).max()  # a network of random weights shrinks what it is given
    np.testing.assert_allclose(backbone(IMAGES), expected, rtol=1e-4, atol=atol)


def test_without_a_network_there_are_ways_out(monkeypatch):
    """Keras's plain Exception becomes one clear error."""

    def fail(*args, **options):
        raise Exception("URL fetch failure on https://…")

    monkeypatch.setattr(file_utils, "get_file", fail)
    with pytest.raises(OSError, match=r"resnet50 cannot be loaded.*Ways out: .*pretrained=…"):
        imagenet_backbone("resnet50", (32, 32, 3))


@pytest.mark.parametrize("shape", [(32, 32, 1), (16, 32, 3), (32, 3)])
def test_images_of_other_shapes_are_refused(shape):
    """Before anything is downloaded."""
    with pytest.raises(ValueError, match=r"takes RGB images of at least 32×32 pixels"):
        imagenet_backbone("vgg16", shape)


def test_the_families_are_registered_models():
    """Each can be trained from scratch by the same name."""
    from kerascnn import models

    assert set(FAMILIES) <= set(models.names())
