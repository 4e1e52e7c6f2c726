"""A training experiment trains once, goes on after a kill, and reports what was learned."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from kerascnn import CNNClassifier, Expected, RunOptions, TrainingExperiment
from kerascnn.experiment.progress import EpochProgress
from tests.networks import tiny_cnn

EXPERIMENT = TrainingExperiment(
    title="A small training",
    claim="It runs.",
    dataset="digits",
    model=tiny_cnn,
    parameters={"epochs": 3, "batch_size": 50},
    n_train=200,
    n_test=100,
)


@pytest.fixture
def options(tmp_path) -> RunOptions:
    """Return options that write to a folder of the test's own."""
    return RunOptions(output=tmp_path, progress=False)


def test_a_run_ends_in_a_report_with_curves_and_model(options):
    """The history has a row per epoch, and the stored model is the trained one."""
    folder = EXPERIMENT.run("small", options).parent
    history = pd.read_csv(folder / "learning_curves.csv")
    assert history["epoch"].tolist() == [1, 2, 3]
    assert set(history) >= {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert len(CNNClassifier.load(folder / "model.kerascnn").history_["loss"]) == 3


@pytest.mark.parametrize(("own", "steps"), [({}, 8), ({"compile__steps_per_execution": 3}, 3)])
def test_a_training_takes_eight_steps_at_once(own, steps):
    """Unless the experiment says how many."""
    experiment = replace(EXPERIMENT, parameters={**EXPERIMENT.parameters, **own})
    chosen = experiment.classifier(tiny_cnn, 0).get_params(deep=False)
    assert chosen["compile__steps_per_execution"] == steps


def test_a_killed_run_goes_on_and_ends_the_same(options, tmp_path, monkeypatch):
    """Killed after two epochs and started again, a run has the numbers of a whole one."""
    whole = EXPERIMENT.run("whole", options).parent
    count = EpochProgress.count

    def killed(progress, epoch, logs) -> None:
        if epoch == 2:
            raise KeyboardInterrupt
        count(progress, epoch, logs)

    monkeypatch.setattr(EpochProgress, "count", killed)
    with pytest.raises(KeyboardInterrupt):
        EXPERIMENT.run("killed", options)
    monkeypatch.undo()
    resumed = EXPERIMENT.run("killed", options).parent
    histories = [pd.read_csv(folder / "learning_curves.csv") for folder in (whole, resumed)]
    pd.testing.assert_frame_equal(*histories)


def test_other_data_is_not_held_against_the_claim(options):
    """The expected figure belongs to the experiment's own data; generated data says so."""
    claimed = replace(EXPERIMENT, expected=Expected(0.9, 0.1))
    folder = claimed.run("other", replace(options, data="synthetic", epochs=1)).parent
    results = json.loads((folder / "results.json").read_text())
    assert results["expected"] is None
    assert any("SYNTHETIC" in notice for notice in results["notices"])


def test_a_plan_counts_parameters_and_images():
    """Conv 2@3×3 has 20 parameters, dense 18 → 10 has 190."""
    plan = EXPERIMENT.plan(RunOptions())
    assert plan.startswith("1 training of 3 epochs on 200 images, 210 parameters")
