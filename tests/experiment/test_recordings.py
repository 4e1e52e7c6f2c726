"""An experiment on sounds: whoever is held out is never trained on, and what is done is kept."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kerascnn import CNNClassifier, RecordingsExperiment, RunOptions
from kerascnn.experiment.run import Run
from kerascnn.laboratory.recordings import accuracies
from kerascnn.results import RecordingsResults, storage

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


ONE = replace(EXPERIMENT, data_options={}, seeds=1, models={"one": EXPERIMENT.models["one"]})


def test_trainings_on_fewer_sounds_are_not_taken_for_those_on_more(tmp_path, sounds):
    """A second run with more sounds trains anew, and the earlier report is moved."""
    options = RunOptions(output=tmp_path, data=sounds, progress=False)
    tested = []
    for n in (24, 72):
        folder = replace(ONE, n_samples=n).run("small", options).parent
        tested.append(len(RecordingsResults.load(folder).predictions.y_true))
    assert tested == [12, 24]
    assert len(list(tmp_path.glob("small*"))) == 2


def test_other_data_has_a_title_and_a_claim_of_its_own(folder):
    """Those of the experiment are about other sounds."""
    results = RecordingsResults.load(folder)
    assert results.title == "Networks of sounds: sounds"
    assert "nothing was claimed beforehand" in results.claim


def test_the_experiment_s_own_data_keeps_its_title(tmp_path, sounds):
    """Even if it is named again; so do generated sounds."""
    run = Run("small", tmp_path, RunOptions(data=sounds), None)
    assert replace(ONE, dataset=sounds).heading(run)["title"] == "A few sounds"
    run.options = RunOptions(data="synthetic")
    assert ONE.heading(run)["title"] == "A few sounds"


def shown(tmp_path, experiment, **arrays):
    """Run an experiment on 24 sounds of two classes by four speakers; return its exhibits."""
    y = np.arange(24) % 2
    X = np.random.default_rng(0).normal(size=(24, 400, 1)).astype(np.float32)
    np.savez(tmp_path / "few.npz", X=X, y=y, groups=np.arange(24) // 2 % 4, **arrays)
    options = RunOptions(output=tmp_path, data=str(tmp_path / "few.npz"), progress=False)
    return RecordingsResults.load(experiment.run("small", options).parent).exhibits


def test_a_rate_that_is_not_known_is_not_made_up(tmp_path):
    """The page counts samples; 400 of them are enough for a network of waveforms."""
    given, measured = shown(tmp_path, ONE)
    assert "400 samples at a rate that the data does not state" in given.text
    assert {panel.unit for panel in given.panels} == {"samples"}
    assert [panel.KIND for panel in given.panels] == ["waveform"] * 2
    assert "with one seed" in measured.text


def test_a_low_rate_is_stated_as_it_is(tmp_path):
    """Not rounded to 0 Hz."""
    given, _ = shown(tmp_path, ONE, rate=0.5)
    assert "800 s at 0.5 Hz" in given.text


def test_spectrograms_are_shown_as_the_network_makes_them(tmp_path):
    """It is given the data's rate, and its own bands are drawn."""
    two = {"model": "audio_cnn_2d", "model__n_mels": 8, "model__n_fft": 64, "model__hop": 50}
    given, _ = shown(tmp_path, replace(ONE, models={"two": two}), rate=2000)
    assert "which takes it for 2,000 Hz" in given.text
    pictures = [panel for panel in given.panels if panel.KIND == "picture"]
    assert {picture.pixels.shape[0] for picture in pictures} == {8}


def test_a_wrong_network_is_found_before_any_is_trained(tmp_path, monkeypatch):
    """The second needs longer sounds than there are."""
    monkeypatch.setattr(CNNClassifier, "fit", pytest.fail)
    both = {"one": EXPERIMENT.models["one"], "two": {"model": "audio_cnn_2d"}}
    with pytest.raises(ValueError, match="400"):
        shown(tmp_path, replace(ONE, models=both), rate=2000)


def test_a_plan_says_that_speakers_cannot_be_held_out(tmp_path):
    """As the run would."""
    path = tmp_path / "alone.npz"
    np.savez(path, X=np.ones((9, 400)), y=np.arange(9) % 2, groups=["bob"] * 9, rate=8000)
    with pytest.raises(ValueError, match="has one group only, 'bob'"):
        ONE.plan(RunOptions(data=str(path)))


def test_what_is_said_of_known_speakers_was_measured():
    """Here they are told worse by one of two networks."""
    rows = [
        {"split": split, "model": model, "seed": 0, "accuracy": accuracy}
        for (split, model), accuracy in {
            ("unknown speakers", "a"): 0.5,
            ("unknown speakers", "b"): 0.5,
            ("known speakers", "a"): 0.4,
            ("known speakers", "b"): 0.6,
        }.items()
    ]
    table = storage.as_frame(rows).assign(parameters=1, seconds=1.0)
    text = accuracies(RecordingsResults("n", "t", "c", table)).text
    assert "With known speakers better than with unknown speakers: b." in text
