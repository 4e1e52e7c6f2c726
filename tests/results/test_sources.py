"""Results of whatever holds them: searches of any estimator, tables, files."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import loguniform
from sklearn.exceptions import NotFittedError
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics.pairwise import linear_kernel
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from kerascnn.report import SweepResults, write_sweep_report
from kerascnn.report.figures.grid_view import grid_view
from kerascnn.results.sources import results_of
from kerascnn.utils.formatting import setting_label

GRID = {"max_depth": [2, 4, None], "ccp_alpha": [0.0, 0.01]}


@pytest.fixture(scope="module")
def trees(digits):
    """A fitted grid search over decision trees."""
    return GridSearchCV(DecisionTreeClassifier(random_state=3), GRID, cv=3).fit(*digits)


def test_a_search_names_itself(trees):
    """Title, name, sentence and provenance are made of what the search says."""
    results = results_of(trees)
    assert results.title == "DecisionTreeClassifier: accuracy by ccp_alpha and max_depth"
    assert results.name == "GridSearchCV"
    assert results.claim.startswith("The best of 6 candidates: ")
    origin = results.provenance
    assert origin["seed"] == 3
    assert origin["parameters tried"] == {"max_depth": "2, 4, None", "ccp_alpha": "0, 10⁻²"}
    assert {"scikit-learn version", "Python version"} <= set(origin["versions"])


def test_what_is_given_counts(trees):
    """A title of one's own takes the place of the search's."""
    results = results_of(trees, title="Trees", claim="They are fast.", name=None)
    assert (results.title, results.claim, results.name) == (
        "Trees",
        "They are fast.",
        "GridSearchCV",
    )


@pytest.mark.parametrize("kind", ["dictionary", "table", "CSV file", "CSV file without index"])
def test_a_table_has_the_results_of_its_search(trees, kind, tmp_path):
    """`cv_results_` says the same, whatever it is kept in: values, scores and the best."""
    table = pd.DataFrame(trees.cv_results_)
    path = tmp_path / "trees.csv"
    table.to_csv(path, index=kind == "CSV file")
    source = {"dictionary": trees.cv_results_, "table": table}.get(kind, path)
    results, expected = results_of(source), results_of(trees)
    assert results.params == expected.params
    assert results.best_index == trees.best_index_
    np.testing.assert_array_equal(
        results.scores_of("test", "score").splits, expected.scores_of("test", "score").splits
    )


def test_parameters_of_several_grids_survive_a_file(fit_search, tmp_path):
    """Those that a candidate lacks are missing, not NaN; objects come back by their columns."""
    search = fit_search([{"kernel": ["rbf"], "gamma": [1e-3]}, {"kernel": ["linear"]}])
    pd.DataFrame(search.cv_results_).drop(columns="params").to_csv(tmp_path / "a.csv")
    assert results_of(tmp_path / "a.csv").params == search.cv_results_["params"]


def test_random_and_halving_searches_are_results(digits):
    """A pipeline is named by its last step, and distributions by their arguments."""
    steps = make_pipeline(StandardScaler(), RidgeClassifier())
    drawn = {"ridgeclassifier__alpha": loguniform(1e-3, 1e3)}
    random = RandomizedSearchCV(steps, drawn, n_iter=4, cv=2, random_state=0).fit(*digits)
    results = results_of(random)
    assert results.title == "RidgeClassifier: accuracy by alpha"
    assert results.provenance["parameters tried"] == {
        "ridgeclassifier__alpha": "loguniform(0.001, 1000.0)"
    }
    halving = HalvingGridSearchCV(RidgeClassifier(), {"alpha": [0.1, 1.0, 10.0]}, cv=2)
    found = results_of(halving.set_params(random_state=0, min_resources=60).fit(*digits))
    assert len(found.rungs) == halving.n_iterations_


@pytest.mark.parametrize("resource", ["n_samples", "max_iter"])
def test_rungs_survive_a_file(digits, resource, tmp_path):
    """A file of a halving search has its rungs, and the best of the last one."""
    amounts = {"resource": resource, "min_resources": 60, "max_resources": 600}
    halving = HalvingGridSearchCV(
        RidgeClassifier(solver="lsqr"), {"alpha": [1e3, 1.0, 0.1]}, cv=2, random_state=0, **amounts
    ).fit(*digits)
    table = pd.DataFrame(halving.cv_results_)
    # More training need not be better: the highest mean may be that of an earlier rung.
    table.loc[0, "mean_test_score"] = 1.0
    table.to_csv(tmp_path / "a.csv")
    results = results_of(tmp_path / "a.csv")
    assert (results.resource, len(results.rungs)) == (resource, halving.n_iterations_)
    assert results.best_index == halving.best_index_


def test_objects_survive_a_file_as_text(tmp_path):
    """Beside what is no literal, None stays None, and whole numbers whole."""
    params = [
        {"scale": StandardScaler(), "depth": 1, "C": np.float64(0.5)},
        {"scale": None, "depth": None, "C": np.int64(2)},
    ]
    table = pd.DataFrame({"params": params, "mean_test_score": [0.5, 0.6]})
    table.assign(std_test_score=0.0).to_csv(tmp_path / "a.csv")
    assert results_of(tmp_path / "a.csv").params == [
        {"scale": "StandardScaler()", "depth": 1, "C": 0.5},
        {"scale": None, "depth": None, "C": 2},
    ]


@pytest.mark.parametrize("kind", ["table", "CSV file", "file of a report"])
def test_sorting_a_table_leaves_candidates_their_numbers(trees, kind, tmp_path):
    """A table is sorted by rank to be looked at, and the best is still the same candidate."""
    table = pd.DataFrame(trees.cv_results_).sort_values("rank_test_score", ascending=False)
    table.to_csv(tmp_path / "a.csv")
    results_of(trees).save(tmp_path)
    stored = pd.read_csv(tmp_path / "cv_results.csv").sort_values("mean_fit_time")
    stored.to_csv(tmp_path / "b.csv", index=False)
    sources = {
        "table": table,
        "CSV file": tmp_path / "a.csv",
        "file of a report": tmp_path / "b.csv",
    }
    results = results_of(sources[kind])
    assert results.best_index == trees.best_index_
    assert results.params == trees.cv_results_["params"]


def test_a_table_may_hold_means_alone(tmp_path):
    """Without folds there is no spread, and nothing is said of what they tell apart."""
    source = {"mean_test_score": [0.5, 0.6], "params": [{"C": 1}, {"C": 2}]}
    results = results_of(source)
    assert (
        results.claim == "The best of 2 candidates: C = 2, with a cross-validated score of 0.600."
    )
    assert write_sweep_report(results, tmp_path).exists()


def test_candidates_are_named_before_saving_as_after(fit_search, tmp_path):
    """Functions by their names, objects by their texts, NumPy's numbers as numbers."""
    grid = {"kernel": [linear_kernel, "rbf"], "C": np.array([1, 10])}
    results = results_of(fit_search(grid))
    results.save(tmp_path)
    assert results.labels == results_of(tmp_path).labels
    assert "kernel = linear_kernel" in setting_label(results.labels[0])
    assert grid_view(results.params).rows.numbers == [1.0, 10.0]


