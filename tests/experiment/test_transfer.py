"""A transfer experiment pretrains once, keeps what is done, and reports a row per training."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kerascnn import RunOptions, TransferExperiment
from kerascnn.estimators.checkpoint import fit_with_checkpoint
from kerascnn.results import TransferResults
from kerascnn.training.compiled import CompiledNetwork
from kerascnn.training.loop import train
from tests.networks import tiny_cnn

EXPERIMENT = TransferExperiment(
    title="A small transfer",
    claim="It runs.",
    dataset="digits",
    model=tiny_cnn,
    n_source=5,
    pretraining={"epochs": 2},
    strategies={"frozen": {"trainable": "head"}, "all": {"trainable": "all"}},
    images_per_class=(3, 6),
    draws=2,
    parameters={"epochs": 1, "batch_size": 20},
    n_train=300,
    n_test=100,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a finished run."""
    output = tmp_path_factory.mktemp("reports")
    return EXPERIMENT.run("small", RunOptions(output=output, progress=False)).parent


def test_each_training_has_a_row(folder):
    """Strategies, numbers of images and draws, with an accuracy each."""
    fits = pd.read_csv(folder / "fits.csv")
    assert len(fits) == 3 * 2 * 2
    assert set(fits["strategy"]) == {"from scratch", "frozen", "all"}
    assert set(fits["images_per_class"]) == {3, 6}
    assert fits["accuracy"].between(0, 1).all()
    assert (folder / "pretrained.kerascnn").exists()


def test_each_number_is_that_of_a_separate_fit(folder):
    """On the first images of each new class in the draw's order, tested on the draw's own part."""
    from kerascnn import CNNClassifier
    from kerascnn.experiment.data import load_split

    split = load_split("digits", like="digits", test_size=0.2, n_train=300, n_test=100, seed=0)
    new, tests = split.y >= 5, split.y_test >= 5
    X, y = split.X[new], split.y[new]
    order = np.random.default_rng((0, 1)).permutation(len(y))
    X, y = X[order], y[order]
    rows = np.sort(np.concatenate([np.flatnonzero(y == label)[:6] for label in range(5, 10)]))
    estimator = CNNClassifier(
        pretrained=str(folder / "pretrained.kerascnn"),
        trainable="head",
        epochs=1,
        batch_size=20,
        random_state=1,
    ).fit(X[rows], y[rows])
    X_test, y_test = split.X_test[tests][1::2], split.y_test[tests][1::2]
    fits = pd.read_csv(folder / "fits.csv").set_index(["strategy", "images_per_class", "draw"])
    assert fits.loc[("frozen", 6, 1), "accuracy"] == estimator.score(X_test, y_test)


def test_a_second_run_trains_nothing(folder, monkeypatch):
    """Neither the network that is transferred nor any of the fits."""
    monkeypatch.setattr(CompiledNetwork, "run_epoch", pytest.fail)
    monkeypatch.setattr("kerascnn.estimators.fitting.train", pytest.fail)
    before = pd.read_csv(folder / "fits.csv")
    EXPERIMENT.run("small", RunOptions(output=folder.parent, progress=False))
    pd.testing.assert_frame_equal(pd.read_csv(folder / "fits.csv"), before)


def test_a_killed_pretraining_resumes(tmp_path, monkeypatch, folder):
    """After its last finished epoch, and ends with the same numbers."""
    epochs = []

    def die_after_one(*arguments, on_epoch, **options):
        def counted(epoch, logs):
            raise KeyboardInterrupt

        return fit_with_checkpoint(*arguments, on_epoch=counted, **options)

    monkeypatch.setattr("kerascnn.estimators.checkpoint.fit_with_checkpoint", die_after_one)
    options = RunOptions(output=tmp_path, progress=False)
    with pytest.raises(KeyboardInterrupt):
        EXPERIMENT.run("small", options)
    monkeypatch.undo()

    def count(*arguments, epochs: range, **rest):
        counted.append(len(epochs))
        return train(*arguments, epochs=epochs, **rest)

    counted = epochs
    monkeypatch.setattr("kerascnn.estimators.fitting.train", count)
    EXPERIMENT.run("small", options)
    assert counted[0] == 1
    again, before = (pd.read_csv(each / "fits.csv") for each in (tmp_path / "small", folder))
    assert again["accuracy"].tolist() == before["accuracy"].tolist()


def test_too_few_images_are_said(tmp_path):
    """Sizes that a class cannot fill are left out with a notice; none left is an error."""
    options = RunOptions(output=tmp_path, progress=False)
    larger = replace(EXPERIMENT, images_per_class=(3, 10_000), draws=1)
    results = TransferResults.load(larger.run("small", options).parent)
    assert results.sizes.tolist() == [3]
    assert any("10000 are left out" in notice for notice in results.notices)
    with pytest.raises(ValueError, match="but at least 10000 are needed"):
        replace(EXPERIMENT, images_per_class=(10_000,)).run("small", options)


def test_too_few_classes_are_said(tmp_path):
    """Two must be left to learn."""
    options = RunOptions(output=tmp_path, progress=False)
    with pytest.raises(ValueError, match="10 classes, but 9 are to be pretrained"):
        replace(EXPERIMENT, n_source=9).run("small", options)


def test_the_plan_trains_nothing(tmp_path, monkeypatch):
    """It tells the trainings."""
    monkeypatch.setattr("kerascnn.estimators.fitting.train", pytest.fail)
    plan = EXPERIMENT.plan(RunOptions(output=tmp_path, progress=False))
    assert "then 12 of 1 epochs on 3 to 6 images" in plan
