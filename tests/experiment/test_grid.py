"""A grid experiment runs from data to report, and keeps the test split out of the choice."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score

from kerascnn import CNNClassifier, Expected, GridExperiment, RunOptions, datasets
from kerascnn.experiment.grid import GridExperiment as Experiment
from kerascnn.experiment.run import Run
from kerascnn.results import SweepResults
from tests.networks import tiny_cnn, tiny_signal_cnn

EXPERIMENT = GridExperiment(
    title="A small grid",
    claim="It runs.",
    dataset="digits",
    model=tiny_cnn,
    parameters={"optimizer": "sgd", "epochs": 3, "batch_size": 50},
    grid={"learning_rate": [0.001, 0.01], "l2": [0.0, 0.1]},
    folds=2,
    n_train=200,
)


@pytest.fixture(scope="module")
def options(tmp_path_factory) -> RunOptions:
    """Return options that write to a folder of the tests' own."""
    return RunOptions(output=tmp_path_factory.mktemp("reports"), progress=False, command="a test")


@pytest.fixture(scope="module")
def report(options):
    """Return the folder of a report of a whole run."""
    return EXPERIMENT.run("small-grid", options).parent


def test_a_run_ends_in_a_report_and_its_plain_results(report):
    """Page, figures for a paper, tables, provenance and the best model lie side by side."""
    names = {path.name for path in report.iterdir()}
    assert names >= {
        "index.html",
        "validation_accuracy.png",
        "training_accuracy.png",
        "cv_results.csv",
        "provenance.json",
        "best_model.kerascnn",
    }
    assert (report.parent / "index.html").exists()


def test_the_stored_model_is_the_best_candidate(report):
    """The file's parameters are the table's best row, and it predicts what the report says."""
    best = CNNClassifier.load(report / "best_model.kerascnn")
    table = pd.read_csv(report / "cv_results.csv")
    row = table.loc[table["rank_test_score"].idxmin()]
    assert best.learning_rate == row["param_learning_rate"]
    assert best.l2 == row["param_l2"]
    with np.load(report / "predictions.npz") as kept:
        labels = best.predict(kept["images"])
        assert accuracy_score(labels, kept["y_pred"]) == 1


def test_provenance_names_what_made_the_numbers(report):
    """Command, seed, versions, data fingerprint and settings are stated."""
    provenance = json.loads((report / "provenance.json").read_text())
    assert provenance["command"] == "a test"
    assert provenance["seed"] == 0
    assert provenance["data"]["fingerprint"] == datasets.load("digits").fingerprint
    assert provenance["settings"]["grid"]["l2"] == [0.0, 0.1]
    assert "tensorflow version" in provenance["versions"]


def test_a_second_run_takes_all_fits_from_the_first(report, options):
    """Nothing is trained twice, and the numbers are the same."""
    before = pd.read_csv(report / "cv_results.csv")
    EXPERIMENT.run("small-grid", options)
    after = pd.read_csv(report / "cv_results.csv")
    pd.testing.assert_frame_equal(before, after)
    provenance = json.loads((report / "provenance.json").read_text())
    assert provenance["fits taken from an earlier run"] == 8


def test_the_test_split_takes_no_part_in_the_search():
    """Training and test images are disjoint, together all, and alike in classes."""
    digits = datasets.load("digits")
    split = replace(EXPERIMENT, n_train=None).load(RunOptions())
    assert len(split.y) + len(split.y_test) == len(digits.y)
    together = np.concatenate([split.X, split.X_test]).reshape(len(digits.y), -1)
    assert np.array_equal(
        together[np.lexsort(together.T)],
        digits.X.reshape(1797, -1)[np.lexsort(digits.X.reshape(1797, -1).T)],
    )
    shares = [np.bincount(y) / len(y) for y in (split.y, split.y_test)]
    np.testing.assert_allclose(*shares, atol=0.005)


def test_options_change_the_experiment():
    """Epochs and folds of the command line win over the file's, in grids too."""
    with_epochs = replace(EXPERIMENT, grid={"epochs": [1, 2], "l2": [0.1]})
    changed = with_epochs.adapted(RunOptions(epochs=7, folds=4))
    assert changed.parameters["epochs"] == 7
    assert list(changed.grid) == ["l2"]
    assert changed.folds == 4


