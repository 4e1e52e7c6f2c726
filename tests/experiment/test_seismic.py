"""An experiment on seismograms: simulated ones split, those of a file predicted event by event."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler

from kerascnn import CNNClassifier, RunOptions, SeismicExperiment
from kerascnn.datasets.seismic import simulate_seismograms, spectrograms
from kerascnn.results import RecordingsResults
from tests.networks import tiny_cnn

EXPERIMENT = SeismicExperiment(
    title="A few events",
    claim="It runs.",
    model=tiny_cnn,
    parameters={"epochs": 2, "batch_size": 20},
    n_train=60,
    n_test=60,
    seeds=2,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a finished run on simulated records."""
    options = RunOptions(output=tmp_path_factory.mktemp("reports"), progress=False)
    return EXPERIMENT.run("small", options).parent


def test_each_number_is_that_of_a_separate_fit(folder):
    """Of the network with each seed, and of scikit-learn's model on the same spectrograms."""
    made = simulate_seismograms(120, seed=0, rate=50.0, decibels=(-10.0, 20.0))
    images = spectrograms(made.X, 50.0)
    table = pd.read_csv(folder / "trainings.csv").set_index(["model", "seed"])["accuracy"]
    for seed in (0, 1):
        network = CNNClassifier(tiny_cnn, epochs=2, batch_size=20, random_state=seed)
        network.fit(images[:60], made.y[:60])
        assert table["network", seed] == network.score(images[60:], made.y[60:])
    rows = images.reshape(120, -1)
    scaled = StandardScaler().fit(rows[:60]).transform(rows)
    penalties = {"C": [0.0001, 0.001, 0.01, 0.1]}
    linear = GridSearchCV(LogisticRegression(max_iter=500), penalties, cv=3)
    linear.fit(scaled[:60], made.y[:60])
    assert table["logistic regression", 0] == linear.score(scaled[60:], made.y[60:])


def test_simulated_records_are_said_to_be_simulated(folder):
    """In large letters, and their accuracy is shown against the noise."""
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "SIMULATED DATA: seismograms made by a formula" in page
    assert "Accuracy against noise" in page
    assert RecordingsResults.load(folder).insight.saliency


@pytest.fixture(scope="module")
def columns(tmp_path_factory):
    """Return a CSV file of explosions, whose first half is strong, and earthquakes."""
    generator = np.random.default_rng(0)
    table = generator.normal(size=(400, 10))
    table[:200, :5] *= 5
    table[200:, 5:] *= 5
    path = tmp_path_factory.mktemp("columns") / "events.csv"
    names = [*(f"EX{n}" for n in range(5)), *(f"EQ{n}" for n in range(5))]
    np.savetxt(path, table, delimiter=",", header=",".join(names), comments="")
    return str(path)


def test_events_of_a_file_are_left_out_one_at_a_time(tmp_path, columns, monkeypatch):
    """The network is trained on all others; the amplitudes of both halves tell these kinds."""
    sizes = []
    fit = CNNClassifier.fit
    monkeypatch.setattr(
        CNNClassifier, "fit", lambda self, X, y: sizes.append(len(X)) or fit(self, X, y)
    )
    options = RunOptions(output=tmp_path, data=columns, progress=False)
    folder = replace(EXPERIMENT, seeds=1).run("small", options).parent
    assert sizes == [9] * 10
    results = RecordingsResults.load(folder)
    assert len(results.predictions.y_true) == 10
    halves = results.accuracies("one event left out at a time", results.models[1])
    assert halves.tolist() == [1.0]
    assert "SIMULATED" not in (folder / "index.html").read_text(encoding="utf-8")


def test_what_is_no_seismogram_is_refused(tmp_path, write_images):
    """Images, for example."""
    options = RunOptions(output=tmp_path, data=str(write_images(20, 10, (4, 4, 1), 2)))
    with pytest.raises(ValueError, match="holds no seismograms of one component"):
        EXPERIMENT.run("small", options)


def test_a_second_run_trains_nothing(folder, monkeypatch):
    """All trainings are kept, and the model with them."""
    before = pd.read_csv(folder / "trainings.csv")
    (folder / "model.kerascnn").unlink()
    monkeypatch.setattr(CNNClassifier, "fit", pytest.fail)
    EXPERIMENT.run("small", RunOptions(output=folder.parent, progress=False))
    after = pd.read_csv(folder / "trainings.csv")
    is_network = before["model"] == "network"
    pd.testing.assert_frame_equal(after[is_network], before[is_network])
    images = spectrograms(simulate_seismograms(120, decibels=(-10.0, 20.0)).X, 50.0)[60:]
    loaded = CNNClassifier.load(folder / "model.kerascnn", model=tiny_cnn)
    shown = RecordingsResults.load(folder).predictions
    np.testing.assert_array_equal(loaded.predict(images), shown.y_pred)


