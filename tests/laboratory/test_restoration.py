"""Exhibits of restored images hold the images and figures that they are given."""

import numpy as np
import pandas as pd
import pytest

from kerascnn.laboratory import restoration

ROWS = [
    {"method": method, "factor": factor, "seed": seed, "psnr": value + seed, "ssim": 0.5}
    | ({"parameters": 500 * factor, "seconds": factor + seed} if method == "network" else {})
    for method, value in (("network", 20.0), ("filter", 10.0))
    for factor in (2, 4)
    for seed in (0, 2)
]


@pytest.fixture
def quantities():
    """PSNR and SSIM of a network and a filter, at two factors, with two seeds."""
    return restoration.qualities(pd.DataFrame(ROWS), "factor", "factor")


def test_a_sheet_has_a_row_for_each_method():
    """Black and white are the values stated; what lies beyond is clipped."""
    dark, light = np.full((9, 5, 6, 1), -3.0), np.full((9, 5, 6, 1), 9.0)
    picture = restoration.sheet("at 2", {"dark": dark, "light": light}, -1.0, 3.0)
    assert picture.caption == "at 2, from top to bottom: dark, light"
    assert picture.pixels.shape == (2 * 7, restoration.IMAGES_SHOWN * 8)
    assert (picture.pixels[:5, :6] == 0).all()
    assert (picture.pixels[7:12, :6] == 255).all()


def test_colours_stay_colours():
    """In three channels, from 0 to 1 by default."""
    images = np.broadcast_to([0.0, 0.5, 1.0], (4, 2, 2, 3))
    picture = restoration.sheet("c", {"one": images})
    np.testing.assert_array_equal(picture.pixels[0, 0], [0, 128, 255])


def test_the_comparison_shows_both_figures_and_a_verdict(quantities):
    """In words above, as curves and tables below."""
    exhibit = restoration.comparison(quantities, "network", "At two factors.")
    assert "By PSNR, the network beats all others with every seed at factor 2 and 4." in (
        exhibit.text
    )
    assert "By SSIM, the network beats the others nowhere" in exhibit.text
    assert "At two factors." in exhibit.text
    assert "over 2 seeds" in exhibit.text
    assert [panel.KIND for panel in exhibit.panels] == ["points", "table"] * 2
    assert exhibit.panels[1].rows[0] == ["network", "21.00 ± 1.00", "21.00 ± 1.00"]


def test_three_settings_make_curves():
    """Of two, lines would show nothing."""
    rows = [{**row, "factor": row["factor"] * times} for times in (1, 4) for row in ROWS]
    exhibit = restoration.comparison(
        restoration.qualities(pd.DataFrame(rows), "factor", "factor"), "network", ""
    )
    np.testing.assert_array_equal(exhibit.panels[0].x, [2, 4, 8, 16])


def test_the_headlines_are_the_networks_own(quantities):
    """At the setting asked for, with what the network takes."""
    first, second, parameters, training = restoration.headlines(quantities, "network", 4, None)
    assert (first.label, first.value) == ("PSNR at factor 4", "21.00 ± 1.00 dB")
    assert (second.label, second.value) == ("SSIM at factor 4", "0.500 ± 0.000")
    assert (parameters.value, training.value) == ("2,000", "5 s")
