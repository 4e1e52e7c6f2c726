"""Figures and exhibits of anomalies, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from kerascnn.laboratory import anomaly, anomaly_scores
from kerascnn.results import Expected

RNG = np.random.default_rng(0)
IS_ANOMALY = np.arange(60) % 4 == 0
SCORES = RNG.normal(IS_ANOMALY.astype(float), 1)
AREAS = {
    "autoencoder": {"0": (0.9, 0.8), "1": (0.2, 0.3)},
    "forest": {"0": (0.6, 0.6), "1": (0.5, 0.7)},
}
MEASUREMENTS = pd.DataFrame(
    [
        {
            "method": method,
            "left_out": name,
            "seed": seed,
            "area": area,
            "found": area / 2,
            "false_alarms": 0.05,
        }
        for method, names in AREAS.items()
        for name, areas in names.items()
        for seed, area in enumerate(areas)
    ]
)


def scored(scores=SCORES, is_anomaly=IS_ANOMALY):
    """Return test images with two methods' scores."""
    made = np.full((2, 3, 3, 1), 0.4)
    arrays = {"autoencoder": scores, "forest": -scores, "made": made}
    return anomaly_scores.Scored(is_anomaly, arrays)


def test_the_area_is_the_share_of_pairs_in_order():
    """Of all pairs of an anomaly and a known image, counted."""
    area = anomaly_scores.figures(SCORES, IS_ANOMALY, 0.0)["area"]
    pairs = SCORES[IS_ANOMALY][:, None] > SCORES[~IS_ANOMALY]
    assert area == pytest.approx(pairs.mean())


def test_what_is_above_the_threshold_is_called_an_anomaly():
    """Rates among the anomalies and among the others."""
    scores = np.array([3.0, 1.0, 2.0, 0.0, 5.0])
    is_anomaly = np.array([True, True, False, False, False])
    figures = anomaly_scores.figures(scores, is_anomaly, threshold=2.0)
    assert figures["found"] == 1 / 2
    assert figures["false_alarms"] == pytest.approx(1 / 3)


def test_roc_curves_count_anomalies_above_each_threshold():
    """At each false positive rate that a threshold has."""
    rates = scored().true_positive_rates("autoencoder")
    known = np.sort(SCORES[~IS_ANOMALY])[::-1]
    for n_alarms in (9, 18, 27):
        at = np.flatnonzero(np.isclose(anomaly_scores.FALSE_POSITIVE_RATES, n_alarms / len(known)))
        above = (SCORES[IS_ANOMALY] > known[n_alarms]).mean()
        from_here = (SCORES[IS_ANOMALY] > known[n_alarms - 1]).mean()
        assert from_here <= rates[at[0]] <= above


def test_the_mean_curve_is_over_classes():
    """With its standard error; a method of opposite scores has a curve of its own."""
    one, other = scored(), scored(np.roll(SCORES, 1))
    bands = anomaly.curves({"0": one, "1": other}).panels[0]
    curves = [each.true_positive_rates("forest") for each in (one, other)]
    np.testing.assert_allclose(bands.means["forest"], np.mean(curves, axis=0))
    np.testing.assert_allclose(bands.spreads["forest"], np.std(curves, axis=0) / np.sqrt(2))
    assert list(bands.means) == ["autoencoder", "forest"]
    assert not bands.is_logarithmic


def test_each_class_has_the_autoencoders_curve():
    """Five to a plot, which have five colours."""
    classes = {str(shift): scored(np.roll(SCORES, shift)) for shift in range(7)}
    _, first, second = anomaly.curves(classes).panels
    assert [list(panel.means) for panel in (first, second)] == [
        ["0", "1", "2", "3", "4"],
        ["5", "6"],
    ]
    wanted = classes["6"].true_positive_rates("autoencoder")
    np.testing.assert_array_equal(second.means["6"], wanted)
    assert not second.spreads["6"].any()


def test_classes_below_chance_are_named():
    """With what that means, and the verdict after it."""
    text = anomaly.areas(MEASUREMENTS).text
    assert (
        "With 1 left out it is below that: the autoencoder makes the unknown images better" in text
    )
    assert "beats all others with every seed at left-out class 0, but not everywhere" in text
    above = MEASUREMENTS[MEASUREMENTS["left_out"] == "0"]
    assert "below that" not in anomaly.areas(above).text


def test_headlines_are_means_over_classes():
    """With deviations over seeds, beside the figure expected."""
    first, forest, found = anomaly.headlines(MEASUREMENTS, Expected(0.55, 0.01))
    assert (first.label, first.value) == ("Area, autoencoder", "0.550 ± 0.000")
    assert first.note.endswith("as expected")
    assert forest.value == "0.600 ± 0.050"
    assert (found.value, found.note) == (
        "0.275 ± 0.000",
        "autoencoder, at 0.050 ± 0.000 false alarms",
    )


def test_the_threshold_has_its_rates_in_tables():
    """Over all classes, and for each."""
    means, found, alarms = anomaly.thresholds(MEASUREMENTS, 0.95).panels
    assert means.rows[1] == ["forest", "0.300 ± 0.025", "0.050 ± 0.000"]
    assert found.rows[0] == ["0", "0.425 ± 0.025", "0.300 ± 0.000"]
    assert alarms.rows[1] == ["1", "0.050 ± 0.000", "0.050 ± 0.000"]


def test_extreme_images_are_those_of_extreme_scores():
    """Among the anomalies: the largest, then the smallest."""
    most, least = anomaly_scores.extreme_rows(SCORES, IS_ANOMALY)
    assert SCORES[most] == SCORES[IS_ANOMALY].max()
    assert SCORES[least] == SCORES[IS_ANOMALY].min()


def test_sheets_hold_anomalies_and_known_images_by_error():
    """The brightness of each image is the rank of its error."""
    ranks = SCORES.argsort().argsort() / 60
    images = np.broadcast_to(ranks[:, None, None, None], (60, 3, 3, 1))
    panels = anomaly.extremes([scored(), scored()], images).panels
    shades = np.round(ranks * 255).astype(int)
    strip, _, *sheets = panels
    assert strip.pixels.shape == (10, 10)
    assert [strip.pixels[0, 0], strip.pixels[5, 0]] == [max(shades[IS_ANOMALY]), 102]
    for sheet, own, sign in zip(
        sheets, (IS_ANOMALY, IS_ANOMALY, ~IS_ANOMALY, ~IS_ANOMALY), (-1, 1, -1, 1), strict=True
    ):
        wanted = sign * np.sort(sign * shades[own])[:6]
        assert sheet.pixels[0, ::5].tolist() == wanted.tolist(), sheet.caption


def test_short_rows_of_sheets_end_in_white():
    """Where a class has fewer images than are shown."""
    few = np.arange(60) < 2
    images = np.zeros((60, 3, 3, 1))
    sheet = anomaly.extremes([scored(), scored(is_anomaly=few)], images).panels[2].pixels
    assert sheet[5, ::5].tolist() == [0, 0, 255, 255, 255, 255]
