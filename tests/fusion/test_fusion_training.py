"""Lanes trained together, against Keras fits of the same models alone."""

import random

import keras
import numpy as np
import pytest
from keras import layers
from sklearn.datasets import load_digits

from kerascnn import batches
from kerascnn.fusion import Lane, train_lanes

EPOCHS, BATCH_SIZE = 3, 32
TRAIN, TEST = np.arange(150), np.arange(150, 200)


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    return images.reshape(-1, 8, 8, 1).astype(np.float32) / 16, labels.astype(np.int32)


def digits_cnn(seed, learning_rate, l2):
    random.seed(seed)
    penalty = keras.regularizers.L2(l2)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu", kernel_regularizer=penalty),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax", kernel_regularizer=penalty),
        ]
    )
    model.compile(
        keras.optimizers.SGD(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def test_five_lanes_end_with_the_weights_of_five_separate_fits(digits):
    """Lanes differ in seed, rate and L2; weights after three epochs agree to 1e-4."""
    X, y = digits
    lanes = [
        Lane(digits_cnn(i, 0.05 * (i + 1), 0.001 * i), TRAIN, TEST, EPOCHS, BATCH_SIZE, i, (3,))
        for i in range(5)
    ]
    reports = []
    train_lanes(lanes, X, y, on_report=reports.append, want_weights=True)
    fused = {len(r.history["loss"]): r for r in reports}
    assert fused
    for lane in lanes:
        dataset = batches.training_batches(
            X[TRAIN], y[TRAIN], None, batch_size=BATCH_SIZE, epochs=range(EPOCHS), seed=lane.seed
        )
        lane.model.fit(dataset, epochs=EPOCHS, steps_per_epoch=5, shuffle=False, verbose=0)
    finals = [lane.model.get_weights() for lane in lanes]
    for report in reports:
        distances = [
            max(np.abs(a - b).max() for a, b in zip(final, report.weights, strict=True))
            for final in finals
        ]
        assert min(distances) < 1e-4
