"""What MLflow's own client reads back of an exported search."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from kerascnn import export
from kerascnn.results import SweepResults

pytest.importorskip("mlflow", reason="needs the extra kerascnn[mlflow]")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def uri(tmp_path_factory) -> str:
    """Return the address of a store in a file."""
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow') / 'mlflow.db'}"


@pytest.fixture(scope="module")
def client(uri):
    """Return MLflow's client."""
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri)


def runs_of(client, experiment) -> list:
    """Return all runs of an experiment, the oldest first."""
    known = client.get_experiment_by_name(experiment).experiment_id
    return list(client.search_runs([known], order_by=["attributes.start_time ASC"]))


def candidates_of(client, experiment) -> list:
    """Return the runs of an experiment's candidates, in their order."""
    runs = [run for run in runs_of(client, experiment) if "candidate" in run.data.tags]
    return sorted(runs, key=lambda run: int(run.data.tags["candidate"]))


def test_names_that_mlflow_would_take_for_one_are_an_error(rates, client, uri):
    """Nothing is written over, and no run is begun."""
    table = rates.cv_results.assign(
        params=[{**setting, "a#b": 1, "a@b": 2} for setting in rates.params]
    )
    with pytest.raises(ValueError, match="would take 'a#b' and 'a@b' for one, 'a_b'"):
        export.to_mlflow(replace(rates, cv_results=table), experiment="signs", tracking_uri=uri)
    assert runs_of(client, "signs") == []


def test_each_candidate_is_a_run_within_that_of_the_search(rates, client, uri):
    """Parameters, scores, curves, what diverged and the best are those of the results."""
    parent = export.to_mlflow(rates, tracking_uri=uri)
    assert client.get_run(parent).data.tags["title"] == rates.title
    runs = candidates_of(client, rates.name)
    assert {run.data.tags["mlflow.parentRunId"] for run in runs} == {parent}
    assert [run.data.params for run in runs] == [
        {name: str(value) for name, value in setting.items()} for setting in rates.params
    ]
    means = rates.cv_results["mean_test_score"]
    for run, mean in zip(runs, means, strict=True):
        assert run.info.status == ("FAILED" if math.isnan(mean) else "FINISHED")
        assert run.data.metrics.get("mean_test_score") == (None if math.isnan(mean) else mean)
    assert [run.data.tags.get("best") for run in runs].index("true") == rates.best_index
    assert runs[2].data.tags["diverged"] == "2 of 2 fits: split 0 in epoch 2 and split 1 in epoch 2"
    history = client.get_metric_history(runs[0].info.run_id, "val_loss")
    curves = rates.learning_curves.query("candidate == 0").groupby("epoch")["val_loss"].mean()
    assert {point.step: point.value for point in history} == curves.to_dict()


def test_the_same_results_are_written_once(rates, client, uri, tmp_path):
    """A second export is an error that names the run, the same results from a folder included."""
    parent = export.to_mlflow(rates, experiment="once", tracking_uri=uri)
    n_runs = len(runs_of(client, "once"))
    rates.save(tmp_path)
    for source in (rates, tmp_path):
        with pytest.raises(ValueError, match=f"'once' has these results already, in run {parent}"):
            export.to_mlflow(source, experiment="once", tracking_uri=uri)
    assert len(runs_of(client, "once")) == n_runs


def test_an_export_cut_short_is_done_again(rates, client, uri, monkeypatch):
    """What it has left is deleted."""
    with monkeypatch.context() as changed:
        changed.setattr(type(client), "log_batch", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            export.to_mlflow(rates, experiment="cut", tracking_uri=uri)
    export.to_mlflow(rates, experiment="cut", tracking_uri=uri)
    runs = runs_of(client, "cut")
    assert len(runs) == 1 + len(rates.params)
    assert {run.info.status for run in runs} == {"FINISHED", "FAILED"}


def test_values_and_names_of_any_kind_are_taken(client, uri, table):
    """Functions, None and lists become text; signs that MLflow refuses in names are replaced."""
    params = [{"callback": print, "sizes": [1, 2], "weight": None, "a<b>": "x" * 9000}]
    scores = table(params, [[0.5, 0.6]]).rename(columns=lambda name: name.replace("score", "f(1)"))
    results = SweepResults("any", "Any", "", scores, 0, metric="f(1)")
    export.to_mlflow(results, tracking_uri=uri)
    (run,) = candidates_of(client, "any")
    cut = run.data.params.pop("a_b_")
    assert run.data.params == {"callback": "print", "sizes": "[1, 2]", "weight": "None"}
    assert (len(cut), cut[-1]) == (500, "…")
    assert run.data.metrics["mean_test_f_1_"] == 0.55


def test_long_curves_are_written_in_parts(client, uri, table):
    """MLflow takes a thousand numbers at a time."""
    epochs = range(1, 2501)
    curves = pd.DataFrame({"candidate": 0, "split": 0, "epoch": epochs, "loss": 1.0})
    results = SweepResults("long", "Long", "", table([{"l2": 0.1}], [[0.5]]), 0, curves)
    export.to_mlflow(results, tracking_uri=uri)
    (run,) = candidates_of(client, "long")
    history = client.get_metric_history(run.info.run_id, "loss")
    assert sorted(point.step for point in history) == list(epochs)
