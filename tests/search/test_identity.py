"""A stored fit is taken if and only if all that decides its numbers is equal."""

import functools
import threading
from dataclasses import replace
from types import FunctionType

import keras
import numpy as np
import pytest
from keras.optimizers import schedules
from sklearn.metrics import accuracy_score, make_scorer

from kerascnn.models import registry
from tests.search.expectations import ONE_SPLIT, classifier, linear, one_split_search

FACTOR = 1.0


def key_of(estimator, data, grid=None, **arguments) -> str | None:
    """Return the key of a search's first fit."""
    plan = one_split_search(estimator, grid, **arguments).plan(*data)
    return plan.key(plan.fits[0])


def assert_told_apart(first, second, data, store) -> None:
    """Fit both into one store, the second with the numbers of a fit alone."""
    one_split_search(first, store=store).fit(*data)
    search = one_split_search(second, store=store).fit(*data)
    assert search.n_restored_ == 0
    (train, test), (X, y) = ONE_SPLIT[0], data
    alone = second.fit(X[train], y[train], validation_data=(X[test], y[test]))
    for name in ("loss", "val_loss"):
        np.testing.assert_array_equal(search.learning_curves_[name], alone.history_[name])


# Builders whose networks have equal configurations, but for the code of an activation.


def with_closure(factor):
    """Make a builder that captures a factor."""
    return lambda shape, n_classes: linear(shape, n_classes, activation=lambda x: x * factor)


def with_default(factor):
    """Make a builder whose default is computed."""

    def build(shape, n_classes, *, activation=lambda x, factor=factor: x * factor):
        return linear(shape, n_classes, activation=activation)

    return build


class Bound:
    """A builder with state."""

    def __init__(self, factor):
        self.factor = factor

    def build(self, shape, n_classes):
        """Build a network that reads the state."""
        return linear(shape, n_classes, activation=self.scaled)

    def scaled(self, x):
        """Return values times the factor."""
        return x * self.factor


def plain(shape, n_classes):
    """Build a network of one layer."""
    return linear(shape, n_classes)


def with_wrapper(factor):
    """Make a builder that has another's name and signature."""

    @functools.wraps(plain)
    def build(shape, n_classes):
        return linear(shape, n_classes, activation=lambda x: x * factor)

    return build


def scaled_by_constant(x):
    """Return values times the module's constant."""
    return x * FACTOR


def helped(x):
    """Return what a helper of the module makes of values."""
    return helper(x)


def helper(x):
    """Return values as they are."""
    return x


def with_globals(function, **values):
    """Make a builder whose activation reads other globals."""
    changed = FunctionType(function.__code__, {**globals(), **values}, function.__name__)
    return lambda shape, n_classes: linear(shape, n_classes, activation=changed)


def scaled_loss(factor):
    """Make a loss that captures a factor."""

    def loss(y_true, y_pred):
        return factor * keras.losses.categorical_crossentropy(y_true, y_pred, from_logits=True)

    return loss


class ScaledStep(keras.Model):
    """A model whose step reads an attribute that no configuration tells."""

    factor = 1.0

    def train_step(self, data):
        """Train on scaled images."""
        x, y, *weights = data
        return super().train_step((x * self.factor, y, *weights))


def with_attribute(factor):
    """Make a builder that sets an attribute of the model."""

    def build(shape, n_classes):
        image = keras.Input(shape)
        model = ScaledStep(image, keras.layers.Dense(n_classes)(keras.layers.Flatten()(image)))
        model.factor = factor
        return model

    return build


def first_values(value):
    """Make a builder that starts from given weights, whatever the seed."""

    def build(shape, n_classes):
        model = linear(shape, n_classes)
        model.layers[-1].kernel.assign(np.full((64, n_classes), value))
        return model

    return build


