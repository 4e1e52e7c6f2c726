"""Plots hold the numbers of their panels, on a page and on paper."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from kerascnn.report.figures.paper_plots import draw_scatter
from kerascnn.report.figures.plots import group_styles, scatter_figure
from kerascnn.results.panels import Scatter

RNG = np.random.default_rng(0)
GROUPS = {str(digit): RNG.normal(digit, 1, (5 + digit, 2)).round(3) for digit in range(10)}


@pytest.fixture
def scatter():
    """Points of ten classes."""
    return Scatter("codes", GROUPS, "first code", "second code")


def test_a_scatter_has_every_point(scatter):
    """Under the name of its group."""
    figure = scatter_figure(scatter)
    assert [trace.name for trace in figure.data] == list(GROUPS)
    for trace, points in zip(figure.data, GROUPS.values(), strict=True):
        np.testing.assert_array_equal(np.transpose([trace.x, trace.y]), points)


def test_a_scatter_on_paper_has_the_same_points(scatter):
    """In the same colours."""
    ax = Figure().add_subplot()
    draw_scatter(ax, scatter)
    for drawn, trace in zip(ax.collections, scatter_figure(scatter).data, strict=True):
        np.testing.assert_array_equal(np.asarray(drawn.get_offsets())[:, 0], trace.x)
        shade = "#{:02x}{:02x}{:02x}".format(
            *np.round(drawn.get_facecolor()[0, :3] * 255).astype(int)
        )
        assert shade == trace.marker.color


def test_groups_are_named_where_they_are(scatter):
    """At the median of their points, on the page as on paper."""
    ax = Figure().add_subplot()
    draw_scatter(ax, scatter)
    for points, note, text in zip(
        GROUPS.values(), scatter_figure(scatter).layout.annotations, ax.texts, strict=True
    ):
        middle = pytest.approx(np.median(points, axis=0))
        assert [note.x, note.y] == middle
        assert text.get_position() == middle


def test_ten_groups_can_be_told_apart():
    """By colour or symbol; still more groups begin again."""
    assert len(set(group_styles(10))) == 10
    assert len(group_styles(40)) == 40
