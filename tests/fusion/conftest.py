"""Lanes trained together, the same fits alone by Keras, and the distance between them."""

import random

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

from kerascnn import batches, runtime
from kerascnn.fusion import Lane, train_lanes

runtime.prefer_threads_for_sweep()


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
    """Make a lane of three epochs over 75 samples in batches of 32, validated on 40."""

    def make(model, **changes):
        settings = {
            "train": np.arange(75),
            "test": np.arange(100, 140),
            "epochs": 3,
            "batch_size": 32,
            "seed": 0,
        } | changes
        settings.setdefault("report_epochs", (settings["epochs"],))
        return Lane(model, **settings)

    return make


@pytest.fixture(scope="session")
def together():
    """Train lanes fused; return the list of reports, and each lane's last by its tag."""

    def train(lanes, X, y, **options):
        reports = []
        options = {"want_weights": True, "threads": 1} | options
        train_lanes(lanes, X, y, on_report=reports.append, **options)
        return reports, {report.tag: report for report in reports}

    return train


@pytest.fixture(scope="session")
def alone():
    """Train one lane by Keras's `fit`; return weights, history and outputs; restore the model."""

    def fit(lane, X, y):
        model = lane.model
        variables = [*model.variables, *_optimizer_variables(model)]
        before = [np.array(v) for v in variables]
        if lane.learning_rate is not None:
            model.optimizer.learning_rate = lane.learning_rate
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
        outputs = np.asarray(model(validation, training=False))
        weights = model.get_weights()
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)
        return weights, history.history, outputs

    return fit


@pytest.fixture(scope="session")
def assert_like_keras_steps(distance):
    """Assert that fused lanes end like models trained by hand, batch after batch, in Keras.

    That is quicker than `alone`, as nothing is traced, and says the same about weights.
    """

    def check(lanes, reports, X, y, tolerance=1e-4):
        for lane in lanes:
            model, loss = lane.model, keras.losses.get(lane.model.loss)
            for epoch in range(lane.epochs):
                order = lane.train[batches.epoch_order(lane.seed, epoch, len(lane.train))]
                for start in range(0, len(order), lane.batch_size):
                    rows = order[start : start + lane.batch_size]
                    with tf.GradientTape() as tape:
                        outputs = model(X[rows], training=True)
                        total = tf.reduce_mean(loss(y[rows], outputs)) + sum(model.losses)
                    weights = model.trainable_variables
                    model.optimizer.apply_gradients(
                        zip(tape.gradient(total, weights), weights, strict=True)
                    )
            report = reports[lane.tag]
            assert distance(report.weights, model.get_weights()) < tolerance
            outputs = np.asarray(model(X[lane.test], training=False))
            np.testing.assert_allclose(report.test_outputs, outputs, rtol=1e-3, atol=tolerance)

    return check


def _optimizer_variables(model):
    model.optimizer.build(model.trainable_variables)
    return model.optimizer.variables


@pytest.fixture(scope="session")
def distance():
    """Return how far two lists of weights are apart, relative to each array's largest value."""

    def between(ours, theirs):
        return max(
            np.abs(a - b).max() / max(np.abs(b).max(), 1e-3)
            for a, b in zip(ours, theirs, strict=True)
        )

    return between


@pytest.fixture(scope="session")
def assert_same_as_alone(distance):
    """Assert that a report is what its lane gave alone: weights, history, outputs."""

    def check(report, expected, tolerance=1e-4):
        weights, history, outputs = expected
        assert distance(report.weights, weights) < tolerance
        assert set(report.history) == set(history)
        for name, values in history.items():
            np.testing.assert_allclose(report.history[name], values, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(report.test_outputs, outputs, rtol=1e-3, atol=tolerance)

    return check