# fmt: off
TWO_LAMBDAS = (lambda s, n: linear(s, n, activation=lambda x: x), lambda s, n: linear(s, n, activation=lambda x: x * 2))  # noqa: E501
# fmt: on
DIFFERENT = {
    "closures": (with_closure(1.0), with_closure(2.0)),
    "computed defaults": (with_default(1.0), with_default(2.0)),
    "bound state": (Bound(1.0).build, Bound(2.0).build),
    "functools.wraps": (with_wrapper(1.0), with_wrapper(2.0)),
    "a wrapper and what it wraps": (plain, with_wrapper(2.0)),
    "module constants": (
        with_globals(scaled_by_constant),
        with_globals(scaled_by_constant, FACTOR=2.0),
    ),
    "a helper's body": (with_globals(helped), with_globals(helped, helper=lambda x: x * 2)),
    "two lambdas on one line": TWO_LAMBDAS,
    "a model's attribute": (with_attribute(1.0), with_attribute(2.0)),
    "first weights": (first_values(0.0), first_values(0.1)),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_builders_that_differ_in_code_alone_are_told_apart(name, three_digits, tmp_path):
    """Captured values, defaults, state, constants and helpers of a user's code count."""
    first, second = map(classifier, DIFFERENT[name])
    assert_told_apart(first, second, three_digits, tmp_path / "fits.sqlite")


DIFFERENT_PARAMETERS = {
    "losses": ({"loss": scaled_loss(1.0)}, {"loss": scaled_loss(2.0)}),
    "seeds": ({"random_state": 1}, {"random_state": 2}),
    "learning rates": ({"learning_rate": 0.1}, {"optimizer__learning_rate": 0.2}),
    "class weights": ({"class_weight": {0: 1.0}}, {"class_weight": {0: 2.0}}),
}


@pytest.mark.parametrize("name", DIFFERENT_PARAMETERS)
def test_parameters_that_no_network_shows_are_told_apart(name, three_digits, tmp_path):
    """The network, its first weights included, is the same; its training is not."""
    model = first_values(0.0)
    first, second = (classifier(model, **each) for each in DIFFERENT_PARAMETERS[name])
    assert_told_apart(first, second, three_digits, tmp_path / "fits.sqlite")


def any_size(input_shape, n_classes):
    """Build a network for images of any height and width."""
    return keras.Sequential(
        [
            keras.Input((None, None, 1)),
            keras.layers.Conv2D(3, 3, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(n_classes),
        ]
    )


def test_shapes_of_flat_images_are_told_apart(three_digits, tmp_path):
    """One network sees other images if flat samples are laid out in another way."""
    flat = three_digits[0].reshape(90, -1), three_digits[1]
    first, second = (classifier(any_size, image_shape=s) for s in [(8, 8, 1), (4, 16, 1)])
    assert_told_apart(first, second, flat, tmp_path / "fits.sqlite")


def test_a_registered_model_whose_code_changed_is_told_apart(three_digits, tmp_path, monkeypatch):
    """A model's name is not what it does."""
    assert "digits_cnn" in registry.names()  # registers all
    entry, grid, store = registry._entries["digits_cnn"], {"epochs": [2]}, tmp_path / "fits.sqlite"
    for factor in (1.0, 2.0):
        changed = replace(entry, builder=with_closure(factor))
        monkeypatch.setitem(registry._entries, "digits_cnn", changed)
        search = one_split_search(classifier("digits_cnn"), grid, store=store).fit(*three_digits)
    alone = one_split_search(classifier(with_closure(2.0)), grid, engine="serial")
    alone.fit(*three_digits)
    assert search.n_restored_ == 0
    assert search.learning_curves_.equals(alone.learning_curves_)


@pytest.mark.parametrize(
    ("change", "restore"),
    [
        (lambda: keras.config.set_dtype_policy("float64"), ("set_dtype_policy", "float32")),
        (lambda: keras.config.set_floatx("float64"), ("set_floatx", "float32")),
        (lambda: keras.config.set_epsilon(0.1), ("set_epsilon", 1e-7)),
    ],
    ids=["dtype policy", "floatx", "epsilon"],
)
def test_global_keras_settings_are_told_apart(change, restore, three_digits, tmp_path):
    """Settings of the whole process decide a fit's numbers."""
    estimator = classifier(parametrized, optimizer="adam")
    grid, store = {"epochs": [1]}, tmp_path / "fits.sqlite"
    one_split_search(estimator, grid, store=store).fit(*three_digits)
    name, value = restore
    try:
        change()
        search = one_split_search(estimator, grid, store=store).fit(*three_digits)
        serial = one_split_search(estimator, grid, engine="serial").fit(*three_digits)
    finally:
        getattr(keras.config, name)(value)
    assert search.n_restored_ == 0
    assert search.learning_curves_.equals(serial.learning_curves_)


# What is equal, though made separately


def parametrized(shape, n_classes, *, regularizer=None, initializer="zeros"):
    """Build a network of objects of Keras's."""
    return keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Flatten(),
            keras.layers.Dense(
                n_classes,
                kernel_regularizer=regularizer,
                kernel_initializer=initializer,
            ),
        ]
    )


