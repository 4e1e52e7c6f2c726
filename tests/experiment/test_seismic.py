"""An experiment on seismograms: simulated ones split, those of a file predicted event by event."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

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
    linear = LogisticRegression(max_iter=2000).fit(rows[:60], made.y[:60])
    assert table["logistic regression", 0] == linear.score(rows[60:], made.y[60:])


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
    """The network is trained on all others; the textbook's amplitudes tell these kinds."""
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
    textbook = results.accuracies("one event left out at a time", results.models[1])
    assert textbook.tolist() == [1.0]
    assert "SIMULATED" not in (folder / "index.html").read_text(encoding="utf-8")


def test_what_is_no_seismogram_is_refused(tmp_path, write_images):
    """Images, for example."""
    options = RunOptions(output=tmp_path, data=str(write_images(20, 10, (4, 4, 1), 2)))
    with pytest.raises(ValueError, match="holds no seismograms of one component"):
        EXPERIMENT.run("small", options)
