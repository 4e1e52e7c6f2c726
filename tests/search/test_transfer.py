"""Transfer learning in a search: equal to separate fits to the last bit, features computed once."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from kerascnn import CNNClassifier, GridSearchCV, environment
from kerascnn.training.compiled import CompiledNetwork
from kerascnn.training.frozen import FrozenFront
from kerascnn.training.network_pool import POOL
from tests.networks import normalized_cnn
from tests.search.expectations import assert_equal_results

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (42, 12, 12, 3), dtype=np.uint8)
Y = np.arange(42) % 3
ONE_SPLIT = [(np.arange(24), np.arange(24, 42))]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Return the file of a network that was trained on five classes."""
    path = tmp_path_factory.mktemp("transfer") / "five.kerascnn"
    trained = CNNClassifier(normalized_cnn, epochs=2, batch_size=16, random_state=1)
    trained.fit(X, np.arange(42) % 5).save(path)
    return str(path)


def search_of(grid, **arguments):
    """Return a search over networks from files, on one split."""
    estimator = CNNClassifier(normalized_cnn, epochs=2, batch_size=8, random_state=0)
    settings = {"cv": ONE_SPLIT, "n_jobs": 2, "return_train_score": True}
    return GridSearchCV(estimator, grid, **{**settings, **arguments})


def assert_alike(one, other, images=X):
    """Hold two fitted searches against each other, to the last bit."""
    assert_equal_results(one.cv_results_, other.cv_results_)
    pd.testing.assert_frame_equal(one.learning_curves_, other.learning_curves_)
    states = [search.best_estimator_.training_state() for search in (one, other)]
    for mine, theirs in zip(*states, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(one.predict_proba(images), other.predict_proba(images))


GRIDS = {
    "head": {"trainable": ["head"], "l2": [0.0, 0.1]},
    "top": {"trainable": ["top"], "backbone_learning_rate": [1e-2, 1e-4]},
    "all": {"trainable": ["all"], "backbone_learning_rate": [1e-3, None]},
    "layers": {"trainable": ["second*", ["first", "hidden"]]},
    "augmented": {"trainable": ["head"], "augmentation": ["flip"]},
}


@pytest.mark.numbers
@pytest.mark.parametrize("name", GRIDS)
def test_compiled_lanes_equal_separate_fits(name, file):
    """For every strategy."""
    grid = {"pretrained": [file], **GRIDS[name]}
    compiled = search_of(grid, engine="compiled").fit(X, Y)
    assert_alike(compiled, search_of(grid, engine="serial").fit(X, Y))


def test_worker_processes_equal_separate_fits(file):
    """They read the file themselves."""
    grid = [{"pretrained": [file], "trainable": ["head"]}, {"pretrained": [None]}]
    processes = search_of(grid, engine="processes").fit(X, Y)
    assert_alike(processes, search_of(grid, engine="serial").fit(X, Y))


@pytest.mark.skipif(not environment.has_onednn(), reason="convolutions are in no front there")
def test_features_are_computed_once_in_a_search(file, monkeypatch):
    """For all candidates, splits and epochs, their scores and the final fit included."""
    calls = []
    features = FrozenFront.features
    monkeypatch.setattr(
        FrozenFront,
        "features",
        lambda front, images: calls.append(len(images)) or features(front, images),
    )
    grid = {"pretrained": [file], "trainable": ["head"], "learning_rate": [0.1, 0.01, 0.001]}
    search_of(grid, engine="compiled", cv=2).fit(X, Y)
    assert calls == [len(X)]


@pytest.mark.numbers
def test_features_are_those_of_the_candidates_shape(tmp_path):
    """One front may take images of several shapes."""
    image = keras.Input((None, None, 1))
    maps = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(image)
    pooled = keras.layers.GlobalMaxPooling2D()(maps)
    keras.Model(image, keras.layers.Dense(5)(pooled)).save(tmp_path / "any.keras")
    grid = {
        "pretrained": [str(tmp_path / "any.keras")],
        "trainable": ["head"],
        "image_shape": [(12, 36, 1), (36, 12, 1)],
    }
    data = (X.reshape(42, -1), Y)
    compiled, serial = (
        search_of(grid, engine=engine).fit(*data) for engine in ("compiled", "serial")
    )
    assert_alike(compiled, serial, data[0])


def test_rates_share_one_compiled_network(file, monkeypatch):
    """Both are variables of it."""
    made = []
    build = CompiledNetwork.__init__

    def count(self, *arguments):
        made.append(1)
        build(self, *arguments)

    monkeypatch.setattr(CompiledNetwork, "__init__", count)
    monkeypatch.setattr(POOL, "_idle", type(POOL._idle)())
    rates = {"learning_rate": [0.01, 0.001], "backbone_learning_rate": [1e-3, 1e-4, 1e-5]}
    grid = {"pretrained": [file], "trainable": ["top"], **rates}
    search = search_of(grid, engine="compiled", refit=False).fit(X, Y)
    assert "1 network on 2 threads" in search.plan_.describe()
    assert len(made) <= 2  # one for each thread


def test_nothing_is_merged_or_stored_for_another_file(file, tmp_path):
    """What counts is the content of a file, not its name."""
    copied, other = tmp_path / "copied.kerascnn", tmp_path / "other.kerascnn"
    copied.write_bytes(Path(file).read_bytes())
    CNNClassifier(normalized_cnn, epochs=1, random_state=2).fit(X, np.arange(42) % 5).save(other)
    store = tmp_path / "fits.sqlite"
    settings = {"engine": "compiled", "refit": False, "store": store}
    search_of({"pretrained": [file], "trainable": ["head"]}, **settings).fit(X, Y)
    same = search_of({"pretrained": [str(copied)], "trainable": ["head"]}, **settings).fit(X, Y)
    assert same.n_restored_ == 1
    another = search_of({"pretrained": [str(other)], "trainable": ["head"]}, **settings).fit(X, Y)
    assert another.n_restored_ == 0


def test_a_missing_file_is_found_before_anything_is_trained(file, monkeypatch):
    """With the candidate that names it."""
    monkeypatch.setattr(CompiledNetwork, "run_epoch", pytest.fail)
    with pytest.raises(ValueError, match="is no file: give the path"):
        search_of({"pretrained": [file, "gone.keras"], "trainable": ["head"]}).fit(X, Y)
