"""The plan says which engine takes which fits, and why not a faster one."""

import keras
import numpy as np
import pytest

from kerascnn import CNNClassifier, GridSearchCV
from tests.networks import tiny_cnn
from tests.search.expectations import (
    assert_equal_results,
    assert_same_results,
    classifier,
    linear,
    one_split_search,
)


def noisy_cnn(input_shape, n_classes, *, l2=0.0):
    """Return a network with a layer that no stack has."""
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


def engines_of(plan) -> list[tuple[str, int]]:
    """Return the engine of each assignment, and how many fits it has."""
    return [(each.engine.name, len(each.fits)) for each in plan.assignments]


def test_one_topology_is_one_assignment(three_digits):
    """Learning rates, penalties, batch sizes and splits share one set of stacks."""
    grid = {"learning_rate": [0.1, 0.2], "l2": [0.0, 0.1], "batch_size": [16, 32]}
    plan = GridSearchCV(classifier(), grid, cv=3).plan(*three_digits)
    assert engines_of(plan) == [("stacks", 24)]


def test_another_topology_is_another_assignment(three_digits):
    """Networks with another number of filters have stacks of their own."""
    grid = {"model__n_filters": [2, 3], "learning_rate": [0.1, 0.2]}
    plan = GridSearchCV(CNNClassifier("digits_cnn"), grid, cv=3).plan(*three_digits)
    assert engines_of(plan) == [("stacks", 6)] * 2


def test_batch_sizes_in_one_assignment_give_the_serial_results(three_digits):
    """Candidates with small and large batches train beside each other as they would alone."""
    grid = {"batch_size": [16, 50], "learning_rate": [0.05, 0.1]}
    arguments = {"cv": 2, "refit": False}
    stacked = GridSearchCV(classifier(), grid, engine="stacks", **arguments).fit(*three_digits)
    serial = GridSearchCV(classifier(), grid, engine="serial", **arguments).fit(*three_digits)
    assert_same_results(stacked.cv_results_, serial.cv_results_)


def test_candidates_that_differ_in_epochs_share_a_training(three_digits):
    """Three lengths of the same training are one training per split."""
    grid = {"epochs": [1, 2, 5], "learning_rate": [0.1, 0.2]}
    plan = GridSearchCV(classifier(), grid, cv=2).plan(*three_digits)
    (assignment,) = plan.assignments
    assert len(assignment.fits) == 12
    assert len(assignment.trainings) == 4
    assert all(list(training.fits) == [1, 2, 5] for training in assignment.trainings)


def test_equal_candidates_share_a_training(three_digits):
    """A setting that stands in a grid twice is trained once."""
    grid = [{"learning_rate": [0.1]}, {"optimizer__learning_rate": [0.1]}]
    search = one_split_search(classifier(linear), grid).fit(*three_digits)
    assert [training.n_fits for training in search.plan_.trainings] == [{2: 2}]
    first, second = search.cv_results_["mean_test_score"]
    assert first == second


def test_what_cannot_be_stacked_is_named_with_its_reason(three_digits):
    """The layer that no stack has is in the plan's description."""
    search = GridSearchCV(classifier(noisy_cnn), {"l2": [0.0, 0.1]}, cv=3)
    plan = search.plan(*three_digits)
    assert engines_of(plan) == [("compiled", 6)]
    assert "not stacked: " in plan.describe()
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
    assert plan.memory() > (1e9 if engine == "processes" else 5e8)
    assert "GB of memory" in plan.announcement()


@pytest.mark.parametrize(
    ("engine", "expected"), [("serial", 1), ("compiled", 2), ("processes", 2), ("stacks", 6)]
)
def test_engines_say_how_many_trainings_are_under_way(engine, expected, three_digits):
    """The time left at the end depends on it: with two jobs, or six lanes in two stacks."""
    grid = {"learning_rate": [0.01, 0.1]}
    search = GridSearchCV(classifier(linear), grid, cv=3, engine=engine, n_jobs=2)
    [assignment] = search.plan(*three_digits).assignments
    assert assignment.engine.side_by_side(assignment.trainings) == expected


def test_an_engine_that_cannot_run_a_network_refuses(three_digits):
    """engine='stacks' refuses before anything is trained, and names the way out."""
    search = GridSearchCV(CNNClassifier(noisy_cnn), {"l2": [0.0]}, cv=2, engine="stacks")
    with pytest.raises(ValueError, match="engine='auto' hands them to an engine that can"):
        search.fit(*three_digits)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"callbacks": [keras.callbacks.EarlyStopping()]}, "callbacks"),
        ({"validation_split": 0.2}, "validation_split"),
        (
            {"learning_rate": keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)},
            "learning rate",
        ),
    ],
)
def test_what_only_a_fit_of_its_own_can_do_is_not_stacked(parameters, reason, three_digits):
    """Callbacks, validation_split and schedules are left to compiled lanes."""
    search = GridSearchCV(classifier(**parameters), {"l2": [0.0, 0.1]}, cv=2)
    (described,) = search.plan(*three_digits).describe().splitlines()[:1]
    assert "compiled" in described
    assert reason in described


def test_auto_mixes_engines_and_gives_the_serial_results(three_digits):
    """A grid of two models, one of which cannot be stacked, has the oracle's results."""
    grid = {"model": [tiny_cnn, noisy_cnn]}
    arguments = {"cv": 2, "refit": False}
    search = GridSearchCV(classifier(), grid, **arguments)
    assert engines_of(search.plan(*three_digits)) == [("stacks", 2), ("compiled", 2)]
    serial = GridSearchCV(classifier(), grid, engine="serial", **arguments).fit(*three_digits)
    assert_same_results(search.fit(*three_digits).cv_results_, serial.cv_results_)


def test_a_plan_changes_no_attribute(three_digits):
    """Neither the search nor its estimator is another than before."""
    search = one_split_search(classifier(linear, random_state=None))
    before, inside = dict(vars(search)), dict(vars(search.estimator))
    search.plan(*three_digits)
    assert vars(search) == before
    assert vars(search.estimator) == inside


def test_epochs_scored_on_the_way_equal_separate_fits(three_digits):
    """Candidates with fewer epochs score as if trained for so many epochs alone."""
    grid = {"epochs": [1, 3], "learning_rate": [0.05]}
    arguments = {"cv": 2, "refit": False, "return_train_score": True}
    serial = GridSearchCV(classifier(), grid, engine="serial", **arguments).fit(*three_digits)
    for engine, assertion in (("stacks", assert_same_results), ("compiled", assert_equal_results)):
        search = GridSearchCV(classifier(), grid, engine=engine, **arguments).fit(*three_digits)
        assertion(search.cv_results_, serial.cv_results_)
        assert (np.diff(search.cv_results_["mean_fit_time"]) > 0).all()
