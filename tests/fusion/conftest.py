"""Lanes trained together, the same fits alone by Keras, and how far they may be apart.

A stack adds up in another order than a separate fit, and how depends on the processor, so its
numbers are Keras's to rounding. Rounding is amplified by training; how much, a training in
float64 tells: a lane must be no further from it than `FACTOR` times as far as Keras's own
float32 fit is, in the root of the mean square over all weights, and one rounding of the values
themselves. A formula that is wrong misses that by orders of magnitude.
"""

import random
from dataclasses import dataclass

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from kerascnn import environment
from kerascnn.fusion import Lane, train_lanes
from kerascnn.internals.keras import compiled_with
from kerascnn.training import batches

environment.prefer_threads_for_sweep()

FACTOR = 4
ROUNDING = np.finfo(np.float32).eps


@dataclass
class KerasFit:
    """What `fit` leaves: weights, history, and outputs for the validation rows."""

    weights: list[np.ndarray]
    history: dict[str, list[float]]
    outputs: np.ndarray


@pytest.fixture(scope="session")
def digits():
    """200 images (200, 8, 8, 1) float32 from 0 to 1 and their labels."""
    images, labels = load_digits(return_X_y=True)
    return images[:200].reshape(-1, 8, 8, 1).astype(np.float32) / 16, labels[:200].astype(np.int32)


@pytest.fixture(scope="session")
def compiled():
    """Build and compile a model under a seed."""

    def build(builder, optimizer=None, loss="sparse_categorical_crossentropy", seed=0):
        random.seed(seed)
        model = builder()
        model.compile(optimizer or keras.optimizers.SGD(0.1), loss=loss, metrics=["accuracy"])
        return model

    return build


@pytest.fixture(scope="session")
def lane():
    """Make a lane of two epochs over 75 samples in batches of 32, validated on 40."""

    def make(model, **changes):
        settings = {
            "train": np.arange(75),
            "test": np.arange(100, 140),
            "epochs": 2,
            "batch_size": 32,
            "seed": 0,
        } | changes
        settings.setdefault("report_epochs", (settings["epochs"],))
        return Lane(model, **settings)

    return make


@pytest.fixture(scope="session")
def together():
    """Train lanes in stacks; return the list of reports, and each lane's last by its tag."""

    def train(lanes, X, y, **options):
        reports = []
        train_lanes(lanes, X, y, on_report=reports.append, **{"threads": 1} | options)
        return reports, {report.tag: report for report in reports}

    return train


@pytest.fixture(scope="session")
def alone():
    """Train one lane by Keras's `fit`, on a copy of its model, in float32 or another dtype."""

    def fit(lane, X, y, dtype="float32"):
        keras.config.set_floatx(dtype)
        try:
            return _fit(_copied(lane, dtype), lane, X, y)
        finally:
            keras.config.set_floatx("float32")

    return fit


def _copied(lane, dtype):
    """Return a copy of a lane's model that computes in `dtype`, compiled likewise."""

    def copied(layer):
        return type(layer).from_config({**layer.get_config(), "dtype": dtype})

    model = keras.models.clone_model(lane.model, clone_function=copied)
    model.set_weights(lane.model.get_weights())
    optimizer, loss = lane.model.optimizer, lane.model.loss
    optimizer = type(optimizer).from_config(optimizer.get_config())
    if lane.learning_rate is not None:
        optimizer.learning_rate = lane.learning_rate
    if isinstance(loss, keras.losses.Loss):
        loss = type(loss).from_config({**loss.get_config(), "dtype": dtype})
    # Tracing would take longer than the few steps of a test.
    model.compile(optimizer, loss=loss, metrics=_metrics(lane.model), run_eagerly=True)
    return model


def _metrics(model):
    """Return new metrics like those that a model was compiled with."""
    given = compiled_with(model).metrics
    return [m if isinstance(m, str) else type(m).from_config(m.get_config()) for m in given]


def _fit(model, lane, X, y):
    validation = np.asarray(batches.network_input(X[lane.test]))
    with batches.training_batches(
        X[lane.train],
        y[lane.train],
        lane.sample_weight,
        batch_size=lane.batch_size,
        epochs=range(lane.epochs),
        seed=lane.seed,
    ) as dataset:
        history = model.fit(
            dataset,
            epochs=lane.epochs,
            steps_per_epoch=-(-len(lane.train) // lane.batch_size),
            shuffle=False,
            validation_data=(validation, y[lane.test]),
            validation_batch_size=lane.batch_size,
            verbose=0,
        )
    return KerasFit(
        model.get_weights(), history.history, np.asarray(model(validation, training=False))
    )


@pytest.fixture(scope="session")
def assert_as_exact_as_keras(alone):
    """Assert that a report is what its lane gives alone: weights, history, outputs."""

    def check(lane, report, X, y):
        ours = KerasFit(report.weights, report.history, report.test_outputs)
        theirs, exact = alone(lane, X, y), alone(lane, X, y, "float64")
        assert _error(_joined(theirs.weights), _joined(exact.weights)) < 1e-3  # it is that training
        for values in (_weights, _outputs, _losses):
            error = _error(values(ours), values(exact))
            assert error <= FACTOR * _error(values(theirs), values(exact)) + ROUNDING
        assert set(ours.history) == set(theirs.history)
        for name in ("accuracy", "val_accuracy"):
            assert ours.history[name] == pytest.approx(theirs.history[name], rel=1e-6)

    return check


def _weights(fit):
    return _joined(fit.weights)


def _outputs(fit):
    return np.ravel(fit.outputs)


def _losses(fit):
    return np.array([*fit.history["loss"], *fit.history["val_loss"]])


def _joined(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def _error(values, exact):
    """Return the root of the mean square of an error, relative to that of the values."""
    return np.sqrt(np.mean((values - exact) ** 2) / np.mean(exact**2))
