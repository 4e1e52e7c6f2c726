"""Augmentation in a search: equal to separate fits to the last bit, and never taken for another."""

import numpy as np
import pandas as pd
import pytest
from keras import layers

from kerascnn import CNNClassifier, GridSearchCV
from kerascnn.estimators.augmentation_kinds import AUGMENTATIONS, IMAGES, SIGNALS
from tests.networks import tiny_cnn, tiny_signal_cnn
from tests.search.expectations import assert_equal_results, assert_like_serial

RNG = np.random.default_rng(0)
NAMES = [name for name, kind in AUGMENTATIONS.items() if IMAGES in kind.suits]
X = RNG.integers(0, 256, (36, 10, 10, 3), dtype=np.uint8)
Y = np.arange(36) % 3


def search_of(grid, model=tiny_cnn, **arguments):
    """Return a search over a small network, on two splits."""
    estimator = CNNClassifier(model, epochs=2, batch_size=8, random_state=0)
    return GridSearchCV(estimator, grid, cv=2, n_jobs=2, return_train_score=True, **arguments)


def assert_alike(one, other):
    """Hold two fitted searches against each other, to the last bit."""
    assert_equal_results(one.cv_results_, other.cv_results_)
    pd.testing.assert_frame_equal(one.learning_curves_, other.learning_curves_)
    weights = [search.best_estimator_.model_.get_weights() for search in (one, other)]
    for mine, theirs in zip(*weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize(
    "augmentation",
    [
        *NAMES,
        pytest.param(["flip", "crop", "noise"], marks=pytest.mark.numbers),
        [layers.RandomErasing(), "flip"],
    ],
    ids=str,
)
def test_compiled_lanes_equal_separate_fits(augmentation):
    """For every name, mixtures and users' layers."""
    estimator = CNNClassifier(tiny_cnn, optimizer="sgd", epochs=2, batch_size=8, random_state=0)
    grid = {"augmentation": [augmentation]}
    assert_like_serial("compiled", estimator, grid, (X, Y), cv=[(np.arange(24), np.arange(24, 36))])


@pytest.mark.numbers
@pytest.mark.parametrize(
    "augmentation", [name for name, kind in AUGMENTATIONS.items() if SIGNALS in kind.suits]
)
def test_compiled_lanes_of_signals_equal_separate_fits(augmentation):
    """Signals have transformations of their own."""
    signals = RNG.normal(size=(36, 24, 1)).astype(np.float32)
    estimator = CNNClassifier(
        tiny_signal_cnn, epochs=2, batch_size=8, random_state=0, image_shape=(24, 1)
    )
    data = (signals, Y)
    assert_like_serial("compiled", estimator, {"augmentation": [augmentation]}, data, cv=2)


def test_worker_processes_equal_separate_fits():
    """Names travel to them as any parameter."""
    grid = {"augmentation": ["rotation", None]}
    processes = search_of(grid, engine="processes").fit(X, Y)
    assert_alike(processes, search_of(grid, engine="serial").fit(X, Y))


def test_strengths_can_be_swept():
    """Each is a network of its own; learning rates and penalties share it."""
    grid = {
        "augmentation": ["translation"],
        "augmentation__translation": [0.0, 0.3],
        "learning_rate": [0.01, 0.001],
        "l2": [0.1, 0.01],
    }
    search = search_of(grid, engine="compiled").fit(X, Y)
    assert "16 fits: 16 compiled, 2 networks" in search.plan_.describe()
    assert_alike(search, search_of(grid, engine="serial").fit(X, Y))
    table = pd.DataFrame(search.cv_results_)
    assert table["mean_test_score"].nunique() > 1


def test_stacks_leave_augmented_networks_to_compiled_lanes():
    """A stack has no rule for random layers."""
    plan = search_of({"augmentation": ["flip"]}, model="digits_cnn").plan(X[..., :1], Y)
    assert "compiled" in plan.describe()
    assert "stacked, " not in plan.describe()


def test_stored_fits_are_told_apart_by_augmentation_and_strength(tmp_path):
    """A later search finds its own, and no others."""
    store = tmp_path / "fits.sqlite"
    first = {"augmentation": ["flip"], "augmentation__flip": ["horizontal"]}
    others = [
        {"augmentation": [None]},
        {"augmentation": ["flip"], "augmentation__flip": ["vertical"]},
        {"augmentation": [["flip", "flip"]]},
        {"augmentation": ["rotation"]},
    ]
    search_of(first, store=store).fit(X, Y)
    again = search_of({"augmentation": ["flip"]}, store=store).fit(X, Y)
    assert again.n_restored_ == 2  # the default is horizontal
    for grid in others:
        assert search_of(grid, store=store).fit(X, Y).n_restored_ == 0


def test_a_wrong_strength_is_found_before_any_training(monkeypatch):
    """The last candidate is checked before the first is trained."""
    grid = {"augmentation": ["rotation"], "augmentation__rotation": [0.1, 0.9]}
    with pytest.raises(ValueError, match=r"augmentation__rotation=0\.9 must be a number from 0"):
        search_of(grid).fit(X, Y)