def test_a_smoke_run_is_small():
    """Two values per parameter, two epochs, two folds, two hundred images at most."""
    small = EXPERIMENT.adapted(RunOptions(smoke=True))
    assert isinstance(small, Experiment)
    assert all(len(values) <= 2 for values in small.grid.values())
    assert (small.parameters["epochs"], small.folds, small.n_train) == (2, 2, 200)


def test_a_plan_trains_nothing(monkeypatch):
    """The plan names fits and engine; no fit is run."""
    monkeypatch.setattr("kerascnn.search.plan.Plan.run", pytest.fail)
    plan = EXPERIMENT.plan(RunOptions())
    assert "4 candidates × 2 folds = 8 fits" in plan
    assert "stacked" in plan


@pytest.mark.parametrize(
    ("search", "fits"),
    [
        ({"search": "random", "n_iter": 3}, "3 candidates × 2 folds = 6 fits"),
        ({"search": "random"}, "4 candidates × 2 folds = 8 fits"),
        ({"search": "halving", "factor": 2, "epochs": 8}, "rung 3, epochs=8: 1 candidate"),
    ],
)
def test_a_grid_can_be_searched_in_other_ways(search, fits):
    """Random settings of the grid, or rungs of epochs, are planned as they will be run."""
    assert fits in EXPERIMENT.plan(RunOptions(**search))


def test_the_largest_epochs_of_a_grid_are_what_halving_ends_with():
    """Epochs are the resource, and so no longer a parameter of the grid."""
    experiment = replace(EXPERIMENT, grid={"epochs": [3, 9], "l2": [0.0, 0.1, 0.2]})
    plan = experiment.plan(RunOptions(search="halving"))
    assert "rung 2, epochs=3: 1 candidate × 2 folds" in plan


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"search": "halvin"}, "search='halvin' is unknown: did you mean 'halving'"),
        ({"n_iter": 3}, "n_iter=3 has no effect on search='grid'"),
        ({"search": "random", "factor": 3}, "factor=3 has no effect.*--search halving"),
    ],
)
def test_wrong_options_of_a_search_are_named(options, message):
    """An unknown search, or an option of another one, is an error with a remedy."""
    with pytest.raises(ValueError, match=message):
        EXPERIMENT.plan(RunOptions(**options))


def test_a_halving_run_leaves_a_report_with_rungs(tmp_path):
    """The whole way, from the command's options to the panel of rungs."""
    page = EXPERIMENT.run("rungs", RunOptions(tmp_path, search="halving", progress=False))
    assert "rungs-title" in page.read_text()
    settings = json.loads((page.parent / "provenance.json").read_text())["settings"]
    assert settings["search"] == "halving"


