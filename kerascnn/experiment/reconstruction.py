"""Reconstructing images: PCA as the linear counterpart of an autoencoder, and errors."""

from dataclasses import replace
from typing import Any

import numpy as np

from kerascnn.experiment.data import Split
from kerascnn.experiment.values import Values


def in_unit_range(split: Split) -> Split:
    """Return a split of float32 images from 0 to 1, as autoencoders make them.

    Bytes are divided by 255, real numbers scaled by the range of the training images.
    """
    values = Values.of(split.X)
    return replace(split, X=values.relative(split.X), X_test=values.relative(split.X_test))


def check_components(n_components: int, n_images: int, split: Split) -> None:
    """Raise ValueError if PCA cannot find so many components.

    Args:
        n_components: how many.
        n_images: how many images there are to find them in.
        split: what these are a part of.
    """
    n_pixels = split.X[0].size
    if n_components > min(n_images, n_pixels):
        raise ValueError(
            f"n_codes={n_components} is more than PCA can find in {n_images} images of {n_pixels} "
            f"pixels: give at most {min(n_images, n_pixels)}, or more or larger images"
        )


def fitted_pca(images: np.ndarray, n_components: float) -> Any:
    """Return a scikit-learn pipeline that turns images into components, and back.

    Args:
        images: (n, height, width, channels) float.
        n_components: how many components; or the share of the variance that they explain, in
            (0, 1).

    Returns:
        Fitted; `transform` gives (n, n_components), `inverse_transform` images.
    """
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    shape = images.shape[1:]
    flat = FunctionTransformer(
        lambda X: X.reshape(len(X), -1), lambda X: X.reshape(len(X), *shape), check_inverse=False
    )
    # The exact solver: its components do not depend on a seed.
    return make_pipeline(flat, PCA(n_components, svd_solver="full")).fit(images)


def squared_errors(images: np.ndarray, reconstructed: np.ndarray) -> np.ndarray:
    """Return each image's mean squared error over pixels and channels, (n,) float64."""
    difference = images.astype(np.float64) - reconstructed
    return np.square(difference).mean(axis=tuple(range(1, images.ndim)))
