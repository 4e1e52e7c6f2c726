"""Candidates laid out as cells."""

import numpy as np
from sklearn.model_selection import ParameterGrid

from kerascnn.report.figures.grid_view import grid_view


def setting_of(view, facet, row, column):
    """Return the parameters that a cell stands for, read from the axes alone."""
    axes = {
        view.rows.name: view.rows.values[row],
        view.columns.name: view.columns.values[column],
    }
    return {k: v for k, v in {**axes, **view.facets[facet].setting, **view.fixed}.items() if k}


def assert_cells_match(params):
    """Check that each cell's candidate has the parameters that its place says."""
    view = grid_view(params)
    seen = []
    for number, facet in enumerate(view.facets):
        for (row, column), candidate in np.ndenumerate(facet.candidates):
            if candidate >= 0:
                assert params[candidate] == setting_of(view, number, row, column)
                seen.append(candidate)
    assert sorted(seen) == list(range(len(params)))
    return view


def test_the_learning_rate_goes_down_and_the_penalty_across():
    """Whatever else is searched and by whatever route."""
    grid = {"batch_size": [1, 2, 3, 4], "model__l2": [0.1, 1.0], "learning_rate": [0.1, 0.2]}
    view = assert_cells_match(list(ParameterGrid(grid)))
    assert (view.rows.name, view.columns.name) == ("learning_rate", "model__l2")
    assert [facet.setting for facet in view.facets] == [{"batch_size": n} for n in (1, 2, 3, 4)]


def test_numbers_ascend_and_other_values_keep_their_order():
    """The grid's own order of numbers does not matter."""
    grid = {"C": [10, 1, 100], "kernel": ["rbf", "linear"]}
    view = assert_cells_match(list(ParameterGrid(grid)))
    assert view.rows.values == (1, 10, 100)
    assert view.columns.values == ("rbf", "linear")


def test_one_parameter_is_one_row():
    """The other axis has no name."""
    view = assert_cells_match([{"C": 1.0}, {"C": 2.0}])
    assert (view.rows.name, view.columns.name) == ("", "C")


def test_a_single_candidate_is_one_cell():
    """All its parameters are fixed."""
    view = assert_cells_match([{"C": 1.0, "kernel": "rbf"}])
    assert view.fixed == {"C": 1.0, "kernel": "rbf"}


def test_no_parameters_at_all_is_one_cell():
    """An empty grid of parameters still has one candidate."""
    assert grid_view([{}]).facets[0].candidates.tolist() == [[0]]


def test_values_that_python_finds_equal_stay_apart():
    """1, True and 1.0 are three settings."""
    assert_cells_match([{"a": 1}, {"a": True}, {"a": 1.0}])


def test_unhashable_values_are_values_too():
    """Lists may be parameters."""
    assert_cells_match([{"layers": [1, 2]}, {"layers": [3]}])


def test_a_hole_is_an_empty_cell():
    """A grid with a candidate missing is still a grid."""
    params = list(ParameterGrid({"a": [1, 2], "b": [1, 2]}))[:3]
    assert assert_cells_match(params).facets[0].candidates.tolist() == [[0, 1], [2, -1]]


def test_missing_parameters_are_no_grid():
    """A list of grids has candidates with different parameters."""
    assert grid_view([{"kernel": "rbf", "gamma": 1}, {"kernel": "linear"}]) is None


def test_random_candidates_are_no_grid():
    """Points of a random search would leave nearly all cells empty."""
    assert grid_view([{"a": k, "b": k * k} for k in range(10)]) is None


def test_repeated_candidates_are_no_grid():
    """A halving search fits the same candidate on more and more samples."""
    assert grid_view([{"a": 1}, {"a": 2}, {"a": 2}]) is None
