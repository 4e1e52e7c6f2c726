"""Importance of parameters, held against regressions of scikit-learn and functions made up."""

from itertools import product

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import OneHotEncoder

from kerascnn.results.importance import functional_anova, importance_of

GENERATOR = np.random.default_rng(0)
GRID = np.array(list(product(range(4), range(3), range(2))))


def explained(columns, scores):
    """Return the share of the variance that groups of equal rows explain, by least squares."""
    groups = np.unique(columns, axis=0, return_inverse=True)[1].reshape(-1, 1)
    dummies = OneHotEncoder(sparse_output=False).fit_transform(groups)
    return LinearRegression().fit(dummies, scores).score(dummies, scores)


def test_shares_are_those_that_regressions_explain():
    """Of one parameter, and of two beyond what each explains."""
    scores = GENERATOR.random(len(GRID))
    shares = importance_of(GRID, scores).shares
    alone = [explained(GRID[:, [axis]], scores) for axis in range(3)]
    assert [shares[(axis,)] for axis in range(3)] == pytest.approx(alone)
    for pair in ((0, 1), (0, 2), (1, 2)):
        both = explained(GRID[:, pair], scores)
        assert shares[pair] == pytest.approx(both - sum(alone[axis] for axis in pair))


def test_effects_are_the_means_of_each_value():
    """Whatever the order of the candidates."""
    scores = GENERATOR.random(len(GRID))
    order = GENERATOR.permutation(len(GRID))
    found = importance_of(GRID[order], scores[order])
    for axis, places in enumerate(found.places):
        groups = [scores[GRID[:, axis] == place] for place in places]
        assert found.means[axis] == pytest.approx([group.mean() for group in groups])
        assert found.spreads[axis] == pytest.approx([group.std() for group in groups])
    assert (found.n_candidates, found.n_filled, found.fit) == (len(GRID), 0, None)


def test_a_sum_has_no_interaction_and_a_product_no_effect_alone():
    """By the definition of functional ANOVA."""
    a, b = np.meshgrid([-1.0, 1.0], [-1.0, 1.0], indexing="ij")
    assert functional_anova(a + 2 * b) == pytest.approx({(0,): 0.2, (1,): 0.8, (0, 1): 0.0})
    assert functional_anova(a * b) == pytest.approx({(0,): 0.0, (1,): 0.0, (0, 1): 1.0})


def test_values_without_any_score_are_left_out():
    """A learning rate with which all diverged leaves a complete grid."""
    scores = np.where(GRID[:, 0] == 3, np.nan, GENERATOR.random(len(GRID)))
    found = importance_of(GRID, scores)
    assert (found.places[0], found.fit) == ([0, 1, 2], None)
    assert found.n_candidates == 18


def test_a_forest_fills_in_what_was_not_tried():
    """Random candidates whose score depends on the first parameter."""
    places = np.stack([GENERATOR.permutation(80) for _ in range(3)], axis=1)
    found = importance_of(places, np.sin(places[:, 0] / 12))
    assert found.shares[(0,)] > 0.9
    assert found.fit > 0.8


def test_main_effects_fill_in_the_holes_of_a_grid():
    """As scikit-learn's regression on the values of each parameter predicts the missing scores."""
    scores = GENERATOR.random(len(GRID))
    missing = [3, 10, 23]
    dummies = OneHotEncoder(sparse_output=False).fit_transform(GRID)
    known = np.delete(np.arange(len(GRID)), missing)
    regression = LinearRegression().fit(dummies[known], scores[known])
    filled = scores.copy()
    filled[missing] = regression.predict(dummies[missing]).clip(min(scores), max(scores))
    found, expected = (importance_of(GRID, each) for each in (scores, filled))
    assert found.shares != pytest.approx(expected.shares)
    found = importance_of(GRID[known], scores[known])
    assert found.shares == pytest.approx(expected.shares)
    assert (found.n_candidates, found.n_filled, found.fit) == (21, 3, None)


def test_what_is_filled_in_stays_within_the_scores():
    """Main effects of an accuracy of 0.1 in two ways would add up to less than 0."""
    grid = np.array(list(product(range(4), range(4))))
    scores = np.where((grid == 3).any(axis=1), 0.1, 0.9)
    found = importance_of(grid[:-1], scores[:-1])
    assert [means[3] for means in found.means] == pytest.approx([0.1, 0.1])


def test_a_grid_with_more_holes_than_scores_is_left_to_a_forest():
    """Main effects of few scores would be made up."""
    grid = np.array(list(product(range(6), range(6))))
    few = grid[GENERATOR.permutation(36)[:17]]
    assert importance_of(few, few @ [1.0, 2.0]).fit is not None
    repeated = np.concatenate([grid, grid[:1]])
    assert importance_of(repeated, repeated @ [1.0, 2.0]).fit is not None
    apart = grid[(grid[:, 0] < 3) == (grid[:, 1] < 3)]  # two blocks that nothing connects
    assert importance_of(apart, apart @ [1.0, 2.0]).fit is not None


@pytest.mark.parametrize(
    ("places", "scores"),
    [
        (GRID[:, :1], np.arange(24.0)),
        (GRID, np.ones(24)),
        (GRID, np.full(24, np.nan)),
        (GRID - 1, np.arange(24.0)),
        (GRID[:3], np.arange(3.0)),
    ],
    ids=["one parameter", "equal scores", "no score", "missing values", "too few"],
)
def test_nothing_is_said_where_nothing_can_be(places, scores):
    """Rather than a number without meaning."""
    assert importance_of(places, scores) is None
