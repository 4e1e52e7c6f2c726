"""Values of images are scaled for networks, and back to their range."""

import numpy as np
import pytest

from kerascnn.experiment.values import Values

FIELDS = np.random.default_rng(0).normal(280, 10, (9, 4, 4, 1)).astype(np.float32)


def test_networks_are_given_a_mean_of_zero_and_a_deviation_of_one():
    """Of real numbers; of bytes they are given 0–1."""
    scaled = Values.of(FIELDS).scaled(FIELDS)
    assert scaled.dtype == np.float32
    assert (scaled.mean(), scaled.std()) == pytest.approx((0, 1), abs=1e-4)
    bytes_ = Values.of(np.array([7, 8], np.uint8))
    np.testing.assert_allclose(bytes_.scaled(np.array([0, 51, 255], np.uint8)), [0, 0.2, 1])


def test_results_are_relative_to_the_range_of_values():
    """From the smallest to the largest, beyond which only bytes cannot be."""
    values = Values.of(FIELDS)
    unit = values.unit(values.scaled(FIELDS))
    assert (unit.min(), unit.max()) == pytest.approx((0, 1), abs=1e-4)
    assert values.unit(values.scaled(FIELDS) + 1).max() > 1.1
    bytes_ = Values.of(np.array([7, 8], np.uint8))
    np.testing.assert_allclose(bytes_.unit(np.float32([-0.5, 0.2, 1.5])), [0, 0.2, 1])


def test_images_can_be_taken_relative_at_once():
    """Without a mean and a deviation between."""
    values = Values.of(FIELDS)
    np.testing.assert_allclose(
        values.relative(FIELDS), values.unit(values.scaled(FIELDS)), atol=1e-5
    )
