"""Builders of small networks of every kind, for tests of equality."""

from collections.abc import Callable

import keras
import tensorflow as tf
from keras import layers

Builder = Callable[..., keras.Model]


def ending_in(*middle: Callable[[], keras.layers.Layer], l2: float = 0.0) -> Builder:
    """Return a builder of the layers that are made by `middle`, flattened into a softmax."""

    def build(input_shape, n_classes, *, l2=l2):
        penalty = keras.regularizers.L2(l2)
        return keras.Sequential(
            [
                keras.Input(input_shape),
                *(make() for make in middle),
                layers.Flatten(),
                layers.Dense(n_classes, activation="softmax", kernel_regularizer=penalty),
            ]
        )

    return build


def convolution() -> keras.layers.Layer:
    """Return a small convolution with an L2 penalty."""
    return layers.Conv2D(4, 3, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01))


def after_convolution(*middle: Callable[[], keras.layers.Layer]) -> Builder:
    """Return a builder of a convolution and what follows."""
    return ending_in(convolution, *middle)


def sequence(*middle: Callable[[], keras.layers.Layer]) -> Builder:
    """Return a builder of layers over images read as sequences (36, 12)."""
    return ending_in(lambda: layers.Reshape((36, 12)), *middle)


# Layers of a kind stand in one network: it is tracing that takes the time of a test.
CONVOLUTIONS = {
    "separable": ending_in(
        lambda: layers.SeparableConv2D(4, 3, depth_multiplier=2),
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=2),
    ),
    "transposed": ending_in(
        lambda: layers.Conv2DTranspose(4, 3, strides=2),
        lambda: layers.Conv2D(6, 3, dilation_rate=2, padding="same"),
        lambda: layers.Conv2D(6, 3, groups=3, strides=2),
    ),
    "1-D": sequence(
        lambda: layers.Conv1D(4, 5, strides=2, activation="tanh"),
        lambda: layers.Conv1D(4, 3, padding="causal", dilation_rate=2),
        lambda: layers.SeparableConv1D(4, 3),
        lambda: layers.DepthwiseConv1D(3),
        lambda: layers.Conv1DTranspose(4, 3, strides=2),
    ),
    "3-D": ending_in(lambda: layers.Reshape((12, 12, 3, 1)), lambda: layers.Conv3D(2, 3)),
}
NORMALIZATIONS = {
    "batch, no penalty": lambda shape, n: keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(3, 3),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(n),
        ]
    ),
    "batch": after_convolution(layers.BatchNormalization),
    "of each sample": after_convolution(
        layers.LayerNormalization,
        lambda: layers.GroupNormalization(2),
        layers.UnitNormalization,
        layers.RMSNormalization,
    ),
    "of weights and inputs": ending_in(
        lambda: layers.Normalization(mean=0.5, variance=0.1),
        lambda: layers.SpectralNormalization(layers.Conv2D(4, 3)),
    ),
    "rescaling": ending_in(lambda: layers.Rescaling(1 / 127.5, -1.0), convolution),
}
NOISES = {
    "dropout": after_convolution(lambda: layers.Dropout(0.4)),
    "other noises": after_convolution(
        lambda: layers.SpatialDropout2D(0.4),
        lambda: layers.GaussianNoise(0.2),
        lambda: layers.GaussianDropout(0.3),
        lambda: layers.AlphaDropout(0.3),
    ),
}
RANDOM_IMAGES = {
    "flip": lambda: layers.RandomFlip(),
    "rotation": lambda: layers.RandomRotation(0.2),
    "zoom": lambda: layers.RandomZoom(0.3),
    "translation": lambda: layers.RandomTranslation(0.2, 0.2),
    "crop": lambda: keras.Sequential([layers.RandomCrop(10, 10), layers.Resizing(10, 10)]),
    "shear": lambda: layers.RandomShear(0.2, 0.2),
    "perspective": lambda: layers.RandomPerspective(),
    "brightness": lambda: layers.RandomBrightness(0.2, value_range=(0, 1)),
    "contrast": lambda: layers.RandomContrast(0.3),
    "saturation": lambda: layers.RandomSaturation(0.4, value_range=(0, 1)),
    "hue": lambda: layers.RandomHue(0.3, value_range=(0, 1)),
    "colour jitter": lambda: layers.RandomColorJitter((0, 1), 0.2, 0.2, 0.2, 0.2),
    "blur": lambda: layers.RandomGaussianBlur(value_range=(0, 1)),
    "erasing": lambda: layers.RandomErasing(value_range=(0, 1)),
    "elastic": lambda: layers.RandomElasticTransform(value_range=(0, 1)),
    "grey": lambda: layers.RandomGrayscale(0.5),
    "inversion": lambda: layers.RandomInvert(0.5, value_range=(0, 1)),
    "posterization": lambda: layers.RandomPosterization(4, value_range=(0, 1)),
    "sharpness": lambda: layers.RandomSharpness(0.5, value_range=(0, 1)),
    "colour degeneration": lambda: layers.RandomColorDegeneration(0.5, value_range=(0, 1)),
    "RandAugment": lambda: layers.RandAugment(value_range=(0, 1)),
}
OTHERS = {
    "poolings": ending_in(
        convolution, lambda: layers.MaxPooling2D(2), lambda: layers.AveragePooling2D(2)
    ),
    "activations": ending_in(
        lambda: layers.ZeroPadding2D(1),
        convolution,
        layers.ELU,
        layers.PReLU,
        lambda: layers.Softmax(axis=1),
    ),
    "recurrence": ending_in(
        lambda: layers.Reshape((6, 72)),
        lambda: layers.LSTM(5, return_sequences=True),
        lambda: layers.Bidirectional(layers.GRU(3)),
    ),
}


