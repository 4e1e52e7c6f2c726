"""Magnitudes of P and S, and the discriminant on them."""

import numpy as np
import pytest

from kerascnn.laboratory.seismic_ratio import (
    discriminant,
    leave_one_out_predictions,
    phase_magnitudes,
)

RANDOM = np.random.default_rng(0)


def events(magnitudes):
    """Return seismograms whose halves have the given magnitudes, (n, 200, 1)."""
    phases = RANDOM.uniform(-1, 1, (len(magnitudes), 2, 100))
    phases[:, :, :2] = -1, 1
    amplitudes = 10.0 ** np.asarray(magnitudes) / 2
    return (phases * amplitudes[:, :, None]).reshape(len(magnitudes), 200, 1)


def by_hand(features, y):
    """Return the leave-one-out predictions of a linear discriminant written out in NumPy."""
    predicted = []
    for left_out in range(len(y)):
        kept = np.arange(len(y)) != left_out
        groups = [features[kept & (y == name)] for name in np.unique(y)]
        scatter = sum(np.cov(group.T) * (len(group) - 1) for group in groups)
        precision = np.linalg.inv(scatter / (len(y) - 3))
        offsets = [features[left_out] - group.mean(axis=0) for group in groups]
        distances = [offset @ precision @ offset for offset in offsets]
        predicted.append(np.unique(y)[np.argmin(distances)])
    return np.array(predicted)


def test_a_magnitude_is_the_logarithm_of_the_peak_to_peak_amplitude():
    """The first half gives P, the second S."""
    signal = np.array([0, 3, -7, 1, 50, 0, -50, 20])
    np.testing.assert_allclose(phase_magnitudes(signal[None]), [[1, 2]])


def test_a_channel_axis_changes_nothing():
    """Signals are taken as (n, samples) and as (n, samples, 1)."""
    X = RANDOM.normal(size=(3, 50))
    np.testing.assert_array_equal(phase_magnitudes(X), phase_magnitudes(X[..., None]))


def test_predictions_are_those_of_a_discriminant_written_out():
    """Pooled covariance, equal priors, each event left out once: overlapping classes."""
    y = np.array(["earthquake"] * 20 + ["explosion"] * 12)
    magnitudes = RANDOM.multivariate_normal([0, 0], [[0.3, 0.1], [0.1, 0.2]], 32)
    magnitudes[20:] += [0.5, -0.3]
    predicted = leave_one_out_predictions(events(magnitudes), y)
    np.testing.assert_array_equal(predicted, by_hand(magnitudes, y))
    assert 0.5 < (predicted == y).mean() < 1


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.ones((4, 9)), r"X has shape \(4, 9\)"),
        (np.ones((4, 8, 2)), r"X has shape \(4, 8, 2\)"),
        (np.array([[1, 2, 3, 4], [1, 2, 5, 5]]), r"X\[1\]: the S half is constant"),
        (np.array([[np.nan, 2, 3, 4]]), r"X\[0\]: the P half is constant or not finite"),
    ],
)
def test_what_has_no_magnitude_is_refused(X, message):
    """The error says which record, and why."""
    with pytest.raises(ValueError, match=message):
        phase_magnitudes(X)


def test_a_class_of_one_event_cannot_be_left_out():
    """The error states how many events each class has."""
    with pytest.raises(ValueError, match="'explosion': 1"):
        leave_one_out_predictions(RANDOM.normal(size=(3, 8)), ["a", "a", "explosion"])


def test_all_records_of_an_event_are_left_out_together():
    """As if each event were predicted by a discriminant that knows the others only."""
    y = np.repeat(["earthquake", "explosion"], 8)
    stations = np.repeat(np.arange(8), 2)
    magnitudes = np.repeat(RANDOM.normal(size=(8, 2)), 2, axis=0) + RANDOM.normal(0, 0.01, (16, 2))
    X = events(magnitudes)
    expected = np.concatenate(
        [
            discriminant().fit(phase_magnitudes(X[kept]), y[kept]).predict(phase_magnitudes(X[out]))
            for out, kept in ((stations == event, stations != event) for event in range(8))
        ]
    )
    np.testing.assert_array_equal(leave_one_out_predictions(X, y, stations), expected)
    assert (leave_one_out_predictions(X, y) == y).mean() > (expected == y).mean()


def test_a_class_of_one_event_at_several_stations_cannot_be_left_out():
    """Its records are one event."""
    with pytest.raises(ValueError, match="'explosion': 1"):
        leave_one_out_predictions(
            RANDOM.normal(size=(4, 8)), ["a", "a", "explosion", "explosion"], [0, 1, 2, 2]
        )
