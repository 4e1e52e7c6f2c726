"""An experiment on sounds: whoever is held out is never trained on, and what is done is kept."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kerascnn import CNNClassifier, RecordingsExperiment, RunOptions
from kerascnn.results import RecordingsResults

EXPERIMENT = RecordingsExperiment(
    title="A few sounds",
    claim="It runs.",
    dataset="synthetic",
    data_options={"like": "spoken-digits"},
    models={
        "one": {"model": "audio_cnn_1d"},
        "two": {
            "model": "audio_cnn_2d",
            "model__n_mels": 8,
            "model__n_fft": 64,
            "model__hop": 500,
            "model__rate": 8000,
        },
    },
    parameters={"epochs": 1, "batch_size": 20},
    seeds=2,
)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """Return a file of 72 sounds of three classes by six speakers, each louder than the last."""
    generator = np.random.default_rng(0)
    speakers, y = np.arange(72) % 6, np.arange(72) // 6 % 3
    times = np.arange(2000) / 8000
    X = np.sin(2 * np.pi * np.array([300, 600, 1200])[y][:, None] * times)
    X = ((speakers[:, None] + 1) / 6 * X + generator.normal(0, 0.01, X.shape))[..., None]
    path = tmp_path_factory.mktemp("sounds") / "sounds.npz"
    groups = np.array([f"speaker {number}" for number in speakers])
    np.savez(path, X=X.astype(np.float32), y=y, groups=groups, rate=8000)
    return str(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, sounds):
    """Return the folder of a finished run."""
    options = RunOptions(output=tmp_path_factory.mktemp("out"), data=sounds, progress=False)
    return replace(EXPERIMENT, data_options={}).run("small", options).parent


def test_each_training_has_a_row(folder):
    """For each network, way to hold samples out, and seed."""
    table = pd.read_csv(folder / "trainings.csv")
    assert len(table) == 2 * 2 * 2
    assert list(dict.fromkeys(table["split"])) == ["unknown speakers", "known speakers"]
    assert table["accuracy"].between(0, 1).all()


def test_unknown_speakers_are_never_trained_on(tmp_path, sounds, monkeypatch):
    """The loudness tells who speaks: what is fitted lacks the loudness of the held-out two."""
    fitted = []
    fit = CNNClassifier.fit
    monkeypatch.setattr(
        CNNClassifier, "fit", lambda self, X, y: fitted.append(X) or fit(self, X, y)
    )
    small = replace(EXPERIMENT, data_options={}, seeds=1, models={"one": EXPERIMENT.models["one"]})
    small.run("small", RunOptions(output=tmp_path, data=sounds, progress=False))
    heard = [{round(6 * float(np.quantile(np.abs(sound), 0.98))) for sound in X} for X in fitted]
    assert [len(each) for each in heard] == [4, 6]


def test_what_is_shown_is_the_first_network_on_unknown_speakers(folder):
    """With its accuracy, and sounds at their rate."""
    results = RecordingsResults.load(folder)
    assert results.predictions.rate == 8000
    first = results.accuracies("unknown speakers", "one")[0]
    assert results.predictions.accuracy == pytest.approx(first)


def test_a_second_run_trains_nothing(folder, sounds, monkeypatch):
    """All trainings are kept."""
    before = pd.read_csv(folder / "trainings.csv")
    monkeypatch.setattr(CNNClassifier, "fit", pytest.fail)
    options = RunOptions(output=folder.parent, data=sounds, progress=False)
    replace(EXPERIMENT, data_options={}).run("small", options)
    pd.testing.assert_frame_equal(pd.read_csv(folder / "trainings.csv"), before)


def test_the_page_lets_mistakes_be_heard(folder):
    """As sounds inside the page."""
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert 'src="data:audio/wav;base64,' in page
    assert "one, unknown speakers" in page


def test_data_that_cannot_be_split_so_is_refused(tmp_path, write_images):
    """Images, and sounds whose speakers nobody names."""
    images = str(write_images(20, 10, (4, 4, 1), 2))
    experiment = replace(EXPERIMENT, data_options={})
    with pytest.raises(ValueError, match="holds images, not sounds"):
        experiment.run("small", RunOptions(output=tmp_path, data=images, progress=False))
    nameless = tmp_path / "nameless.npz"
    np.savez(nameless, X=np.ones((20, 2000, 1), np.float32), y=np.arange(20) % 2, rate=8000)
    with pytest.raises(ValueError, match="has no groups, such as speakers"):
        experiment.run("small", RunOptions(output=tmp_path, data=str(nameless), progress=False))
