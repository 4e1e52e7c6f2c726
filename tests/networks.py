"""Networks small enough for a test's many fits."""

import keras


def tiny_cnn(
    input_shape: tuple[int, int, int], n_classes: int, *, l2: float = 0.0, n_filters: int = 2
) -> keras.Model:
    """Return a network small enough for a test's many fits."""
    penalty = keras.regularizers.L2(l2)
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Conv2D(n_filters, 3, activation="relu", kernel_regularizer=penalty),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(n_classes, activation="softmax", kernel_regularizer=penalty),
        ]
    )


def tiny_signal_cnn(input_shape: tuple[int, int], n_classes: int) -> keras.Model:
    """Return a network of signals, (samples, channels)."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Conv1D(2, 3, activation="relu"),
            keras.layers.MaxPooling1D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )


def normalized_cnn(input_shape: tuple[int, int, int], n_classes: int) -> keras.Model:
    """Return a network with what freezing can get wrong: batch normalization and dropout."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Conv2D(4, 3, name="first"),
            keras.layers.BatchNormalization(name="first_norm"),
            keras.layers.ReLU(),
            keras.layers.MaxPooling2D(2),
            keras.layers.Conv2D(6, 3, activation="relu", name="second"),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu", name="hidden"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(n_classes),
        ]
    )


def tiny_restorer(
    input_shape: tuple[int, int, int],
    output_shape: tuple[int, int, int],
    *,
    l2: float = 0.0,
    padding: str = "same",
) -> keras.Model:
    """Return a network of images from images of the same size, or smaller ones."""
    factor = output_shape[0] // input_shape[0]
    penalty = keras.regularizers.L2(l2)
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Conv2D(2, 3, padding="same", activation="relu", name=f"{padding}_conv"),
            keras.layers.UpSampling2D(factor),
            keras.layers.Conv2D(output_shape[2], 1, kernel_regularizer=penalty),
        ]
    )