def test_a_run_that_was_stopped_resumes(tmp_path, columns, monkeypatch):
    """Each event that was left out once is not left out again."""
    fit, fitted = CNNClassifier.fit, []

    def stopping(self, X, y):
        if len(fitted) == 4:
            raise KeyboardInterrupt
        fitted.append(len(X))
        return fit(self, X, y)

    options = RunOptions(output=tmp_path, data=columns, progress=False)
    monkeypatch.setattr(CNNClassifier, "fit", stopping)
    with pytest.raises(KeyboardInterrupt):
        replace(EXPERIMENT, seeds=1).run("small", options)
    monkeypatch.setattr(
        CNNClassifier, "fit", lambda self, X, y: fitted.append(len(X)) or fit(self, X, y)
    )
    replace(EXPERIMENT, seeds=1).run("small", options)
    assert fitted == [9] * 10


def test_a_report_on_a_file_is_headed_by_the_file(tmp_path, columns):
    """Neither title, claim nor settings are those of simulated records."""
    options = RunOptions(output=tmp_path, data=columns, progress=False, smoke=True)
    folder = EXPERIMENT.run("small", options).parent
    results = RecordingsResults.load(folder)
    assert results.title == "Kinds of seismograms: events"
    assert "tells EQ and EX by the spectrograms" in results.claim
    assert not {"n_train", "n_test", "decibels"} & set(results.provenance["settings"])


@pytest.fixture
def write(tmp_path):
    """Write random records to a file, and return options that name it."""

    def written(n=12, n_samples=200, **arrays):
        X = np.random.default_rng(0).normal(size=(n, n_samples)).astype(np.float32)
        path = tmp_path / "stations.npz"
        np.savez(path, **{"X": X, "y": np.arange(n) % 2, "rate": 50} | arrays)
        return RunOptions(output=tmp_path, data=str(path), progress=False)

    return written


def test_stations_of_one_event_are_left_out_together(write):
    """No network is trained on an event that it is tested on."""
    events = np.repeat(["e1", "e2", "e3", "e4"], 3)
    options = write(groups=events, y=np.repeat([0, 1, 0, 1], 3))
    records = EXPERIMENT.load(options)
    assert {len(set(events[records.parts == part])) for part in range(4)} == {1}
    plan = EXPERIMENT.plan(options)
    assert plan == "8 trainings of 2 epochs on 12 records, one event left out at a time"


def test_more_events_than_may_be_left_out_share_parts(write):
    """Each part holds both kinds where there are enough of them."""
    options, few = write(), replace(EXPERIMENT, most_parts=3)
    records = few.load(options)
    assert np.bincount(records.parts).tolist() == [4, 4, 4]
    assert all(len(set(records.dataset.y[records.parts == part])) == 2 for part in range(3))
    assert few.plan(options).startswith("6 trainings")
    assert "records left out in 3 parts" in few.plan(options)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X_test": np.ones((2, 200)), "y_test": [0, 1]}, "has a test split of its own"),
        ({"groups": [0] * 6 + [1] * 6, "y": [0] * 6 + [1] * 6}, "all records of 0 are of one"),
        ({"n_samples": 40}, "stations: X has signals of 40 samples"),
    ],
)
def test_records_that_cannot_be_left_out_in_turn_are_refused(write, arrays, message):
    """Before anything is trained, with the data's name."""
    with pytest.raises(ValueError, match=message):
        EXPERIMENT.plan(write(**arrays))


def test_a_constant_record_is_named(tmp_path, columns):
    """By its column."""
    table = pd.read_csv(columns).assign(EQ3=1.5)
    table.to_csv(tmp_path / "dead.csv", index=False)
    with pytest.raises(ValueError, match=r"dead: EQ3 is constant.*\(1 such record\)"):
        EXPERIMENT.plan(RunOptions(data=str(tmp_path / "dead.csv")))


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({}, ""),
        ({"n_samples": 201}, "201 samples cannot be halved"),
        ({"y": np.arange(12) % 3}, "there are 3 kinds, not 2"),
        ({"X": np.tile(np.arange(200.0).clip(100), (12, 1))}, "a half of record 0 is constant"),
    ],
)
def test_it_is_said_why_amplitudes_cannot_tell(write, arrays, reason):
    """On the page; the network is trained all the same."""
    records = EXPERIMENT.load(write(**arrays))
    assert records.obstacle == reason
    assert ("is left out, since" in records.on_halves) == bool(reason)


def test_spectrograms_are_shown_upright(folder):
    """Those of mistakes and those inside the network."""
    results = RecordingsResults.load(folder)
    assert results.predictions.of_spectrograms
    assert results.insight.of_spectrograms
