"""The networks in plain Keras, as a user of Keras would write them."""

import keras
from keras import layers, regularizers


def digits_cnn(l2: float = 0.0) -> keras.Model:
    """Return the digits CNN, uncompiled: 8×8×1 → 10 probabilities."""
    penalty = regularizers.L2(l2)
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(10, 3, padding="same", activation="relu", kernel_regularizer=penalty),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(50, activation="relu", kernel_regularizer=penalty),
            layers.Dense(10, activation="softmax", kernel_regularizer=penalty),
        ]
    )


def lenet5() -> keras.Model:
    """Return LeNet-5, uncompiled: 28×28×1, a border of zeros → 10 probabilities."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.ZeroPadding2D(2),
            layers.Conv2D(6, 5, activation="relu"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="relu"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def cifar_cnn(l2: float = 0.0) -> keras.Model:
    """Return the CIFAR-10 stack, uncompiled: 32×32×3 → 10 logits."""
    penalty = regularizers.L2(l2)
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(32, 3, activation="relu", kernel_regularizer=penalty),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu", kernel_regularizer=penalty),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu", kernel_regularizer=penalty),
            layers.Flatten(),
            layers.Dense(64, activation="relu", kernel_regularizer=penalty),
            layers.Dense(10, kernel_regularizer=penalty),
        ]
    )


def loss(model: str) -> keras.losses.Loss:
    """Return cross-entropy for the outputs of the network of that name."""
    return keras.losses.SparseCategoricalCrossentropy(from_logits=model == "cifar_cnn")
