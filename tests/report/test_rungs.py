"""A halving search's page: its rungs, each setting's last rung in the grid, one table."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingGridSearchCV, HalvingRandomSearchCV
from sklearn.svm import SVC

from kerascnn.report import SweepResults, write_sweep_report
from kerascnn.report.figures.grid_view import grid_view
from kerascnn.report.figures.rungs import describe_rungs, rungs_chart
from kerascnn.report.pages.tables import candidate_table

GRID = {"C": [0.1, 1.0, 10.0], "gamma": [1e-4, 1e-3, 1e-2]}


@pytest.fixture(scope="module")
def halved(digits) -> SweepResults:
    """Results of scikit-learn's halving over 3 × 3 settings: 9, 3 and 1 with more iterations."""
    arguments = {"resource": "max_iter", "max_resources": 90, "cv": 2, "factor": 3}
    with pytest.warns(ConvergenceWarning):
        search = HalvingGridSearchCV(SVC(), GRID, **arguments).fit(*digits)
    return SweepResults.from_search(search, name="halved", title="Halved")


def test_rungs_are_those_of_the_search(halved):
    """Numbers, amounts and rows come from the columns iter and n_resources."""
    assert [rung.number for rung in halved.rungs] == [1, 2, 3]
    assert [rung.amount for rung in halved.rungs] == [10, 30, 90]
    assert [len(rung.rows) for rung in halved.rungs] == [9, 3, 1]
    assert describe_rungs(halved).startswith("Rung 1: 9 candidates, max_iter = 10; rung 2")


def test_the_grid_holds_each_setting_in_its_last_rung(halved):
    """Nine cells, of which three are of later rungs; the resource is no axis."""
    last = halved.last_rows
    view = grid_view([halved.settings[row] for row in last], last)
    (facet,) = view.facets
    assert {view.rows.name, view.columns.name} == {"C", "gamma"}
    assert (facet.candidates >= 0).all()
    assert (facet.candidates >= 9).sum() == 3
    for (row, column), candidate in np.ndenumerate(facet.candidates):
        setting = halved.params[candidate]
        assert setting[view.rows.name] == view.rows.values[row]
        assert setting[view.columns.name] == view.columns.values[column]


def test_each_setting_is_a_line_through_its_rungs(halved):
    """Lines are told by what became of them; the points are the search's mean scores."""
    traces = {trace.name: trace for trace in rungs_chart(halved).series}
    assert list(traces) == ["given up (8)", "best"]
    best = traces["best"]
    assert [x for x in best.x if x is not None] == [1, 2, 3]
    means = halved.cv_results["mean_test_score"]
    rows = [row for row in best.candidates if row is not None]
    assert rows[-1] == halved.best_index
    assert [y for y in best.y if y is not None] == means[rows].tolist()


def test_the_table_begins_with_the_last_rung(halved):
    """Scores of earlier rungs, however high, come below."""
    table = candidate_table(halved)
    (rungs,) = [column.texts for column in table.columns if column.heading == "rung"]
    assert rungs == ["3"] + ["2"] * 3 + ["1"] * 9
    assert table.candidates[0] == halved.best_index


def test_the_page_and_a_picture_draw_the_rungs(halved, fit_search, tmp_path):
    """The stored report has a panel of rungs and its PNG; another search in its place has none."""
    page = write_sweep_report(halved, tmp_path).read_text()
    assert '<h2 id="rungs-title">Rungs</h2>' in page
    assert "9 + 3 + 1 candidates in 3 rungs" in page
    assert (tmp_path / "rungs.png").exists()
    other = SweepResults.from_search(fit_search({"C": [1.0]}), name="other", title="Other")
    assert "rungs-title" not in write_sweep_report(other, tmp_path).read_text()
    assert not (tmp_path / "rungs.png").exists()


def test_random_candidates_with_more_samples_have_a_page(digits, tmp_path):
    """Without a grid, the last rungs are ranked; the samples of a rung are a column."""
    search = HalvingRandomSearchCV(SVC(), {"C": list(range(1, 30))}, random_state=0, cv=2)
    results = SweepResults.from_search(search.fit(*digits), name="n", title="N")
    assert results.resource == "n_samples"
    assert "n_samples" in [column.heading for column in candidate_table(results).columns]
    assert "samples" in write_sweep_report(results, tmp_path).read_text()


def test_reports_of_earlier_versions_are_read(rates, tmp_path):
    """A stored sweep without a resource has no rungs."""
    rates.save(tmp_path)
    path = tmp_path / "results.json"
    path.write_text(path.read_text().replace('"resource"', '"unknown"'))
    assert SweepResults.load(tmp_path).rungs == []
