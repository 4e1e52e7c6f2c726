"""The plan fuses what can be fused, and says what could not and why."""

import keras
import numpy as np
import pytest

from kerascnn import CNNClassifier, GridSearchCV
from tests.networks import tiny_cnn
from tests.search.expectations import assert_same_results, classifier


def noisy_cnn(input_shape, n_classes, *, l2=0.0):
    """Return a network with a layer that fusion has no rule for."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Conv2D(2, 3, activation="relu"),
            keras.layers.GaussianNoise(0.1, name="static"),
            keras.layers.Flatten(),
            keras.layers.Dense(
                n_classes, activation="softmax", kernel_regularizer=keras.regularizers.L2(l2)
            ),
        ]
    )


def test_one_topology_is_one_share(three_digits):
    """Learning rates, penalties, batch sizes and splits share one set of stacks."""
    grid = {"learning_rate": [0.1, 0.2], "l2": [0.0, 0.1], "batch_size": [16, 32]}
    plan = GridSearchCV(classifier(), grid, cv=3).plan(*three_digits)
    assert [(share.engine, len(share.fits)) for share in plan.shares] == [("fused", 24)]


def test_another_topology_is_another_share(three_digits):
    """Networks with another number of filters have stacks of their own."""
    grid = {"model__n_filters": [2, 3], "learning_rate": [0.1, 0.2]}
    plan = GridSearchCV(CNNClassifier("digits_cnn"), grid, cv=3).plan(*three_digits)
    assert [(share.engine, len(share.fits)) for share in plan.shares] == [("fused", 6)] * 2


def test_batch_sizes_in_one_share_give_the_serial_results(three_digits):
    """Candidates with small and large batches train beside each other as they would alone."""
    grid = {"batch_size": [16, 50], "learning_rate": [0.05, 0.1]}
    arguments = {"cv": 2, "refit": False}
    fused = GridSearchCV(classifier(), grid, engine="fused", **arguments).fit(*three_digits)
    serial = GridSearchCV(classifier(), grid, engine="serial", **arguments).fit(*three_digits)
    assert_same_results(fused.cv_results_, serial.cv_results_)


def test_candidates_that_differ_in_epochs_share_a_training(three_digits):
    """Three lengths of the same training are one training per split."""
    grid = {"epochs": [1, 2, 5], "learning_rate": [0.1, 0.2]}
    plan = GridSearchCV(classifier(), grid, cv=2).plan(*three_digits)
    (share,) = plan.shares
    assert len(share.fits) == 12
    assert len(share.trainings) == 4
    assert all(list(training.fits) == [1, 2, 5] for training in share.trainings)


def test_what_cannot_be_fused_is_named_with_its_reason(three_digits):
    """The layer without a rule is in the plan's description."""
    search = GridSearchCV(CNNClassifier(noisy_cnn), {"l2": [0.0, 0.1]}, cv=3)
    plan = search.plan(*three_digits)
    assert [share.engine for share in plan.shares] == ["processes"]
    assert "not fused: " in plan.describe()
    assert "static" in plan.describe()
    assert "about" in plan.announcement()


def repeated(input_shape, n_classes):
    """Return a network that uses one layer twice, which no stack does."""
    inputs, layer = keras.Input(input_shape), keras.layers.Dense(64)
    values = layer(layer(keras.layers.Flatten()(inputs)))
    return keras.Model(inputs, keras.layers.Dense(n_classes, activation="softmax")(values))


@pytest.mark.parametrize("engine", ["auto", "processes", "serial"])
def test_time_and_memory_are_forecast_for_any_network(engine, three_digits):
    """A network that cannot be stacked has a plan like all others, worker processes included."""
    search = GridSearchCV(
        CNNClassifier(repeated), {"epochs": [1, 2]}, cv=3, engine=engine, n_jobs=2
    )
    plan = search.plan(*three_digits)
    assert plan.seconds() > 0
    assert plan.memory() > (1e9 if engine != "serial" else 5e8)
    assert "GB of memory" in plan.announcement()


def test_asking_for_fusion_where_it_cannot_be_had_is_an_error(three_digits):
    """engine='fused' refuses before anything is trained and names the way out."""
    search = GridSearchCV(CNNClassifier(noisy_cnn), {"l2": [0.0]}, cv=2, engine="fused")
    with pytest.raises(ValueError, match="engine='auto' leaves them to worker processes"):
        search.fit(*three_digits)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"callbacks": [keras.callbacks.TerminateOnNaN()]}, "callbacks"),
        ({"validation_split": 0.2}, "validation_split"),
        (
            {"learning_rate": keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)},
            "schedule",
        ),
    ],
)
def test_what_only_a_fit_of_its_own_can_do_is_not_fused(parameters, reason, three_digits):
    """Callbacks, validation_split and schedules are left to Keras's own fit."""
    search = GridSearchCV(classifier(**parameters), {"l2": [0.0, 0.1]}, cv=2)
    assert reason in search.plan(*three_digits).describe()


def test_auto_mixes_engines_and_gives_the_serial_results(three_digits):
    """A grid of two models, one of which cannot be fused, has the oracle's results."""
    grid = {"model": [tiny_cnn, noisy_cnn]}
    arguments = {"cv": 2, "refit": False, "n_jobs": 1}
    mixed = GridSearchCV(classifier(), grid, **arguments).fit(*three_digits)
    serial = GridSearchCV(classifier(), grid, engine="serial", **arguments).fit(*three_digits)
    assert [share.engine for share in mixed.plan_.shares] == ["fused", "serial"]
    assert_same_results(mixed.cv_results_, serial.cv_results_)


def test_epochs_scored_on_the_way_equal_separate_fits(three_digits):
    """Candidates with fewer epochs score as if trained for so many epochs alone."""
    grid = {"epochs": [1, 3], "learning_rate": [0.05]}
    arguments = {"cv": 2, "refit": False, "return_train_score": True}
    fused = GridSearchCV(classifier(), grid, engine="fused", **arguments).fit(*three_digits)
    serial = GridSearchCV(classifier(), grid, engine="serial", **arguments).fit(*three_digits)
    assert_same_results(fused.cv_results_, serial.cv_results_)
    assert (np.diff(fused.cv_results_["mean_fit_time"]) > 0).all()
