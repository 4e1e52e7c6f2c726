"""Reports side by side: what differs, and how sure that is."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from kerascnn.results.comparing import compare_reports
from kerascnn.results.settings import settings_of
from kerascnn.results.statistics import difference_of, p_values_of

SETTINGS = {"data": "abc", "folds": 2, "seed": 0, "grid": {"l2": [0.0, 0.1]}, "parameters": {}}


def row(comparison, label):
    """Return the row of a comparison with a label."""
    [found] = [row for _, rows in comparison.sections for row in rows if row.label == label]
    return found


@pytest.fixture
def saved(rates, predictions, tmp_path):
    """A function that saves a report with settings and returns its folder."""

    def save(name, shift=0.0, **settings):
        table = rates.cv_results.copy()
        columns = [f"split{split}_test_score" for split in range(2)]
        table[columns] += shift
        origin = {"settings": {**SETTINGS, **settings}, "durations": {"whole run": 10.0 + shift}}
        results = replace(rates, cv_results=table, provenance=origin, predictions=predictions)
        results.save(tmp_path / name)
        return tmp_path / name

    return save


def test_a_choice_that_is_not_the_best_is_not_called_so(saved, rates, tmp_path):
    """A search's `refit` may be a function, which need not choose the highest mean."""
    lowest = int(rates.cv_results["mean_test_score"].argmin())
    folder = tmp_path / "chosen"
    replace(rates, best_index=lowest, provenance={"settings": SETTINGS}).save(folder)
    assert row(compare_reports([saved("a"), saved("b")]), "best").values
    assert row(compare_reports([saved("a"), folder]), "chosen").values


def test_a_paired_difference_agrees_with_the_test():
    """The mean over its error is the statistic of the corrected resampled t-test."""
    one, other = np.random.default_rng(0).random((2, 5))
    mean, error = difference_of(one, other, 0.25, 0.25, paired=True)
    expected = 2 * stats.t.sf(abs(mean / error), 4)
    assert p_values_of((other - one)[None], 0.25) == pytest.approx(expected)


def test_an_unpaired_difference_adds_both_variances():
    """Written out by hand; without the correction it is SciPy's Welch test."""
    one, other = np.random.default_rng(1).random(5), np.random.default_rng(2).random(3)
    mean, error = difference_of(one, other, 0.0, 0.0, paired=False)
    assert mean / error == pytest.approx(stats.ttest_ind(other, one, equal_var=False).statistic)
    assert np.isnan(difference_of(one[:1], other, 0.0, 0.0, paired=False)[1])


def test_figures_and_times_stand_side_by_side(saved):
    """The same folds are compared fold by fold: a constant shift has no error."""
    comparison = compare_reports([saved("a"), saved("b", shift=0.05)])
    found = row(comparison, "cross-validated accuracy")
    assert found.difference == "+0.050 ± 0.000 (on the same folds)"
    assert row(comparison, "whole run").values == ("10 s", "10 s")
    test = row(comparison, "test accuracy")
    assert test.values[0] == "0.667 ± 0.192"  # sqrt(2/3 · 1/3 / 6)
    assert test.difference.startswith("+0.000 ± 0.272")
    assert comparison.note.startswith("4 settings are the same. ")


def test_settings_that_differ_are_told(saved):
    """Other folds are other samples, so the difference has the variance of both."""
    comparison = compare_reports([saved("a"), saved("b", folds=5, grid={"l2": [1.0]})])
    assert row(comparison, "folds").values == ("2", "5")
    assert row(comparison, "grid: l2").values == ("0, 10⁻¹", "1")
    assert "on different folds" in row(comparison, "cross-validated accuracy").difference


def test_settings_are_text_by_name():
    """Those of searches from elsewhere are what is known of them."""
    assert settings_of({"settings": {"grid": {"a": list(range(9))}, "n": None}}) == {
        "grid: a": "0, …, 8 (9 values)"
    }
    assert settings_of({"seed": 3, "versions": {"numpy": "2"}}) == {"seed": "3"}


def test_what_cannot_be_compared_is_refused(saved, tmp_path):
    """One report, or a folder that is none."""
    with pytest.raises(ValueError, match="give two or more"):
        compare_reports([saved("a")])
    shutil.rmtree(tmp_path / "a")
    with pytest.raises(ValueError, match="is not a report"):
        compare_reports([tmp_path / "a", saved("b")])
