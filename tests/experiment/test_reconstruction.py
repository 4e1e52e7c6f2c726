"""PCA's errors are the variance that its components leave, and images go from 0 to 1."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from kerascnn.datasets import load
from kerascnn.experiment.data import split_dataset
from kerascnn.experiment.reconstruction import (
    check_components,
    fitted_pca,
    in_unit_range,
    squared_errors,
)

IMAGES = load_digits().images[:300, :, :, None]


@pytest.fixture(scope="module")
def split():
    """Return the digits, pixels from 0 to 16."""
    return split_dataset(load("digits"), test_size=0.2, n_train=None, n_test=None, seed=0)


def test_pca_leaves_the_variance_of_the_other_components():
    """Summed up over the training images, from their singular values."""
    pca = fitted_pca(IMAGES, 5)
    made = pca.inverse_transform(pca.transform(IMAGES))
    flat = IMAGES.reshape(300, -1)
    values = np.linalg.svd(flat - flat.mean(axis=0), compute_uv=False)
    assert made.shape == IMAGES.shape
    assert squared_errors(IMAGES, made).sum() * 64 == pytest.approx(np.square(values[5:]).sum())


def test_components_may_be_chosen_by_variance():
    """As few as explain the share asked for."""
    n_components = fitted_pca(IMAGES, 0.9).transform(IMAGES).shape[1]
    flat = IMAGES.reshape(300, -1)
    values = np.square(np.linalg.svd(flat - flat.mean(axis=0), compute_uv=False))
    shares = np.cumsum(values) / values.sum()
    assert shares[n_components - 2] < 0.9 <= shares[n_components - 1]


def test_each_image_has_its_error():
    """The mean over its pixels and channels, in float64."""
    images = np.zeros((2, 2, 2, 1), np.float32)
    made = np.zeros((2, 2, 2, 1), np.float32)
    made[1, 0, 0] = 2
    errors = squared_errors(images, made)
    assert errors.dtype == np.float64
    assert errors.tolist() == [0, 1]


def test_digits_go_from_nought_to_one(split):
    """By the range of the training images, the test images as well."""
    scaled = in_unit_range(split)
    assert scaled.X.dtype == scaled.X_test.dtype == np.float32
    np.testing.assert_allclose(scaled.X, split.X / 16)
    np.testing.assert_allclose(scaled.X_test, split.X_test / 16)


def test_bytes_are_divided_by_255(split):
    """Whatever their range."""
    images = split.X.astype(np.uint8)
    scaled = in_unit_range(replace(split, X=images, X_test=images))
    np.testing.assert_allclose(scaled.X_test, images / 255, rtol=1e-6)


def test_more_components_than_images_or_pixels_are_refused(split):
    """With what there is."""
    check_components(64, 100, split)
    with pytest.raises(
        ValueError, match="n_codes=65 is more than PCA can find in 100 images of 64"
    ):
        check_components(65, 100, split)
    with pytest.raises(ValueError, match="give at most 40"):
        check_components(64, 40, split)