def branches(input_shape, n_classes, *, l2=0.01):
    """Build two branches that are added, and one that is concatenated."""
    penalty = keras.regularizers.L1(l2)
    image = keras.Input(input_shape)
    left = layers.Conv2D(4, 3, padding="same", kernel_regularizer=penalty)(image)
    right = layers.Conv2D(4, 1, kernel_regularizer=penalty)(image)
    joined = layers.Concatenate()([layers.Add()([left, right]), left])
    outputs = layers.Dense(n_classes)(layers.GlobalAveragePooling2D()(joined))
    return keras.Model(image, outputs)


def shared_layer(input_shape, n_classes):
    """Build a network that uses one convolution twice, also inside two nested networks."""
    twice = layers.Conv2D(3, 3, padding="same", activation="relu")
    first, second = (keras.Sequential([keras.Input((12, 12, 3)), twice]) for _ in range(2))
    image = keras.Input(input_shape)
    value = layers.Flatten()(second(first(twice(image))))
    return keras.Model(image, layers.Dense(n_classes, activation="softmax")(value))


def attention(input_shape, n_classes):
    """Build a network with attention over rows of pixels."""
    image = keras.Input(input_shape)
    rows = layers.Reshape((12, 36))(image)
    seen = layers.MultiHeadAttention(2, 4, dropout=0.2)(rows, rows)
    return keras.Model(image, layers.Dense(n_classes)(layers.Flatten()(seen)))


GRAPHS = {"branches": branches, "shared layer": shared_layer, "attention": attention}
NETWORKS = {**CONVOLUTIONS, **NORMALIZATIONS, **NOISES, **OTHERS, **GRAPHS}


@keras.saving.register_keras_serializable()
class OwnStep(keras.Model):
    """A model that trains on the loss of flipped images as well, and logs what it likes."""

    def train_step(self, data):
        """Add up two losses."""
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
            loss += self.compute_loss(x, y, self(x[:, ::-1], training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return {"loss": loss, "size": tf.shape(x)[0]}


class OwnMetrics(keras.Model):
    """A model that trains like Keras's, but logs the metrics that it updates itself."""

    def train_step(self, data):
        """Make one step."""
        x, y = data
        with tf.GradientTape() as tape:
            outputs = self(x, training=True)
            loss = self.compute_loss(x, y, outputs)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        for metric in self.metrics:
            metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, outputs)
        return {metric.name: metric.result() for metric in self.metrics}


def _with_class(kind, input_shape, n_classes):
    image = keras.Input(input_shape)
    value = layers.Flatten()(layers.Dropout(0.2)(convolution()(image)))
    return kind(image, layers.Dense(n_classes, activation="softmax")(value))


def own_step(input_shape, n_classes):
    """Build a model with an own training step, whose logs are not its metrics."""
    return _with_class(OwnStep, input_shape, n_classes)


def own_metrics(input_shape, n_classes):
    """Build a model with an own training step, which logs its metrics."""
    return _with_class(OwnMetrics, input_shape, n_classes)


def penalties(input_shape, n_classes, *, l2=0.01):
    """Build a network with each kind of penalty, one of them shared, one on activities."""
    shared = keras.regularizers.L2(l2)
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(3, 3, kernel_regularizer=shared, bias_regularizer=shared),
            layers.Conv2D(3, 3, kernel_regularizer=keras.regularizers.L1(l2)),
            layers.Conv2D(3, 3, kernel_regularizer=keras.regularizers.L1L2(l2, l2 / 2)),
            layers.Conv2D(3, 1, activity_regularizer=keras.regularizers.L2(l2)),
            layers.Flatten(),
            layers.Dense(4, kernel_regularizer=keras.regularizers.OrthogonalRegularizer()),
            layers.Dense(n_classes, activation="softmax", kernel_regularizer=shared),
        ]
    )
