"""Exhibits of codes: settings chosen by validation, and a verdict that says where PCA wins."""

import numpy as np
import pandas as pd
import pytest

from kerascnn.laboratory import codes
from kerascnn.results import Expected

FIGURES = {
    "autoencoder": {2: [(0.02, 0.8), (0.03, 0.9)], 64: [(0.005, 0.7), (0.007, 0.7)]},
    "PCA": {2: [(0.05, 0.6), (0.05, 0.6)], 64: [(0.001, 0.9), (0.001, 0.9)]},
}
MEASUREMENTS = pd.DataFrame(
    [
        {"method": method, "n_codes": number, "seed": seed, "error": error, "accuracy": accuracy}
        for method, numbers in FIGURES.items()
        for number, seeds in numbers.items()
        for seed, (error, accuracy) in enumerate(seeds)
    ]
)


def results_of(errors):
    """Return what a search has with these errors, by number of codes, rate and depth."""
    return {
        "params": [
            {"learning_rate": rate, "model__depth": depth, "n_codes": number}
            for number, rate, depth in errors
        ],
        "mean_test_score": np.array([-error for error in errors.values()]),
        "std_test_score": np.arange(len(errors)) / 1000,
    }


def test_the_setting_of_the_smallest_validation_error_is_chosen():
    """For each number of codes, whatever the order of candidates."""
    errors = {
        (8, 0.01, 1): 0.3,
        (2, 0.01, 1): 0.5,
        (2, 0.001, 1): 0.6,
        (8, 0.001, 1): 0.4,
        (8, 0.001, 2): 0.2,
        (2, 0.001, 2): 0.7,
    }
    found = codes.Sweep.of(results_of(errors))
    assert found.chosen == {
        2: {"learning_rate": 0.01, "model__depth": 1},
        8: {"learning_rate": 0.001, "model__depth": 2},
    }
    np.testing.assert_array_equal(found.means, [[0.5, 0.6, 0.7], [0.3, 0.4, 0.2]])
    np.testing.assert_array_equal(found.spreads, [[0.001, 0.002, 0.005], [0, 0.003, 0.004]])


def test_a_setting_that_diverges_is_never_chosen():
    """Its cell says so, and that of the chosen one has a mark."""
    found = codes.Sweep.of(results_of({(2, 0.01, 1): 0.5, (2, 1.0, 1): np.nan}))
    assert found.chosen == {2: {"learning_rate": 0.01, "model__depth": 1}}
    (table,) = codes.sweep(found, folds=3).panels
    assert [row[1:] for row in table.rows] == [["0.5000 ± 0.0000 •"], ["diverged"]]
    assert [row[0] for row in table.rows] == [
        "learning_rate = 10⁻², model__depth = 1",
        "learning_rate = 10⁰, model__depth = 1",
    ]


def test_the_page_says_where_pca_is_better():
    """In a sentence computed from the measurements."""
    text = codes.errors(MEASUREMENTS).text
    assert "beats all others with every seed at codes 2, but not everywhere" in text
    assert "at 64 it is 0.0050 behind (PCA)" in text


def test_the_headline_is_the_share_of_pcas_error():
    """With the fewest codes, the mean over seeds, beside the figure expected."""
    first, error, accuracy = codes.headlines(MEASUREMENTS, Expected(0.5, 0.1))
    assert first.value.startswith("0.500 ± 0.100")
    assert first.note.endswith("expected 0.500 ± 0.100: as expected")
    assert error.value == "0.0250 ± 0.0050"
    assert accuracy.value == "0.850 ± 0.050"


def test_neighbours_by_pixels_are_stated_beside_those_by_codes():
    """As a figure in the text, with its standard error: the root of 0.987 · 0.013 / 400."""
    exhibit = codes.neighbours(MEASUREMENTS, 0.987, 400)
    assert "a standard error of 0.006" in exhibit.text
    assert "the nearest by pixels tell 0.987 of them" in exhibit.text
    np.testing.assert_allclose(exhibit.panels[0].means["autoencoder"], [0.85, 0.7])


def test_points_are_grouped_by_class():
    """Each where its codes put it."""
    points = np.arange(12.0).reshape(6, 2)
    arrays = {"autoencoder points": points, "PCA points": -points}
    network, pca = codes.maps(arrays, np.array([1, 0, 1, 2, 0, 1]), ["a", "b", "c"]).panels
    np.testing.assert_array_equal(network.groups["b"], points[[0, 2, 5]])
    np.testing.assert_array_equal(pca.groups["c"], -points[[3]])


def test_sheets_show_the_images_above_what_is_made_of_them():
    """Autoencoder, then PCA, cut to the range of images."""
    images = np.full((2, 3, 3, 1), 0.2)
    made = {4: {"autoencoder made": images + 0.2, "PCA made": images + 2}}
    (sheet,) = codes.reconstructions(images, made).panels
    assert sheet.caption == "4 codes, from top to bottom: the image, autoencoder, PCA"
    assert sheet.pixels.shape == (15, 10)
    assert [sheet.pixels[row, 0] for row in (0, 5, 10)] == [51, 102, 255]


def test_one_image_of_each_class_is_shown():
    """The first."""
    np.testing.assert_array_equal(codes.first_of_each(np.array([2, 0, 2, 1, 0])), [1, 3, 0])


@pytest.mark.parametrize("folds", [2, 5])
def test_the_sweep_says_its_folds(folds):
    """And that no test image took part."""
    found = codes.Sweep.of(results_of({(2, 0.01, 1): 0.5}))
    assert f"on {folds} folds" in codes.sweep(found, folds).text
