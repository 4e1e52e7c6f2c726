"""A study measures each part with each seed, keeps what is measured, and reports all of it."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from kerascnn import Expected, RunOptions, StudyExperiment
from kerascnn.experiment.data import load_split
from kerascnn.experiment.kept import Measured
from kerascnn.experiment.study import unit_images
from kerascnn.results import Exhibit, Headline, Insight, Picture, StudyResults


@dataclass(frozen=True, kw_only=True)
class Brightness(StudyExperiment):
    """A study that trains nothing: the mean brightness of test images, times a factor."""

    factors: tuple[int, ...] = (1, 2)

    def parts(self, split):
        """One for each factor."""
        return [{"factor": factor} for factor in self.factors]

    def measure(self, part, seed, run):
        """The mean of the test images, times the factor, plus the seed."""
        value = part["factor"] * float(run.material.X_test.mean()) + seed
        rows = [{"method": "mean", "factor": part["factor"], "brightness": value}]
        filters = np.full((3, 3, 1, 2), float(part["factor"]))
        return Measured(rows, {"image": run.material.X_test[0] * part["factor"]}, Insight(filters))

    def headlines(self, measurements, expected):
        """How many rows there are, and what the first is expected to be."""
        note = "" if expected is None else expected.verdict(measurements["brightness"][0])
        return [Headline("Rows", str(len(measurements)), note)]

    def exhibits(self, split, measurements, shown):
        """A picture of each part."""
        return [Exhibit("Images", "Look.", [Picture("i", each.arrays["image"]) for each in shown])]


EXPERIMENT = Brightness(
    title="Brightness",
    claim="It is measured.",
    dataset="digits",
    model="none",
    seeds=2,
    parameters={"epochs": 3},
    n_train=100,
    n_test=50,
    expected=Expected(0.0, 0.1),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a finished run, with the seeds 5 and 6."""
    output = tmp_path_factory.mktemp("reports")
    return EXPERIMENT.run("b", RunOptions(output=output, progress=False, seed=5)).parent


def test_each_part_is_measured_with_each_seed(folder):
    """A row for each."""
    rows = pd.read_csv(folder / "measurements.csv")
    assert rows[["factor", "seed"]].to_numpy().tolist() == [[1, 5], [2, 5], [1, 6], [2, 6]]
    split = load_split("digits", like="digits", test_size=0.2, n_train=100, n_test=50, seed=5)
    mean = float(split.X_test.mean())
    assert rows["brightness"].tolist() == [mean + 5, 2 * mean + 5, mean + 6, 2 * mean + 6]


def test_the_first_seed_is_shown(folder):
    """Its parts in order, the insight of the first."""
    results = StudyResults.load(folder)
    first, second = results.exhibits[0].panels
    np.testing.assert_array_equal(second.pixels, 2 * first.pixels)
    assert results.insight is not None
    assert (results.insight.filters == 1).all()


def test_the_expected_figure_is_for_the_experiments_own_data(folder, tmp_path):
    """A smoke run, or one on other data, has none."""
    assert "above the expected" in StudyResults.load(folder).headlines[0].note
    options = RunOptions(output=tmp_path, progress=False, data="synthetic")
    assert StudyResults.load(EXPERIMENT.run("b", options).parent).headlines[0].note == ""


def test_a_second_run_measures_nothing(folder, monkeypatch):
    """It takes over what was kept, also the arrays and the insight."""
    monkeypatch.setattr(Brightness, "measure", pytest.fail)
    before = (folder / "measurements.csv").read_bytes()
    EXPERIMENT.run("b", RunOptions(output=folder.parent, progress=False, seed=5))
    assert (folder / "measurements.csv").read_bytes() == before


def test_a_killed_run_resumes(tmp_path, monkeypatch, folder):
    """It measures again only what was not finished, and ends with the same numbers."""
    measure, calls = Brightness.measure, []

    def killed(self, part, seed, run):
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append((part["factor"], seed))
        return measure(self, part, seed, run)

    monkeypatch.setattr(Brightness, "measure", killed)
    options = RunOptions(output=tmp_path, progress=False, seed=5)
    with pytest.raises(KeyboardInterrupt):
        EXPERIMENT.run("b", options)
    calls.pop()
    EXPERIMENT.run("b", options)
    assert calls == [(1, 5), (2, 5), (2, 6)]
    again = (tmp_path / "b" / "measurements.csv").read_text()
    assert again == (folder / "measurements.csv").read_text()


