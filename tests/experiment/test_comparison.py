"""A comparison trains each model once per seed, keeps what is done, and reports a row each."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kerascnn import CNNClassifier, ComparisonExperiment, RunOptions
from kerascnn.report import ComparisonResults
from tests.networks import tiny_cnn


def other_cnn(input_shape, n_classes):
    """Return a tiny network with more filters."""
    return tiny_cnn(input_shape, n_classes, n_filters=3)


EXPERIMENT = ComparisonExperiment(
    title="A small comparison",
    claim="It runs.",
    dataset="digits",
    models=[tiny_cnn, other_cnn],
    parameters={"epochs": 1, "batch_size": 50},
    n_train=100,
    n_test=50,
    seeds=2,
)


def test_each_model_has_a_row_with_size_and_spread(tmp_path, monkeypatch):
    """Parameters are those of the layers; a second run trains nothing."""
    options = RunOptions(output=tmp_path, progress=False)
    folder = EXPERIMENT.run("small", options).parent
    table = pd.read_csv(folder / "models.csv")
    assert table["model"].tolist() == ["tiny_cnn", "other_cnn"]
    assert table["parameters"].tolist() == [20 + 190, 30 + 280]
    assert table["accuracy_spread"].between(0, 1).all()
    monkeypatch.setattr(CNNClassifier, "fit", pytest.fail)
    EXPERIMENT.run("small", options)
    pd.testing.assert_frame_equal(pd.read_csv(folder / "models.csv"), table)


def test_the_report_shows_what_each_model_learned(tmp_path):
    """Each model's filters are there, in the second run those kept from the first."""
    options = RunOptions(output=tmp_path, progress=False)
    folder = EXPERIMENT.run("small", options).parent
    first = ComparisonResults.load(folder).insights
    assert [insight.filters.shape for insight in first.values()] == [(3, 3, 1, 2), (3, 3, 1, 3)]
    EXPERIMENT.run("small", options)
    for name, insight in ComparisonResults.load(folder).insights.items():
        np.testing.assert_array_equal(insight.filters, first[name].filters)
        assert len(insight.saliency) == len(first[name].saliency) > 0


def test_a_wrong_model_is_found_before_any_is_trained(tmp_path, monkeypatch):
    """The last model's name is checked before the first model is trained."""
    monkeypatch.setattr(CNNClassifier, "fit", pytest.fail)
    wrong = replace(EXPERIMENT, models=[tiny_cnn, "lenet6"])
    with pytest.raises(ValueError, match="did you mean 'lenet5'"):
        wrong.run("wrong", RunOptions(output=tmp_path, progress=False))
