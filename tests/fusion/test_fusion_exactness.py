"""Six topologies, seven optimizers, one, two and five lanes: each as if trained alone."""

import keras
import numpy as np
import pytest
from keras import layers
from keras.regularizers import L1L2, L2


def classifier():
    """The last layer of all."""
    return layers.Dense(10, activation="softmax", kernel_regularizer=L2(1e-3))


def digits_cnn():
    """One convolution and a pooling that are computed as a product with patches."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, padding="same", activation="relu", kernel_regularizer=L2(1e-3)),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(8, activation="relu", kernel_regularizer=L1L2(1e-4, 1e-3)),
            classifier(),
        ]
    )


def lenet():
    """Two convolutions with average-pooling."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.ZeroPadding2D(2),
            layers.Conv2D(3, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(4, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(12, activation="relu"),
            classifier(),
        ]
    )


def cifar_stack():
    """Convolutions over colours."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(6, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(8, activation="relu"),
            classifier(),
        ]
    )


def strided():
    """Convolutions with strides and no pooling."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(6, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            classifier(),
        ]
    )


def conv1d():
    """Dilated causal convolutions over a sequence."""
    return keras.Sequential(
        [
            keras.Input((64, 1)),
            layers.Conv1D(4, 5, padding="causal", dilation_rate=2, activation="relu"),
            layers.MaxPooling1D(4),
            layers.Conv1D(6, 3, activation="relu"),
            layers.GlobalAveragePooling1D(),
            classifier(),
        ]
    )


def residual():
    """Dropout, batch normalisation and a residual sum, as a functional graph."""
    inputs = keras.Input((8, 8, 1))
    stem = layers.Conv2D(4, 3, padding="same", use_bias=False)(inputs)
    stem = layers.ReLU()(layers.BatchNormalization(momentum=0.8)(stem))
    branch = layers.Dropout(0.2)(stem)
    branch = layers.Conv2D(4, 3, padding="same", activation="relu")(branch)
    values = layers.GlobalAveragePooling2D()(layers.Add()([stem, branch]))
    return keras.Model(inputs, classifier()(layers.Dropout(0.3)(values)))


SHAPES = {
    digits_cnn: (8, 8, 1),
    lenet: (8, 8, 1),
    cifar_stack: (8, 8, 3),
    strided: (8, 8, 1),
    conv1d: (64, 1),
    residual: (8, 8, 1),
}

OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "Adam": lambda: keras.optimizers.Adam(0.01),
    "AdamW": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.02),
    "RMSprop": lambda: keras.optimizers.RMSprop(0.002),
    "Adagrad": lambda: keras.optimizers.Adagrad(0.05),
    "Nadam": lambda: keras.optimizers.Nadam(0.01),
    "Adamax": lambda: keras.optimizers.Adamax(0.01),
}


def images(digits, shape):
    """Return the digits in a shape; colours are the image and its two transposed halves."""
    X, y = digits
    if shape == (8, 8, 3):
        X = np.concatenate([X, X[:, ::-1], X[:, :, ::-1]], axis=-1)
    return X.reshape(-1, *shape), y


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("builder", SHAPES, ids=lambda builder: builder.__name__)
def test_lanes_are_separate_fits(
    builder, optimizer, digits, compiled, lane, together, alone, assert_same_as_alone
):
    """Weights, history and outputs after three epochs, for stacks of one, two and five lanes."""
    X, y = images(digits, SHAPES[builder])
    model = compiled(builder, OPTIMIZERS[optimizer]())
    rates = float(model.optimizer.learning_rate) * np.array([1, 0.5, 2, 0.2, 0.1])
    lanes = [lane(model, tag=i, seed=i, learning_rate=float(rate)) for i, rate in enumerate(rates)]
    expected = [alone(each, X, y) for each in lanes]
    for size in (1, 2, 5):
        _, reports = together(lanes[:size], X, y, chunk=size)
        for tag in range(size):
            assert_same_as_alone(reports[tag], expected[tag])
