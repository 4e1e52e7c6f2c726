"""Candidates as columns for the page's scripts, held against scikit-learn's own columns."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import get_scorer_names

from kerascnn.report import SweepResults
from kerascnn.report.figures.explorer import describe_candidates, parameters
from kerascnn.report.figures.grid_view import grid_view
from kerascnn.report.figures.measures import measures
from kerascnn.results.limits import metric_limits


def measure(results, key):
    """Return the measure with a key."""
    return next(each for each in measures(results) if each.key == key)


def test_parameters_lead_back_to_each_candidates_values(search):
    """Each place is that of the candidate's own value."""
    results = SweepResults.from_search(search, name="a", title="b")
    for parameter in parameters(results):
        values = [parameter.numbers[place] for place in parameter.places]
        assert values == list(search.cv_results_[f"param_{parameter.name}"])


def test_parameters_that_some_candidates_lack_have_no_place(fit_search):
    """A list of grids."""
    search = fit_search([{"kernel": ["rbf"], "C": [0.1, 1.0]}, {"kernel": ["linear"]}])
    places = {
        p.name: p.places for p in parameters(SweepResults.from_search(search, name="a", title="b"))
    }
    assert places == {"kernel": [0, 0, 1], "C": [0, 1, -1]}


def test_scores_gap_and_spread_are_those_of_the_search(search):
    """To the digits that a page shows."""
    results, found = SweepResults.from_search(search, name="a", title="b"), search.cv_results_
    mean, train = found["mean_test_score"], found["mean_train_score"]
    for key, values in {
        "validation-score": mean,
        "training-score": train,
        "gap": train - mean,
        "spread": found["std_test_score"],
        "time": found["mean_fit_time"],
    }.items():
        np.testing.assert_allclose(measure(results, key).values, values, rtol=1e-4, atol=1e-12)


def test_less_is_better_of_all_but_scores(rates):
    """The best follows."""
    better = {each.key: each.better for each in measures(rates)}
    assert {key for key, which in better.items() if which == "higher"} == {
        "validation-score",
        "training-score",
    }
    assert set(better) >= {"gap", "spread", "loss", "time"}


def test_the_loss_is_that_of_the_weights_that_were_kept(rates):
    """Of the last epoch; with early stopping, of the best one."""
    curves = rates.learning_curves
    last = curves.groupby(["candidate", "split"])["val_loss"].last()
    found = measure(rates, "loss").folds
    assert found[0] == pytest.approx(last[0].tolist(), rel=1e-4)
    assert found[2] == [None, None]
    stops = pd.DataFrame({"candidate": 0, "split": [0], "epoch": [6], "best_epoch": [4]})
    (fourth,) = curves.query("candidate == 0 and split == 0 and epoch == 4")["val_loss"]
    stopped = measure(replace(rates, best_epochs=stops), "loss").folds[0]
    assert stopped == pytest.approx([fourth, last[0][1]], rel=1e-4)


def test_axes_are_those_of_the_grid(rates, table):
    """By their numbers among the parameters; −1 stands for no parameter."""
    view = grid_view(rates.params)
    described = describe_candidates(rates, view)
    names = [parameter["name"] for parameter in described["parameters"]]
    assert [names[axis] for axis in described["axes"]] == ["learning_rate", "l2"]
    single = SweepResults("a", "b", "", table([{"C": 1.0}, {"C": 2.0}], np.ones((2, 2))), 0)
    assert describe_candidates(single, grid_view(single.params))["axes"] == [-1, 0]


def test_limits_hold_for_the_scorers_of_scikit_learn():
    """Those that are losses are negative; accuracies lie between 0 and 1."""
    for name in get_scorer_names():
        if name.startswith("neg_"):
            assert metric_limits(name) == (None, 0.0)
    assert metric_limits("accuracy") == metric_limits("f1_macro") == (0.0, 1.0)
    assert metric_limits("r2") == (None, 1.0)
    assert metric_limits("my own") == (None, None)


def test_limits_that_a_score_breaks_are_none(table):
    """A scorer of one's own may be called accuracy and mean anything."""
    for scores, limits in (([[0.5, 1.0]], (0.0, 1.0)), ([[-3.0, 0.5]], (None, None))):
        results = SweepResults("a", "b", "", table([{"p": 1}], scores), 0)
        assert measure(results, "validation-score").limits == limits


@pytest.mark.parametrize(
    ("values", "is_logarithmic"),
    [([1e-3, 1e-2, 1e-1], True), ([0.01, 0.3, 0.5, 0.9], False), ([16, 32, 64], False)],
)
def test_axes_are_logarithmic_where_values_are(table, values, is_logarithmic):
    """Not where they are merely far apart."""
    params = [{"p": value} for value in values]
    results = SweepResults("a", "b", "", table(params, np.ones((len(values), 2))), 0)
    (parameter,) = parameters(results)
    assert parameter.log == is_logarithmic