class Builder:
    """A builder that is an object."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, shape, n_classes):
        """Build a network that depends on the state."""
        return with_closure(self.factor)(shape, n_classes)


def optimizer():
    """Make an optimizer."""
    return keras.optimizers.SGD(0.1, momentum=0.5)


EQUAL = {
    "partials": lambda: {"model": functools.partial(linear, activation="softmax")},
    "callable objects": lambda: {"model": Builder(2.0)},
    "closures": lambda: {"model": with_closure(2.0)},
    "bound methods": lambda: {"model": Bound(2.0).build},
    "schedules": lambda: {"learning_rate": schedules.ExponentialDecay(0.1, 4, 0.5)},
    "regularizers": lambda: {"model__regularizer": keras.regularizers.L1L2(0.1, 0.2)},
    "initializers": lambda: {"model__initializer": keras.initializers.HeNormal(seed=1)},
    "callbacks": lambda: {"callbacks": [keras.callbacks.EarlyStopping(patience=3)]},
    "optimizers": lambda: {"optimizer": optimizer()},
    "losses": lambda: {"loss": scaled_loss(2.0)},
    "numbers of NumPy's": lambda: {"learning_rate": np.float64(0.1), "epochs": np.int64(2)},
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_parameters_made_separately_are_found(name, three_digits, tmp_path):
    """An object counts by its content, not by its address."""
    searches = [
        one_split_search(classifier(**{"model": parametrized, **EQUAL[name]()})) for _ in range(2)
    ]
    for search in searches:
        search.set_params(param_grid={"shuffle": [True]}, store=tmp_path / "fits.sqlite")
        search.fit(*three_digits)
    assert [search.n_restored_ for search in searches] == [0, 1]
    first, second = (search.learning_curves_ for search in searches)
    assert first.equals(second)


EQUAL_PARAMETERS = {
    "what only prints": ({}, {"verbose": 1, "predict__verbose": 1}),
    "routes and parameters": ({"learning_rate": 0.1}, {"optimizer__learning_rate": 0.1}),
    "whole and real rates": ({"learning_rate": 1}, {"learning_rate": 1.0}),
    "a penalty by another way": ({"l2": 0.1}, {"model__l2": 0.1}),
    "names in another case": ({"optimizer": "sgd"}, {"optimizer": keras.optimizers.SGD}),
    "a shape that is seen anyway": ({}, {"image_shape": (8, 8, 1)}),
}


@pytest.mark.parametrize("name", EQUAL_PARAMETERS)
def test_parameters_that_mean_the_same_have_one_key(name, three_digits):
    """Another way to say it does not train twice."""
    keys = {
        key_of(classifier(linear, **each), three_digits, {"epochs": [1]}, engine="serial")
        for each in EQUAL_PARAMETERS[name]
    }
    assert len(keys) == 1
    assert None not in keys


@pytest.mark.parametrize("scoring", [None, "accuracy"])
def test_what_a_grid_sets_may_differ_in_the_estimator(scoring, three_digits):
    """The estimator's own value of a parameter that every candidate sets decides nothing."""
    keys = {
        key_of(classifier(linear, epochs=n), three_digits, {"epochs": [3]}, scoring=scoring)
        for n in (1, 9)
    }
    assert len(keys) == 1


def test_an_estimator_that_is_fitted_already_has_the_key_of_a_new_one(three_digits):
    """A search clones its estimator: what it has learnt decides nothing."""
    estimator = classifier(linear)
    before = key_of(estimator, three_digits)
    assert key_of(estimator.fit(*three_digits), three_digits) == before


# Scorers


