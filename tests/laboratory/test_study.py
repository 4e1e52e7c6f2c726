"""A study's quantities over seeds, and its verdict in words, computed by hand."""

import numpy as np
import pandas as pd
import pytest

from kerascnn.laboratory.study import Quantity
from kerascnn.results import Expected

FIGURES = {
    "network": {1: (3.0, 5.0), 2: (2.0, 2.0), 4: (1.0, 4.0)},
    "filter": {1: (1.0, 2.0), 2: (3.0, 4.0), 4: (2.0, 2.0)},
    "blank": {1: (0.0, 0.0), 2: (9.0, 0.0), 4: (0.0, 0.0)},
}
MEASUREMENTS = pd.DataFrame(
    [
        {"method": method, "width": width, "seed": seed, "score": figure}
        for method, widths in FIGURES.items()
        for width, seeds in widths.items()
        for seed, figure in enumerate(seeds)
    ]
)


@pytest.fixture
def quantity():
    """The score of three methods at three widths, with two seeds."""
    return Quantity(MEASUREMENTS, "score", "score", "width", "width", digits=1, unit="dB")


def test_means_and_deviations_are_over_seeds(quantity):
    """Of each method at each setting."""
    np.testing.assert_array_equal(quantity.means["network"], [4, 2, 2.5])
    np.testing.assert_array_equal(quantity.spreads["network"], [1, 0, 1.5])


def test_the_order_of_rows_does_not_matter(quantity):
    """Each figure belongs to its method, setting and seed."""
    shuffled = MEASUREMENTS.sort_values(["seed", "score"], ascending=False)
    other = Quantity(shuffled, "score", "score", "width", "width")
    for method in FIGURES:
        rows = [quantity.settings.index(setting) for setting in other.settings]
        np.testing.assert_array_equal(other.values[method], quantity.values[method][rows])


def test_a_lead_is_over_the_best_other_method(quantity):
    """Paired by seed; at 2 "blank" is the best on average, at 1 and 4 the filter."""
    np.testing.assert_array_equal(quantity.lead("network"), [[2, 3], [-7, 2], [-1, 2]])
    assert [quantity.rival("network", width) for width in (1, 2, 4)] == [
        "filter",
        "blank",
        "filter",
    ]


def test_errors_are_better_the_smaller_they_are():
    """The lead is what a method errs less, and its rival is the other that errs least."""
    quantity = Quantity(MEASUREMENTS, "score", "error", "width", "width", is_error=True)
    np.testing.assert_array_equal(quantity.lead("network")[0], [-3, -5])
    assert quantity.rival("network", 1) == "blank"


def test_the_verdict_says_where_a_method_does_not_win(quantity):
    """That it is behind with some seed is no win, whatever its mean."""
    assert quantity.verdict("network") == (
        "By score, the network beats all others with every seed at width 1, but not everywhere: "
        "at 2 it is 2.5 dB behind (blank) on average, but not with every seed; "
        "at 4 it is 0.5 dB ahead (filter) on average, but not with every seed."
    )


def test_the_verdict_says_if_a_method_wins_everywhere():
    """With the settings counted up."""
    two = MEASUREMENTS[MEASUREMENTS["method"].isin(["network", "blank"])]
    rest = two[two["width"] != 2]
    quantity = Quantity(rest, "score", "score", "width", "width")
    assert quantity.verdict("network").endswith("with every seed at width 1 and 4.")


def test_the_verdict_says_if_a_method_wins_nowhere(quantity):
    """In place of where."""
    assert quantity.verdict("blank").startswith(
        "By score, the blank beats the others nowhere: at 1 it is 4.0 dB behind (network); at 2"
    )


def test_the_table_has_means_and_deviations(quantity):
    """A row for each method, a column for each setting."""
    table = quantity.table("Score")
    assert list(table.headings) == ["method", "width: 1", "width: 2", "width: 4"]
    assert table.rows[0] == ["network", "4.0 ± 1.0", "2.0 ± 0.0", "2.5 ± 1.5"]


def test_curves_and_points_hold_the_same_numbers(quantity):
    """A curve over numbers on a linear axis; a row for each setting."""
    bands, points = quantity.bands("Score"), quantity.points("Score")
    np.testing.assert_array_equal(bands.x, [1, 2, 4])
    assert not bands.is_logarithmic
    assert points.names == ["1", "2", "4"]
    for panel in (bands, points):
        assert panel.quantity == "score, dB"
        np.testing.assert_array_equal(panel.means["filter"], [1.5, 3.5, 2])


def test_a_headline_names_the_best_other_method(quantity):
    """And says how the figure compares with the one expected."""
    headline = quantity.headline("network", 1, Expected(3.5, 0.2, "a book"))
    assert (headline.label, headline.value) == ("score at width 1", "4.0 ± 1.0 dB")
    assert headline.note == (
        "network; best other, filter: 1.5 ± 0.5 dB; "
        "expected 3.5 ± 0.2 (a book): 0.500 above the expected figure"
    )
