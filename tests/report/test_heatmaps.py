"""The heatmaps, held against scikit-learn's own columns."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from kerascnn.report import SweepResults
from kerascnn.report.figures.descriptions import hover_text
from kerascnn.report.figures.grid_view import grid_view
from kerascnn.report.figures.heatmaps import (
    annotation_decimals,
    common_scale,
    hatched_cells,
    hatching,
    heatmap,
    panels,
    ranking,
)
from kerascnn.report.figures.paper_heatmaps import heatmap_figure


def draw(results, part="test"):
    """Draw the first panel of a sweep's only metric."""
    view = grid_view(results.params)
    scores = results.scores(part, results.metric)
    return view, heatmap(results, view, 0, scores, common_scale(scores))


def test_cells_hold_the_scores_of_the_search(search):
    """Row and column labels lead to the candidate that scikit-learn scored."""
    results = SweepResults.from_search(search, name="a", title="b")
    for part in ("test", "train"):
        view, figure = draw(results, part)
        for row, c in enumerate(view.rows.values):
            for column, gamma in enumerate(view.columns.values):
                candidate = search.cv_results_["params"].index({"C": c, "gamma": gamma})
                expected = search.cv_results_[f"mean_{part}_score"][candidate]
                assert np.asarray(figure.data[0].z)[row, column] == expected


def test_axes_are_labelled_with_the_values(rates):
    """The learning rate grows downwards."""
    _, figure = draw(rates)
    assert list(figure.layout.yaxis.ticktext) == ["10⁻²", "10⁻¹", "10⁰"]
    assert list(figure.layout.xaxis.ticktext) == ["10⁻⁵", "10⁻⁴", "10⁻³"]
    assert figure.layout.yaxis.title.text == "learning rate η"
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_validation_and_training_share_their_colours(rates):
    """The scale spans both."""
    (panel,) = panels(rates, grid_view(rates.params))
    ends = {
        (panel[name]["data"][0]["zmin"], panel[name]["data"][0]["zmax"])
        for name in ("validation", "training")
    }
    tests, trains = rates.cv_results["mean_test_score"], rates.cv_results["mean_train_score"]
    assert ends == {(tests.min(), trains.max())}


def test_a_search_without_training_scores_has_one_heatmap(fit_search):
    """return_train_score is off by default."""
    search = fit_search({"C": [1.0, 2.0]}, return_train_score=False)
    results = SweepResults.from_search(search, name="a", title="b")
    (panel,) = panels(results, grid_view(results.params))
    assert panel["training"] is None


def test_there_is_a_panel_for_each_metric_and_further_parameter(fit_search):
    """Selectors on the page choose among them."""
    grid = {"C": [0.1, 1.0], "gamma": [1e-3, 1e-2], "kernel": ["rbf", "linear"]}
    search = fit_search(grid, scoring=["accuracy", "f1_macro"], refit="accuracy")
    results = SweepResults.from_search(search, name="a", title="b")
    found = [(p["metric"], p["facet"]) for p in panels(results, grid_view(results.params))]
    assert found == [(0, 0), (0, 1), (1, 0), (1, 1)]


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


def test_hatching_stays_inside_its_cell():
    """Lines end at the cell's edges."""
    lines = hatching(np.array([[False, False], [False, True]]))
    xs = [x for x in lines.x if x is not None]
    ys = [y for y in lines.y if y is not None]
    assert len(xs) > 4
    assert all(0.5 <= value <= 1.5 for value in [*xs, *ys])


def test_the_best_cell_is_framed(rates):
    """The frame surrounds the best candidate's place."""
    view, figure = draw(rates)
    row, column = np.argwhere(view.facets[0].candidates == rates.best_index)[0]
    for shape in figure.layout.shapes:
        assert (shape.x0, shape.x1) == (column - 0.5, column + 0.5)
        assert (shape.y0, shape.y1) == (row - 0.5, row + 0.5)


def test_hover_names_mean_spread_folds_and_time(rates):
    """All that a cell knows."""
    text = hover_text(rates, rates.scores("test", "score"), 0)
    row = rates.cv_results.iloc[0]
    for value in ("mean_test_score", "std_test_score", "split0_test_score", "split1_test_score"):
        assert f"{row[value]:.3f}" in text
    assert "l2 = 10⁻⁵, learning_rate = 10⁻²" in text
    assert "1.5 s per fit" in text


def test_hover_names_the_epoch_of_divergence(rates):
    """It is counted from 1, as stored."""
    text = hover_text(rates, rates.scores("test", "score"), 2)
    assert "diverged in epoch 2 (2 of 2 folds)" in text
    assert "no score" in text


def test_annotations_grow_shorter_with_more_columns():
    """Seven columns have room for three decimals."""
    assert [annotation_decimals(n) for n in (7, 12, 30)] == [3, 2, None]


@pytest.mark.parametrize("scores", [[[np.nan, np.nan]], [[0.5, 0.5]]])
def test_odd_scores_still_have_a_scale(table, scores):
    """No finite score, or only one."""
    results = SweepResults("a", "b", "c", table([{"C": 1}], scores), 0)
    scale = common_scale(results.scores("test", "score"))
    assert np.isfinite([scale.low, scale.high]).all()
    assert scale.low < scale.high


def test_the_ranking_puts_the_best_first_and_failures_last(rates):
    """For candidates that are no grid."""
    points = ranking(rates).data[0]
    assert points.customdata[0] == rates.best_index
    assert set(points.customdata[-3:]) == set(rates.divergence)


def test_the_paper_figure_has_the_same_numbers(rates):
    """Annotations are the means, hatches the diverged cells, and the best is framed."""
    view = grid_view(rates.params)
    scores = rates.scores("test", "score")
    figure = heatmap_figure(rates, view, scores, common_scale(scores), "Validation accuracy")
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
    figure = heatmap_figure(results, view, scores, common_scale(scores), "Score")
    n_panels = len(figure.axes) - 1
    assert n_panels == (1 if len(view.facets) > 12 else len(view.facets))


def test_dollars_in_a_parameter_are_no_mathematics(hostile):
    """Matplotlib would otherwise stumble over them; they are drawn as they are."""
    results = replace(hostile)
    view = grid_view(results.params)
    scores = results.scores("test", "score")
    figure = heatmap_figure(results, view, scores, common_scale(scores), "$x^{$")
    figure.draw_without_rendering()
    assert figure.axes[-1].get_ylabel() == r"\$x^{\$"