def times(factor):
    """Make a metric that captures a factor."""
    return lambda y_true, y_pred: factor * accuracy_score(y_true, y_pred)


def looking(factor):
    """Make a callable scorer that captures a factor."""
    return lambda estimator, X, y: factor * estimator.score(X, y)


SCORERS = {
    "names": ("accuracy", "neg_log_loss"),
    "captured values": (make_scorer(times(1)), make_scorer(times(2))),
    "bodies": (make_scorer(lambda y, p: 1.0), make_scorer(lambda y, p: 2.0)),
    "arguments": (
        make_scorer(accuracy_score, normalize=False), make_scorer(accuracy_score, normalize=True)
    ),
    "one of several": (
        {"a": "accuracy", "b": make_scorer(times(1))}, {"a": "accuracy", "b": make_scorer(times(2))}
    ),
    "callables": (looking(1), looking(2)),
    "names of several": ({"a": "accuracy"}, {"b": "accuracy"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SCORERS)
def test_scorers_that_score_otherwise_are_told_apart(name, three_digits):
    """A metric's body, captured values and arguments count, in each of several, too."""
    keys = {key_of(classifier(linear), three_digits, scoring=s) for s in SCORERS[name]}
    assert len(keys) == 2
    assert None not in keys


@pytest.mark.parametrize("make", [times, looking])
def test_equal_scorers_made_separately_have_one_key(make, three_digits):
    """A scorer counts by its content."""
    wrap = make_scorer if make is times else (lambda scorer: scorer)
    keys = {key_of(classifier(linear), three_digits, scoring=wrap(make(2))) for _ in range(2)}
    assert len(keys) == 1


def test_another_metric_is_not_taken_from_the_store(three_digits, tmp_path):
    """A search with a metric of another factor has its own scores."""
    scores = []
    for factor in (1, 2):
        search = one_split_search(
            classifier(linear), scoring=make_scorer(times(factor)), store=tmp_path / "fits.sqlite"
        ).fit(*three_digits)
        assert search.n_restored_ == 0
        scores.append(search.cv_results_["mean_test_score"][0])
    assert scores[1] == 2 * scores[0] > 0


# Seeds


def test_without_a_random_state_a_search_finds_its_own_fits(three_digits, tmp_path):
    """The seed that was drawn is kept with the fits, also for a larger grid."""
    estimator = classifier(linear, random_state=None)
    store = tmp_path / "fits.sqlite"
    first = one_split_search(estimator, {"learning_rate": [0.1]}, store=store).fit(*three_digits)
    again = one_split_search(estimator, {"learning_rate": [0.1, 0.2]}, store=store)
    again.fit(*three_digits)
    assert again.n_restored_ == 1
    assert again.seed_ == first.seed_


def test_planning_keeps_no_seed(three_digits, tmp_path):
    """A plan leaves no store behind."""
    search = one_split_search(classifier(linear, random_state=None), store=tmp_path / "new.sqlite")
    search.plan(*three_digits)
    assert not (tmp_path / "new.sqlite").exists()


# What cannot be identified

LOCK = threading.Lock()


def locked(factor):
    """Make an activation that captures a lock."""
    lock = threading.Lock()

    def activation(x):
        with lock:
            return x * factor

    return activation


def with_lock(shape, n_classes):
    """Build a network whose activation holds a lock."""
    return linear(shape, n_classes, activation=locked(2.0))


def lock_around(shape, n_classes):
    """Build a network of Keras's own layers while holding a lock."""
    with LOCK:
        return linear(shape, n_classes)


def test_what_cannot_be_identified_is_neither_merged_nor_stored(three_digits, tmp_path):
    """Each candidate is fitted alone, each time, and the plan says why."""
    arguments = {"engine": "serial", "store": tmp_path / "fits.sqlite"}
    for _ in range(2):
        search = one_split_search(classifier(with_lock), {"epochs": [1, 2]}, **arguments)
        search.fit(*three_digits)
        assert search.n_restored_ == 0
    assert [training.n_fits for training in search.plan_.trainings] == [{1: 1}, {2: 1}]
    described = search.plan_.describe()
    assert "2 candidates are neither merged nor stored" in described
    assert "lock" in described


def test_a_builder_that_cannot_be_identified_may_build_what_can(three_digits, tmp_path):
    """What decides is the network that was built, not how it was built."""
    estimator, store = classifier(lock_around), tmp_path / "fits.sqlite"
    searches = [
        one_split_search(estimator, {"epochs": [1, 2]}, store=store).fit(*three_digits)
        for _ in range(2)
    ]
    assert searches[1].n_restored_ == 2
    assert [training.n_fits for training in searches[0].plan_.trainings] == [{1: 1, 2: 1}]


def test_a_builder_that_builds_another_network_each_time_is_not_merged(three_digits):
    """Nothing could say which of its networks a fit had."""
    calls = []

    def build(shape, n_classes):
        calls.append(1)
        return first_values(0.1 * len(calls))(shape, n_classes)

    plan = one_split_search(classifier(build), {"epochs": [1, 2]}, engine="auto").plan(
        *three_digits
    )
    assert "makes a different network each time" in plan.describe()
    assert [len(each.trainings) for each in plan.assignments] == [2]


def test_a_scorer_that_cannot_be_identified_keeps_fits_out_of_the_store(three_digits, tmp_path):
    """The plan names it; merging does not depend on it."""
    lock = threading.Lock()

    def metric(y_true, y_pred):
        with lock:
            return accuracy_score(y_true, y_pred)

    search = one_split_search(
        classifier(linear),
        {"epochs": [1, 2]},
        scoring=make_scorer(metric),
        store=tmp_path / "fits.sqlite",
    )
    for _ in range(2):
        assert search.fit(*three_digits).n_restored_ == 0
    assert "no fit is stored: " in search.plan_.describe()
    assert [training.n_fits for training in search.plan_.trainings] == [{1: 1, 2: 1}]


# Merging

APART = {
    "seed": {"random_state": [1, 2]},
    "rate": {"learning_rate": [0.1, 0.2]},
    "rate by a route": {"optimizer__learning_rate": [0.1, 0.2]},
    "penalty": {"l2": [0.1, 0.2]},
    "order": {"shuffle": [True, False]},
    "batch size": {"batch_size": [16, 32]},
    "batch size by a route": {"fit__batch_size": [16, 32]},
    "batch size of predictions": {"predict__batch_size": [16, 32]},
    "class weights": {"class_weight": [None, {0: 2.0}]},
    "validation": {"validation_split": [0.0, 0.5]},
    "losses": {"loss": [scaled_loss(1.0), scaled_loss(2.0)]},
    "activations": {"model": [with_closure(1.0), with_closure(2.0)]},
    "first weights": {"model": [first_values(0.0), first_values(0.1)]},
    "optimizer": {"optimizer__momentum": [0.1, 0.2]},
    "metrics": {"metrics": [None, ["mse"]]},
    "precision": {"compile__jit_compile": [False, True]},
}


@pytest.mark.parametrize("name", APART)
def test_candidates_that_differ_in_more_than_epochs_are_not_merged(name, three_digits):
    """Two trainings pass through two numbers of epochs each, not one through four fits."""
    estimator = classifier(linear if name == "penalty" else first_values(0.0))
    grid = {"epochs": [1, 2], **APART[name]}
    plan = one_split_search(estimator, grid, engine="auto").plan(*three_digits)
    trainings = [training for each in plan.assignments for training in each.trainings]
    assert [list(training.fits) for training in trainings] == [[1, 2], [1, 2]]


def test_flat_images_of_another_shape_are_not_merged(three_digits):
    """One network of any size is trained on other images."""
    flat, y = three_digits[0].reshape(90, -1), three_digits[1]
    grid = {"epochs": [1, 2], "image_shape": [(8, 8, 1), (4, 16, 1)]}
    plan = one_split_search(classifier(any_size), grid).plan(flat, y)
    assert [len(each.trainings) for each in plan.assignments] == [2]


def test_callbacks_keep_candidates_apart(three_digits):
    """Early stopping may depend on the number of epochs."""
    estimator = classifier(linear, callbacks=[keras.callbacks.EarlyStopping(patience=1)])
    plan = one_split_search(estimator, {"epochs": [1, 2]}).plan(*three_digits)
    assert [len(each.trainings) for each in plan.assignments] == [2]
