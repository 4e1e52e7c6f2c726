"""What TensorBoard itself reads back: its HParams table, scalars and curves."""

import json
import math

import numpy as np
import pytest
import sklearn.model_selection
from sklearn.svm import SVC

from kerascnn import export
from kerascnn.results import SweepResults

pytest.importorskip("tensorboard", reason="needs the extra kerascnn[tensorboard]")
pytestmark = pytest.mark.filterwarnings("ignore:html5lib's sanitizer:DeprecationWarning")
SUCCESS, FAILURE = "STATUS_SUCCESS", "STATUS_FAILURE"


def events_in(folder):
    """Return TensorBoard's reader of a folder."""
    from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer

    multiplexer = EventMultiplexer()
    multiplexer.AddRunsFromDirectory(str(folder))
    return multiplexer.Reload()


def hparams_table(folder):
    """Return the sessions that TensorBoard's HParams table shows, by their runs."""
    from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
    from tensorboard.plugins.base_plugin import TBContext
    from tensorboard.plugins.hparams.hparams_plugin import HParamsPlugin
    from werkzeug.test import Client

    provider = MultiplexerDataProvider(events_in(folder), str(folder))
    apps = HParamsPlugin(TBContext(data_provider=provider, logdir=str(folder))).get_plugin_apps()
    asked = {"startIndex": 0, "sliceSize": 100, "allowedStatuses": [SUCCESS, FAILURE]}
    answer = Client(apps["/session_groups"]).post("/", data=json.dumps(asked))
    groups = json.loads(answer.get_data())["sessionGroups"]
    return {group["sessions"][0]["name"]: group for group in groups}


def metrics_of(group) -> dict:
    """Return the metrics of a row of the HParams table."""
    return {each["name"]["tag"]: each["value"] for each in group["metricValues"]}


def scalars(folder, run, tag) -> list:
    """Return steps and values of a scalar."""
    import tensorflow as tf

    events = events_in(folder).Tensors(run, tag)
    return [(event.step, float(tf.make_ndarray(event.tensor_proto))) for event in events]


@pytest.fixture
def written(rates, tmp_path):
    """Return the folder that a sweep with diverged candidates was written to."""
    return export.to_tensorboard(rates, tmp_path / "logs" / "rates")


def test_the_table_has_parameters_scores_and_the_best(rates, written):
    """Each candidate is a row with what `cv_results_` says of it; only one is the best."""
    table = hparams_table(written)
    assert len(table) == len(rates.params)
    for number, setting in enumerate(rates.params):
        row = table[f"candidate-{number + 1}"]
        assert row["hparams"] == {**setting, "best": number == rates.best_index}
        mean = rates.cv_results["mean_test_score"][number]
        if math.isnan(mean):
            assert row["sessions"][0]["status"] == FAILURE
            assert "mean_test_score" not in metrics_of(row)
        else:
            assert row["sessions"][0]["status"] == SUCCESS
            assert metrics_of(row)["mean_test_score"] == pytest.approx(mean, rel=1e-6)


def test_curves_are_means_over_the_splits(rates, tmp_path):
    """A curve has a point an epoch; where a fit diverged, it ends."""
    curves = rates.learning_curves
    curves["loss"] += curves["split"]
    written = export.to_tensorboard(rates, tmp_path / "logs")
    for candidate, n_epochs in ((0, 6), (2, 1)):
        points = scalars(written, f"candidate-{candidate + 1}", "epochs/loss")
        assert [step for step, _ in points] == list(range(1, n_epochs + 1))
        for epoch, value in points:
            rows = curves[(curves["candidate"] == candidate) & (curves["epoch"] == epoch)]
            assert value == pytest.approx(rows["loss"].mean(), rel=1e-6)


def test_splits_have_their_scores(rates, written):
    """The steps are the splits' numbers."""
    expected = rates.cv_results.loc[0, ["split0_test_score", "split1_test_score"]]
    points = scalars(written, "candidate-1", "splits/test_score")
    assert [step for step, _ in points] == [0, 1]
    np.testing.assert_allclose([value for _, value in points], expected.astype(float), rtol=1e-6)


def kernel(a, b):
    """Return what a linear kernel does."""
    return a @ b.T


def test_values_that_are_no_numbers_become_text(digits, tmp_path):
    """Functions, None, lists, and numbers beside texts are texts, as on the report's page."""
    grid = [{"kernel": [kernel, "rbf"], "gamma": ["scale", 0.01]}, {"class_weight": [None]}]
    search = sklearn.model_selection.GridSearchCV(SVC(), grid, cv=2).fit(*digits)
    table = hparams_table(export.to_tensorboard(search, tmp_path / "logs"))
    settings = [table[f"candidate-{number + 1}"]["hparams"] for number in range(5)]
    assert {setting["kernel"] for setting in settings[:4]} == {"kernel", "rbf"}
    assert {setting["gamma"] for setting in settings[:4]} == {"scale", "0.01"}
    assert settings[4] == {"class_weight": "None", "best": settings[4]["best"]}


def test_a_second_export_is_refused(rates, written):
    """Into a folder that holds events TensorBoard would read both."""
    before = sorted(written.rglob("*"))
    with pytest.raises(ValueError, match="is not empty, and TensorBoard would show both"):
        export.to_tensorboard(rates, written)
    assert sorted(written.rglob("*")) == before


def test_an_export_cut_short_leaves_no_folder(rates, tmp_path, monkeypatch):
    """What is there is whole; what was left does not hinder the next one."""
    import tensorflow as tf

    with monkeypatch.context() as changed:
        changed.setattr(tf.summary.experimental, "write_raw_pb", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            export.to_tensorboard(rates, tmp_path / "logs")
    assert not (tmp_path / "logs").exists()
    assert len(hparams_table(export.to_tensorboard(rates, tmp_path / "logs"))) == 9
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_many_numbers_are_an_interval(table, tmp_path):
    """The table of a random search has a slider in the place of a hundred boxes."""
    settings = [{"l2": number / 100} for number in range(11)]
    results = SweepResults("many", "Many", "", table(settings, [[0.5]] * 11), 0)
    from tensorboard.plugins.hparams import metadata

    events = events_in(export.to_tensorboard(results, tmp_path / "logs"))
    content = events.SummaryMetadata(".", metadata.EXPERIMENT_TAG).plugin_data.content
    described = metadata.parse_experiment_plugin_data(content)
    interval = {info.name: info for info in described.hparam_infos}["l2"].domain_interval
    assert (interval.min_value, interval.max_value) == (0.0, 0.1)
