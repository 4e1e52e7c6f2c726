"""An experiment on codes chooses settings by the training images, and measures beside PCA."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from kerascnn import CodesExperiment, ConvAutoencoder, RunOptions
from kerascnn.experiment.data import load_split
from kerascnn.results import StudyResults

EXPERIMENT = CodesExperiment(
    title="Codes",
    claim="It runs.",
    dataset="digits",
    model="conv_autoencoder",
    n_codes=(2, 4),
    grid={"learning_rate": (0.0001, 0.01), "model__depth": (1,)},
    folds=2,
    shown=(4,),
    seeds=2,
    parameters={"epochs": 2, "batch_size": 20, "model__n_filters": 4},
    n_train=100,
    n_test=60,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a finished run."""
    output = tmp_path_factory.mktemp("reports")
    return EXPERIMENT.run("codes", RunOptions(output=output, progress=False)).parent


@pytest.fixture(scope="module")
def rows(folder):
    """Return its measurements."""
    return pd.read_csv(folder / "measurements.csv").set_index(["method", "n_codes", "seed"])


@pytest.fixture(scope="module")
def split():
    """Return its data, pixels from 0 to 1."""
    split = load_split("digits", like="digits", test_size=0.2, n_train=100, n_test=60, seed=0)
    low, high = split.X.min(), split.X.max()
    X, X_test = ((each - low) / (high - low) for each in (split.X, split.X_test))
    return replace(split, X=X, X_test=X_test)


def autoencoder(n_codes, seed, **chosen):
    """Return an autoencoder as the experiment has it."""
    return ConvAutoencoder(n_codes=n_codes, random_state=seed, **chosen, **EXPERIMENT.parameters)


def test_every_number_of_codes_is_measured_with_every_seed(rows):
    """By both methods."""
    assert len(rows) == 2 * 2 * 2
    assert rows["accuracy"].between(0, 1).all()
    assert (rows["error"] > 0).all()


@pytest.mark.numbers
def test_the_setting_is_the_best_of_a_cross_validation(folder, split):
    """On the training images alone, as scikit-learn has it."""
    scores = {
        rate: cross_val_score(
            autoencoder(4, 0, learning_rate=rate, model__depth=1), split.X, cv=2
        ).mean()
        for rate in (0.0001, 0.01)
    }
    chosen = StudyResults.load(folder).provenance["settings"]["chosen"]
    assert chosen["4"] == {"learning_rate": max(scores, key=scores.get), "model__depth": 1}


@pytest.mark.numbers
def test_errors_are_those_of_separate_fits(folder, rows, split):
    """With the setting that was chosen and the seed."""
    chosen = StudyResults.load(folder).provenance["settings"]["chosen"]["4"]
    network = autoencoder(4, 1, **chosen).fit(split.X)
    error = -network.score(split.X_test)
    assert rows.loc[("autoencoder", 4, 1), "error"] == pytest.approx(error, rel=1e-4)
    neighbours = KNeighborsClassifier(5).fit(network.transform(split.X), split.y)
    accuracy = neighbours.score(network.transform(split.X_test), split.y_test)
    assert rows.loc[("autoencoder", 4, 1), "accuracy"] == pytest.approx(accuracy, abs=0.02)


def test_pca_is_scikit_learns(rows, split):
    """Fitted on the same training images, whatever the seed."""
    flat, tests = (each.reshape(len(each), -1) for each in (split.X, split.X_test))
    pca = PCA(2).fit(flat)
    error = np.mean((pca.inverse_transform(pca.transform(tests)) - tests) ** 2)
    accuracy = KNeighborsClassifier(5).fit(pca.transform(flat), split.y)
    for seed in (0, 1):
        row = rows.loc[("PCA", 2, seed)]
        assert row["error"] == pytest.approx(error, rel=1e-4)
        assert row["accuracy"] == accuracy.score(pca.transform(tests), split.y_test)


def test_the_page_shows_points_sheets_and_the_sweep(folder):
    """Of the first seed; neighbours by pixels are stated beside those by codes."""
    errors, sheets, maps, neighbours, sweep = StudyResults.load(folder).exhibits
    assert errors.panels[0].x.tolist() == [2, 4]
    assert [panel.caption.split(",")[0] for panel in sheets.panels] == ["4 codes"]
    assert sum(map(len, maps.panels[0].groups.values())) == 60
    assert "the nearest by pixels tell 0." in neighbours.text
    assert len(sweep.panels[0].rows) == 2


def test_the_page_says_how_the_sweep_ran(folder):
    """And that the networks measured were trained after it."""
    how = StudyResults.load(folder).provenance["how it ran"]
    assert how.startswith("8 fits: ")
    assert how.endswith("; then one Keras training each")


def test_a_second_run_trains_nothing(folder, rows, monkeypatch):
    """The sweep's fits and all measurements are kept."""
    monkeypatch.setattr(ConvAutoencoder, "fit", pytest.fail)
    monkeypatch.setattr("kerascnn.training.compiled.CompiledNetwork.run_epoch", pytest.fail)
    EXPERIMENT.run("codes", RunOptions(output=folder.parent, progress=False))
    again = pd.read_csv(folder / "measurements.csv").set_index(["method", "n_codes", "seed"])
    pd.testing.assert_frame_equal(again, rows)


def test_more_codes_than_pixels_are_refused(tmp_path, monkeypatch):
    """Before anything is trained."""
    monkeypatch.setattr(ConvAutoencoder, "fit", pytest.fail)
    options = RunOptions(output=tmp_path, progress=False)
    with pytest.raises(ValueError, match="n_codes=65 is more than PCA can find"):
        replace(EXPERIMENT, n_codes=(2, 65)).run("codes", options)


def test_settings_may_be_given_in_place_of_a_sweep(tmp_path, monkeypatch):
    """Then nothing is searched, and no two codes are drawn where there are none."""
    monkeypatch.setattr("kerascnn.search.GridSearchCV.fit", pytest.fail)
    given = replace(EXPERIMENT, n_codes=(4,), seeds=1, chosen={4: {"learning_rate": 0.01}})
    page = given.run("codes", RunOptions(output=tmp_path, progress=False))
    results = StudyResults.load(page.parent)
    assert results.provenance["settings"]["chosen"] == {"4": {"learning_rate": 0.01}}
    assert len(results.exhibits) == 3


@pytest.mark.parametrize("shown", [(), (3,)])
def test_only_what_is_measured_can_be_shown(tmp_path, monkeypatch, shown):
    """Anything else is an error, before anything is trained."""
    monkeypatch.setattr("kerascnn.search.GridSearchCV.fit", pytest.fail)
    options = RunOptions(output=tmp_path, progress=False)
    with pytest.raises(ValueError, match=r"must be some of n_codes=\(2, 4\)"):
        replace(EXPERIMENT, shown=shown).run("codes", options)


def test_the_plan_tells_the_trainings(tmp_path):
    """Those of the sweep, with the folds asked for, and those measured."""
    plan = EXPERIMENT.plan(RunOptions(output=tmp_path, folds=3))
    assert plan.startswith("a sweep of 12 fits, then 4 trainings, of 2 epochs on 100 images")
