"""An experiment on anomalies trains on known classes alone, and chooses nothing by the unknown."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

from kerascnn import AnomalyExperiment, ConvAutoencoder, RunOptions
from kerascnn.experiment.data import load_split
from kerascnn.results import StudyResults

EXPERIMENT = AnomalyExperiment(
    title="Anomalies",
    claim="It runs.",
    dataset="digits",
    model="conv_autoencoder",
    n_codes=4,
    percentile=80,
    left_out=(3, 8),
    seeds=2,
    parameters={"epochs": 2, "batch_size": 20, "model__n_filters": 4},
    n_train=200,
    n_test=100,
)
METHODS = ["autoencoder", "PCA, 4 components", "PCA, 90 % of variance", "isolation forest"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a finished run."""
    output = tmp_path_factory.mktemp("reports")
    return EXPERIMENT.run("anomaly", RunOptions(output=output, progress=False)).parent


@pytest.fixture(scope="module")
def rows(folder):
    """Return its measurements."""
    table = pd.read_csv(folder / "measurements.csv")
    return table.set_index(["method", "left_out", "seed"])


@pytest.fixture(scope="module")
def split():
    """Return its data, pixels from 0 to 1."""
    split = load_split("digits", like="digits", test_size=0.2, n_train=200, n_test=100, seed=0)
    return replace(split, X=split.X / 16, X_test=split.X_test / 16)


def parts(split, label):
    """Return training and validation images of the known classes, and all test images, flat."""
    known = split.X[split.y != label]
    is_chosen = np.zeros(len(known), bool)
    is_chosen[np.linspace(0, len(known) - 1, round(0.1 * len(known))).astype(int)] = True
    images = known[~is_chosen], known[is_chosen], split.X_test
    return [each.reshape(len(each), -1) for each in images]


def test_every_class_is_left_out_with_every_seed(rows):
    """By all methods, with rates and areas from 0 to 1."""
    assert len(rows) == 4 * 2 * 2
    assert list(dict.fromkeys(rows.index.get_level_values("method"))) == METHODS
    assert rows[["area", "found", "false_alarms"]].stack().between(0, 1).all()


def test_the_class_left_out_is_never_trained_on(tmp_path, split, monkeypatch):
    """No image that a network is fitted on is of that class, or of the validation images."""
    fitted, fit = [], ConvAutoencoder.fit
    monkeypatch.setattr(ConvAutoencoder, "fit", lambda self, X: fitted.append(X) or fit(self, X))
    options = RunOptions(output=tmp_path, progress=False)
    replace(EXPERIMENT, left_out=(3,), seeds=1).run("anomaly", options)
    ((images),) = fitted
    flat = {image.tobytes() for image in images}
    unknown = {image.tobytes() for image in split.X[split.y == 3].astype(np.float32)}
    _, validation, _ = parts(split, 3)
    assert not flat & unknown
    assert not flat & {image.tobytes() for image in validation.astype(np.float32)}
    assert len(flat) + len(unknown) + len(validation) == 200


def test_areas_are_those_of_scikit_learn(rows, split):
    """Of an isolation forest and of PCA, fitted here on the known classes."""
    training, _, tests = parts(split, 8)
    unknown = split.y_test == 8
    forest = IsolationForest(random_state=1).fit(training.astype(np.float32))
    area = roc_auc_score(unknown, -forest.score_samples(tests.astype(np.float32)))
    assert rows.loc[("isolation forest", 8, 1), "area"] == pytest.approx(area)
    for name, n_components in {"PCA, 4 components": 4, "PCA, 90 % of variance": 0.9}.items():
        pca = PCA(n_components).fit(training)
        made = pca.inverse_transform(pca.transform(tests))
        area = roc_auc_score(unknown, np.square(made - tests).mean(axis=1))
        assert rows.loc[(name, 8, 0), "area"] == pytest.approx(area, abs=0.002)


def test_the_threshold_is_of_validation_images_of_known_classes(rows, split):
    """Their 80th percentile: rates above it, counted with PCA fitted here."""
    training, validation, tests = parts(split, 3)
    pca = PCA(4).fit(training)

    def errors(images):
        return np.square(pca.inverse_transform(pca.transform(images)) - images).mean(axis=1)

    threshold = np.percentile(errors(validation), 80)
    is_above, unknown = errors(tests) > threshold, split.y_test == 3
    row = rows.loc[("PCA, 4 components", 3, 0)]
    assert row["found"] == pytest.approx(is_above[unknown].mean())
    assert row["false_alarms"] == pytest.approx(is_above[~unknown].mean())


@pytest.mark.numbers
def test_the_networks_area_is_that_of_a_separate_fit(rows, split):
    """By the error of its reconstructions."""
    training, _, tests = (part.reshape(-1, 8, 8, 1) for part in parts(split, 8))
    network = ConvAutoencoder(n_codes=4, random_state=1, **EXPERIMENT.parameters).fit(training)
    errors = np.square(network.reconstruct(tests) - tests).mean(axis=(1, 2, 3))
    area = roc_auc_score(split.y_test == 8, errors)
    assert rows.loc[("autoencoder", 8, 1), "area"] == pytest.approx(area, abs=0.01)


def test_the_page_shows_areas_curves_images_and_the_threshold(folder):
    """A row of each sheet for each class left out."""
    areas, curves, extremes, thresholds = StudyResults.load(folder).exhibits
    assert areas.panels[0].names == ["3", "8"]
    assert list(curves.panels[0].means) == METHODS
    assert extremes.panels[2].pixels.shape == (2 * 10, 6 * 10)
    assert "80th percentile" in thresholds.text


def test_a_second_run_trains_nothing(folder, rows, monkeypatch):
    """All measurements are kept, also what the page shows."""
    monkeypatch.setattr(ConvAutoencoder, "fit", pytest.fail)
    before = (folder / "measurements.csv").read_bytes()
    EXPERIMENT.run("anomaly", RunOptions(output=folder.parent, progress=False))
    assert (folder / "measurements.csv").read_bytes() == before


def test_a_class_without_test_images_cannot_be_left_out(tmp_path, write_images):
    """With its name and the number of test images."""
    path = str(write_images(40, 2, (8, 8, 1), 4))
    options = RunOptions(output=tmp_path, progress=False, data=path)
    with pytest.raises(ValueError, match="class '3' cannot be left out: 0 of 2 test images"):
        replace(EXPERIMENT, left_out=(3,)).run("anomaly", options)


def test_the_plan_tells_the_trainings(tmp_path):
    """One for each class and seed; all classes where none is named."""
    plan = replace(EXPERIMENT, left_out=None).plan(RunOptions(output=tmp_path))
    assert plan.startswith("20 trainings of 2 epochs on those of 200 images")