def test_folds_keep_groups_together(tmp_path, monkeypatch):
    """No speaker is in two folds, nor in both training and test split."""
    sounds = np.random.default_rng(0).normal(size=(60, 30, 1)).astype(np.float32)
    speakers = np.array([f"speaker {number % 6}" for number in range(60)])
    file = tmp_path / "sounds.npz"
    np.savez(file, X=sounds, y=np.arange(60) // 6 % 2, groups=speakers, rate=100)
    experiment = GridExperiment(
        title="t",
        claim="c",
        dataset=str(file),
        model=tiny_signal_cnn,
        grid={"learning_rate": [0.01]},
        parameters={"epochs": 1},
        by_group=True,
        test_size=0.3,
        folds=2,
    )
    split = experiment.load(RunOptions())
    groups, tests = split.dataset.groups, split.dataset.groups_test
    assert not set(groups) & set(tests)
    plan = experiment._search(RunOptions()).plan(split.X, split.y, groups=groups)
    for fit in plan.fits:
        assert not set(groups[fit.train]) & set(groups[fit.test])
    experiment.run("small", RunOptions(output=tmp_path / "out", progress=False))


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        (3, r"folds=3: the training samples of few are of 2 groups.*--folds 2 at most"),
        (9, r"folds=9: .* are of 2 groups"),
    ],
)
def test_more_folds_than_groups_are_refused(tmp_path, folds, message):
    """Before anything is trained, in a plan as well, with the data's name."""
    file = tmp_path / "few.npz"
    sounds = np.random.default_rng(0).normal(size=(30, 30, 1)).astype(np.float32)
    np.savez(file, X=sounds, y=np.arange(30) // 3 % 2, groups=np.arange(30) % 3, rate=100)
    experiment = replace(EXPERIMENT, dataset=str(file), model=tiny_signal_cnn, by_group=True)
    with pytest.raises(ValueError, match=message):
        experiment.plan(RunOptions(folds=folds))


def test_more_folds_than_samples_of_each_class_are_refused(tmp_path):
    """With the number that there are."""
    file = tmp_path / "few.npz"
    np.savez(file, X=np.ones((10, 30, 1)), y=np.arange(10) // 5, groups=np.arange(10), rate=100)
    experiment = replace(EXPERIMENT, dataset=str(file), model=tiny_signal_cnn, by_group=True)
    with pytest.raises(ValueError, match=r"largest class of few has 4 training samples: give"):
        replace(experiment, n_train=None).plan(RunOptions(folds=6))


def test_a_report_on_other_data_does_not_claim_what_it_does_not_show():
    """Its title names the data, and the claim is said to be about other data."""
    split = EXPERIMENT.load(RunOptions(data="digits"))
    own = EXPERIMENT.heading(Run("small", Path(), RunOptions(data="digits"), split))
    other = EXPERIMENT.heading(Run("small", Path(), RunOptions(data="mine.npz"), split))
    assert own == {"title": "A small grid", "claim": "It runs."}
    assert other["title"] == "A small grid – on other data: digits"
    assert "not about digits: It runs." in other["claim"]


@pytest.mark.parametrize(
    ("changes", "departures"),
    [
        ({"epochs": 7}, ("7 epochs",)),
        ({"folds": 3}, ("3 folds",)),
        ({"search": "random", "n_iter": 3}, ("a random search", "3 settings drawn")),
        ({"smoke": True, "data": "synthetic"}, ("a smoke run", "generated data")),
        ({"data": "mine.npz"}, ("other data",)),
        ({"epochs": EXPERIMENT.parameters["epochs"], "folds": EXPERIMENT.folds, "seed": 4}, ()),
        ({"data": "digits", "search": "grid"}, ()),
    ],
)
def test_what_is_not_what_the_claim_is_about_is_told(changes, departures):
    """The experiment's own settings, given again, and another seed are no departures."""
    assert EXPERIMENT.departures(RunOptions(**changes)) == departures


def test_a_claim_is_the_original_one_where_the_run_departs_from_it(tmp_path):
    """Title and first sentence come from the results, and no figure is expected."""
    claimed = replace(EXPERIMENT, expected=Expected(0.9, 0.1))
    options = RunOptions(output=tmp_path, progress=False, folds=3, fresh=True)
    results = SweepResults.load(claimed.run("other", options).parent)
    assert results.title.startswith("tiny_cnn on digits: accuracy by ")
    assert results.claim.startswith("The best of 4 candidates: ")
    assert results.claim.endswith("The original claim, not about this run (3 folds): It runs.")
    assert results.expected is None


def test_a_class_of_one_group_is_said_to_be_untold_in_its_fold(tmp_path):
    """In large letters, with the name of the group."""
    file = tmp_path / "few.npz"
    groups = np.array([f"speaker {number // 4}" for number in range(40)])
    y = np.where(np.arange(40) // 4 == 7, 2, np.arange(40) % 2)
    np.savez(file, X=np.ones((40, 30, 1)), y=y, groups=groups, rate=100)
    experiment = replace(EXPERIMENT, dataset=str(file), by_group=True, n_train=None)
    said = [experiment.load(RunOptions(seed=seed)).notices for seed in range(8)]
    assert any("All training samples of 2 are of speaker 7" in n for each in said for n in each)
    assert all(len(each) == 1 for each in said)