def test_a_report_is_a_source(rates, tmp_path):
    """Its folder gives back what was saved."""
    rates.save(tmp_path)
    assert results_of(tmp_path).title == rates.title


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (GridSearchCV(RidgeClassifier(), {}), NotFittedError, "call its fit"),
        (RidgeClassifier(), ValueError, "is no search"),
        ({"a": [1]}, ValueError, r"no column mean_test_\*: it has a"),
        ({"mean_test_score": [1.0]}, ValueError, "no column params"),
        ({"mean_test_score": [], "params": []}, ValueError, "no candidate"),
        ("nowhere.csv", ValueError, "'nowhere.csv' does not exist"),
        ({"params": [{}, {}], "mean_test_score": [1.0]}, ValueError, "is no table: .*same length"),
        ({"params": [{}], "mean_test_score": ["x"]}, ValueError, "must hold numbers, but has 'x'"),
        (3, TypeError, "a value of type int holds no results"),
        (GridSearchCV, TypeError, "GridSearchCV is a class"),
    ],
)
def test_what_has_no_results_is_refused(source, error, message):
    """One sentence says what is missing."""
    with pytest.raises(error, match=message):
        results_of(source)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"predictions": 3}, "predictions=3 must be of type Predictions"),
        ({"title": 3}, "title=3 must be of type str"),
        ({"complexty": [1]}, "complexty=.1. is no attribute of results: did you mean 'complexity'"),
    ],
)
def test_wrong_attributes_are_refused(given, message, rates):
    """By their names, and before anything is written."""
    with pytest.raises(TypeError, match=message):
        results_of(rates, **given)


def test_a_file_of_something_else_is_refused(tmp_path):
    """The file is named."""
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="other"):
        results_of(tmp_path / "other.csv")
    (tmp_path / "empty.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="empty"):
        results_of(tmp_path / "empty.csv")


def test_results_are_their_own_source(rates):
    """They may be given another title."""
    assert isinstance(results_of(rates), SweepResults)
    assert results_of(rates, title="Other").title == "Other"
