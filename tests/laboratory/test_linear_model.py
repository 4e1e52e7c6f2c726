"""The linear model that networks are measured against."""

import numpy as np

from kerascnn.laboratory.linear_model import told_by_linear_model

RNG = np.random.default_rng(0)


def test_it_is_fitted_on_the_first_images_alone():
    """What stands in the others, and how they are labelled, changes nothing but what is said."""
    images = RNG.normal(size=(90, 4, 4, 1))
    y = (images[:, 0, 0, 0] > 0).astype(int)
    told = told_by_linear_model(images, y, 60)
    assert (told.argmax(axis=1) == y[60:]).mean() > 0.8
    other, labels = images.copy(), y.copy()
    other[61:], labels[60:] = 100.0, 1 - labels[60:]
    np.testing.assert_allclose(told_by_linear_model(other, labels, 60)[0], told[0])
