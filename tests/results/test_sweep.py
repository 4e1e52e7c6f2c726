"""Plain results: taken from a search, saved and read back."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV

from kerascnn.report import SweepResults
from kerascnn.results.summary import summary_lines


def assert_round_trip(results, folder):
    """Check that each column survives, floats to the last bit."""
    results.save(folder)
    loaded = SweepResults.load(folder)
    for column in results.cv_results.columns.drop("params"):
        if not column.startswith("param_"):
            expected = results.cv_results[column].to_numpy(float)
            np.testing.assert_array_equal(loaded.cv_results[column].to_numpy(float), expected)
    return loaded


def test_a_fitted_search_survives_saving(search, tmp_path):
    """Scores, parameters and the choice come back as they were."""
    results = SweepResults.from_search(search, name="svc", title="SVC", claim="It works.")
    loaded = assert_round_trip(results, tmp_path)
    assert loaded.params == search.cv_results_["params"]
    assert loaded.best_index == search.best_index_
    assert (loaded.name, loaded.title, loaded.claim) == ("svc", "SVC", "It works.")
    assert loaded.created == results.created


def test_floats_survive_to_the_last_bit(table, tmp_path):
    """Scores and parameters of every size, through text and back."""
    generator = np.random.default_rng(0)
    numbers = generator.random((1000, 2)) * 10.0 ** generator.integers(-30, 30, (1000, 2))
    params = [{"C": value} for value in numbers[:, 0].tolist()]
    loaded = assert_round_trip(SweepResults("a", "b", "c", table(params, numbers), 0), tmp_path)
    assert loaded.params == params


def test_scores_are_those_of_the_search(search):
    """Means, deviations and folds are scikit-learn's columns."""
    scores = SweepResults.from_search(search, name="a", title="b").scores("test", "score")
    np.testing.assert_array_equal(scores.mean, search.cv_results_["mean_test_score"])
    np.testing.assert_array_equal(scores.std, search.cv_results_["std_test_score"])
    for split in range(3):
        expected = search.cv_results_[f"split{split}_test_score"]
        np.testing.assert_array_equal(scores.splits[:, split], expected)


def test_values_that_are_not_numbers_become_text(table, tmp_path):
    """Classes, tuples and odd characters are written, never pickled."""
    values = ['a,b\r\n"c"', (50,), None, len, "a\rb", np.float64(0.1), True]
    params = [{"value": value} for value in values]
    SweepResults("a", "b", "c", table(params, [[1 / 3]] * 7), 0).save(tmp_path)
    loaded = SweepResults.load(tmp_path).params
    expected = ['a,b\r\n"c"', "(50,)", None, "len", "a\rb", 0.1, True]
    assert [setting["value"] for setting in loaded] == expected


def test_numbers_that_are_not_finite_become_text(table, tmp_path):
    """JSON has no infinity."""
    SweepResults("a", "b", "c", table([{"C": float("inf")}], [[0.5]]), 0).save(tmp_path)
    assert SweepResults.load(tmp_path).params == [{"C": "inf"}]


def test_everything_else_survives_saving(rates, predictions, insight, tmp_path):
    """Curves, divergence, predictions, insight, provenance and notices."""
    results = replace(rates, predictions=predictions, insight=insight, notices=("Synthetic!",))
    loaded = assert_round_trip(results, tmp_path)
    pd.testing.assert_frame_equal(loaded.learning_curves, results.learning_curves)
    pd.testing.assert_frame_equal(loaded.diverged, results.diverged)
    for name in ("y_true", "y_pred", "confidence", "images"):
        expected = getattr(predictions, name)
        np.testing.assert_array_equal(getattr(loaded.predictions, name), expected)
    assert loaded.predictions.class_names == predictions.class_names
    assert loaded.expected == results.expected
    assert loaded.notices == ("Synthetic!",)
    assert loaded.provenance["data"] == {"name": "digits", "shape": [1797, 8, 8, 1]}
    np.testing.assert_array_equal(loaded.insight.filters, insight.filters)
    assert [name for name, _ in loaded.insight.feature_maps] == ["first", "second"]
    assert loaded.insight.saliency[0].confidence == 0.75


def test_saving_again_removes_what_is_gone(rates, predictions, tmp_path):
    """An older run's predictions never show up beside newer results."""
    replace(rates, predictions=predictions).save(tmp_path)
    rates.save(tmp_path)
    assert SweepResults.load(tmp_path).predictions is None


def test_a_failed_save_leaves_the_old_file(rates, tmp_path, monkeypatch):
    """A file is replaced as a whole or not at all."""
    rates.save(tmp_path)
    before = (tmp_path / "cv_results.csv").read_bytes()

    def fail(self, path, **options):
        path.write_text("half a tab")
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, "to_csv", fail)
    with pytest.raises(OSError, match="disk full"):
        rates.save(tmp_path)
    assert (tmp_path / "cv_results.csv").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_pickled_predictions_are_refused(rates, predictions, tmp_path):
    """An array of Python objects could run code when read."""
    replace(rates, predictions=predictions).save(tmp_path)
    np.savez(tmp_path / "predictions.npz", y_true=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        SweepResults.load(tmp_path)


def test_the_refit_metric_is_the_one_shown(fit_search):
    """Of several metrics, the one that chose the best candidate comes first."""
    search = fit_search({"C": [0.1, 1.0]}, scoring=["accuracy", "f1_macro"], refit="f1_macro")
    results = SweepResults.from_search(search, name="a", title="b")
    assert results.metrics == ("f1_macro", "accuracy")
    assert results.label("f1_macro") == "f1_macro"


def test_without_refit_the_first_metric_chooses(fit_search):
    """A multi-metric search with refit=False has no best index of its own."""
    search = fit_search({"C": [1e-4, 1.0]}, scoring=["accuracy", "f1_macro"], refit=False)
    results = SweepResults.from_search(search, name="a", title="b")
    assert results.metric == "accuracy"
    assert results.best_index == int(np.argmax(search.cv_results_["mean_test_accuracy"]))


def test_a_regressor_has_no_accuracy(digits):
    """Its score is called a score."""
    search = GridSearchCV(Ridge(), {"alpha": [1.0, 2.0]}, cv=2).fit(*digits)
    assert SweepResults.from_search(search, name="a", title="b").metric_label == "score"


def test_candidates_have_one_number_in_all_files(rates, tmp_path):
    """From 1, as on the page and in the terminal; read again, they are rows of `cv_results_`."""
    rates.save(tmp_path)
    candidates = pd.read_csv(tmp_path / "cv_results.csv")["candidate"]
    assert candidates.tolist() == list(range(1, 10))
    for name, frame in (("learning_curves", rates.learning_curves), ("diverged", rates.diverged)):
        written = pd.read_csv(tmp_path / f"{name}.csv")["candidate"]
        assert written.tolist() == (frame["candidate"] + 1).tolist()
    loaded = SweepResults.load(tmp_path)
    rows = rates.learning_curves["candidate"].tolist()
    assert loaded.learning_curves["candidate"].tolist() == rows
    assert "candidate" not in loaded.cv_results
    assert "(candidate 7)" in summary_lines(replace(rates, best_index=6))[0]


def test_files_of_earlier_reports_number_candidates_from_0(rates, tmp_path):
    """Their results say nothing of it."""
    rates.save(tmp_path)
    path = tmp_path / "results.json"
    path.write_text(path.read_text().replace('"first_candidate"', '"unknown"'))
    rates.learning_curves.to_csv(tmp_path / "learning_curves.csv", index=False)
    assert SweepResults.load(tmp_path).learning_curves["candidate"].min() == 0
