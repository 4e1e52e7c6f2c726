"""Plots hold the numbers of their panels, on a page and on paper."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from kerascnn.report.figures.paper_plots import draw_scatter
from kerascnn.report.figures.plots import bands_chart, group_styles, points_chart, scatter_chart
from kerascnn.results.panels import Bands, Points, Scatter

RNG = np.random.default_rng(0)
GROUPS = {str(digit): RNG.normal(digit, 1, (5 + digit, 2)).round(3) for digit in range(10)}


@pytest.fixture
def scatter():
    """Points of ten classes."""
    return Scatter("codes", GROUPS, "first code", "second code")


def test_a_scatter_has_every_point(scatter):
    """Under the name of its group."""
    chart = scatter_chart(scatter)
    assert [series.name for series in chart.series] == list(GROUPS)
    for trace, points in zip(chart.series, GROUPS.values(), strict=True):
        np.testing.assert_array_equal(np.transpose([trace.x, trace.y]), points)


def test_a_scatter_on_paper_has_the_same_points(scatter):
    """In the same colours."""
    ax = Figure().add_subplot()
    draw_scatter(ax, scatter)
    for drawn, trace in zip(ax.collections, scatter_chart(scatter).series, strict=True):
        np.testing.assert_array_equal(np.asarray(drawn.get_offsets())[:, 0], trace.x)
        shade = "#{:02x}{:02x}{:02x}".format(
            *np.round(drawn.get_facecolor()[0, :3] * 255).astype(int)
        )
        assert shade == trace.colour


def test_groups_are_named_where_they_are(scatter):
    """At the median of their points, on the page as on paper."""
    ax = Figure().add_subplot()
    draw_scatter(ax, scatter)
    for points, note, text in zip(
        GROUPS.values(), scatter_chart(scatter).notes, ax.texts, strict=True
    ):
        middle = pytest.approx(np.median(points, axis=0))
        assert [note.x, note.y] == middle
        assert text.get_position() == middle


def test_ten_groups_can_be_told_apart():
    """By colour or symbol; still more groups begin again."""
    assert len(set(group_styles(10))) == 10
    assert len(group_styles(40)) == 40


def test_points_have_their_spreads_and_say_them():
    """A row for each name, the first at the top."""
    spreads = {"one": np.array([0.05, 0.25])}
    chart = points_chart(Points("p", ["a", "b"], {"one": np.array([0.5, 0.6])}, spreads, "q"))
    (series,) = chart.series
    assert (series.x, series.x_error, series.y) == ([0.5, 0.6], [0.05, 0.25], [0.0, 1.0])
    assert series.texts == ["one\na: 0.500 ± 0.050", "one\nb: 0.600 ± 0.250"]
    assert chart.y.ticks == [(0, "a"), (1, "b")]
    assert chart.y.reverse


def test_bands_reach_one_spread_to_both_sides():
    """Around the means that the line goes through."""
    means, spreads = {"one": np.array([0.5, 0.75])}, {"one": np.array([0.25, 0.125])}
    chart = bands_chart(Bands("b", np.array([1.0, 10.0]), means, spreads, "x", "y"))
    (area,), (series,) = chart.areas, chart.series
    assert (area.low, series.y, area.high) == ([0.25, 0.625], [0.5, 0.75], [0.75, 0.875])
