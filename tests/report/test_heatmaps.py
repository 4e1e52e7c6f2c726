"""The heatmaps, held against scikit-learn's own columns."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from kerascnn.report import SweepResults
from kerascnn.report.figures.grid_view import grid_view
from kerascnn.report.figures.heatmaps import Scale, hatched_cells
from kerascnn.report.figures.paper_heatmaps import heatmap_figure, shown_scale, write_heatmaps

SCALE = Scale(0.0, 1.0)


def test_diverged_cells_and_cells_without_a_score_are_hatched(rates):
    """The diverged learning rate is the last row."""
    view = grid_view(rates.params)
    mean = rates.scores("test", "score").mean
    hatched = hatched_cells(view.facets[0].candidates, mean, rates.divergence)
    assert hatched.tolist() == [[False] * 3, [False] * 3, [True] * 3]


def test_a_cell_is_hatched_though_it_has_a_score():
    """error_score may be a number."""
    assert hatched_cells(np.array([[0, 1]]), np.array([0.5, 0.5]), {1: {0: 3}}).tolist() == [
        [False, True]
    ]


def test_a_cell_without_a_score_is_hatched_though_nothing_diverged():
    """A fit may fail for other reasons."""
    cells = np.array([[0, 1]])
    assert hatched_cells(cells, np.array([np.nan, 0.5]), {}).tolist() == [[True, False]]


def test_an_empty_cell_is_not_hatched():
    """Where there is no candidate, nothing diverged."""
    assert hatched_cells(np.array([[-1]]), np.array([np.nan]), {}).tolist() == [[False]]


@pytest.mark.parametrize("scores", [[[np.nan, np.nan]], [[0.5, 0.5]]])
def test_odd_scores_still_have_a_scale(table, scores):
    """No finite score, or only one."""
    results = SweepResults("a", "b", "c", table([{"C": 1}], scores), 0)
    scale = shown_scale(results, grid_view(results.params), results.scores("test", "score"))
    assert np.isfinite([scale.low, scale.high]).all()
    assert scale.low < scale.high


def test_the_paper_figure_has_the_same_numbers(rates):
    """Annotations are the means, hatches the diverged cells, and the best is framed."""
    view = grid_view(rates.params)
    scores = rates.scores("test", "score")
    figure = heatmap_figure(rates, view, scores, SCALE, "Validation accuracy")
    ax = figure.axes[0]
    cells = view.facets[0].candidates.ravel()
    expected = [f"{scores.mean[c]:.3f}" for c in cells if np.isfinite(scores.mean[c])]
    assert [text.get_text() for text in ax.texts] == expected
    patches = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    hatched = {patch.get_xy() for patch in patches if patch.get_hatch()}
    assert hatched == {(0, 2), (1, 2), (2, 2)}
    row, column = np.argwhere(view.facets[0].candidates == rates.best_index)[0]
    assert {patch.get_xy() for patch in patches if not patch.get_hatch()} == {(column, row)}
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "$10^{-2}$",
        "$10^{-1}$",
        "$10^{0}$",
    ]


def test_a_paper_figure_of_many_panels_shows_the_best_one(table):
    """Twenty panels would be too small to read."""
    params = [{"a": a, "b": b, "c": c} for c in range(20) for a in range(2) for b in range(2)]
    params = [{**p, "a": p["a"] * 30 + 1} for p in params]
    results = SweepResults(
        "a", "b", "c", table(params, np.random.default_rng(0).random((80, 2))), 5
    )
    view = grid_view(results.params)
    scores = results.scores("test", "score")
    figure = heatmap_figure(results, view, scores, SCALE, "Score")
    n_panels = len(figure.axes) - 1
    assert n_panels == (1 if len(view.facets) > 12 else len(view.facets))


@pytest.mark.parametrize("n_panels", [4, 5, 7])
def test_a_last_row_need_not_be_full(table, n_panels, tmp_path):
    """Panels are drawn beside one colour bar, though the last row of them has empty places."""
    grid = product(range(n_panels), [1, 2], [3, 4])
    params = [{"panel": f"p{p}", "l2": a, "learning_rate": b} for p, a, b in grid]
    scores = np.linspace(0, 1, 2 * len(params)).reshape(-1, 2)
    results = SweepResults("x", "x", "", table(params, scores), 0)
    view = grid_view(params)
    (written,) = write_heatmaps(results, view, tmp_path)
    assert len(view.facets) == n_panels
    assert written.exists()


def test_dollars_in_a_parameter_are_no_mathematics(hostile):
    """Matplotlib would otherwise stumble over them; they are drawn as they are."""
    results = replace(hostile)
    view = grid_view(results.params)
    scores = results.scores("test", "score")
    figure = heatmap_figure(results, view, scores, SCALE, "$x^{$")
    figure.draw_without_rendering()
    assert figure.axes[-1].get_ylabel() == r"\$x^{\$"