@pytest.mark.parametrize(
    "change", [{"options": {"fresh": True}}, {"experiment": {"parameters": {"epochs": 4}}}]
)
def test_other_settings_are_measured_anew(folder, tmp_path, monkeypatch, change):
    """So is everything where that is asked for."""
    counted = []
    measure = Brightness.measure
    monkeypatch.setattr(
        Brightness, "measure", lambda *given: counted.append(given) or measure(*given)
    )
    options = RunOptions(output=tmp_path, progress=False)
    EXPERIMENT.run("b", options)
    changed = replace(EXPERIMENT, **change.get("experiment", {}))
    changed.run("b", replace(options, **change.get("options", {})))
    assert len(counted) == 8


def test_another_number_of_seeds_keeps_those_measured(tmp_path, monkeypatch):
    """A third seed is measured beside them."""
    options = RunOptions(output=tmp_path, progress=False)
    EXPERIMENT.run("b", options)
    counted = []
    measure = Brightness.measure
    monkeypatch.setattr(
        Brightness, "measure", lambda *given: counted.append(given) or measure(*given)
    )
    replace(EXPERIMENT, seeds=3).run("b", options)
    assert len(counted) == 2


def test_validation_images_are_evenly_spaced():
    """No training image is among them, and none is lost."""
    split = load_split("digits", like="digits", test_size=0.2, n_train=100, n_test=50, seed=0)
    training, validation = EXPERIMENT.divided(split)
    assert (len(training), len(validation)) == (90, 10)
    np.testing.assert_array_equal(validation, split.X[[0, 11, 22, 33, 44, 55, 66, 77, 88, 99]])
    rest = [row for row in range(100) if row % 11]
    np.testing.assert_array_equal(training, split.X[rest])


def test_no_side_of_the_validation_may_be_empty():
    """With the share and the number of images."""
    split = load_split("digits", like="digits", test_size=0.2, n_train=100, n_test=50, seed=0)
    with pytest.raises(ValueError, match=r"validation_share=0\.001 of 100 images"):
        replace(EXPERIMENT, validation_share=0.001).divided(split)


def test_signals_are_refused(tmp_path):
    """Before anything is measured."""
    path = tmp_path / "sounds.npz"
    np.savez(path, X=np.zeros((20, 50, 1)), y=np.arange(20) % 2)
    options = RunOptions(output=tmp_path, progress=False, data=str(path))
    with pytest.raises(ValueError, match="sounds holds signals, not images"):
        EXPERIMENT.run("b", options)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.random.default_rng(0).integers(0, 256, (20, 4, 4, 4), np.uint8), "4 channels"),
        (np.ones((20, 4, 4, 3)), "all pixels of odd are 1.0"),
    ],
    ids=["four channels", "one value"],
)
def test_images_that_show_nothing_are_refused(images, message, tmp_path):
    """Before anything is measured."""
    path = tmp_path / "odd.npz"
    np.savez(path, X=images, y=np.arange(20) % 2)
    options = RunOptions(output=tmp_path, progress=False, data=str(path))
    with pytest.raises(ValueError, match=message):
        EXPERIMENT.run("b", options)


def test_the_plan_measures_nothing(tmp_path, monkeypatch):
    """It tells the trainings."""
    monkeypatch.setattr(Brightness, "measure", pytest.fail)
    plan = EXPERIMENT.plan(RunOptions(output=tmp_path, progress=False))
    assert plan == "4 trainings of 3 epochs on 90 images"


def test_images_are_taken_from_nought_to_one():
    """Bytes are divided by 255; real numbers stay as they are."""
    shown = unit_images(np.array([0, 51, 255], np.uint8))
    assert shown.dtype == np.float32
    np.testing.assert_allclose(shown, [0, 0.2, 1], rtol=1e-7)
    np.testing.assert_array_equal(unit_images(np.array([-3.0, 7.0])), [-3, 7])
