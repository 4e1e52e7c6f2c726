"""Digests of Keras's objects and of users' subclasses of them."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import callbacks, constraints, initializers, layers, losses, metrics, regularizers
from keras.optimizers import SGD, Adam, AdamW, LossScaleOptimizer, schedules

from kerascnn.identity import Unidentifiable, digest

SEED = {"seed": 1}


def scaled(factor):
    """Return a function that captures a factor."""
    return lambda *arguments: arguments[-1] * factor


class Doubled(regularizers.Regularizer):
    """A regularizer of a user's."""

    def __init__(self, strength):
        self.strength = strength

    def __call__(self, x):
        """Return the penalty."""
        return 2 * self.strength * keras.ops.sum(x**2)


class Scaled(losses.Loss):
    """A loss of a user's."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, y_true, y_pred):
        """Return the losses."""
        return self.factor * keras.losses.mean_squared_error(y_true, y_pred)


class Scaling(layers.Layer):
    """A layer of a user's."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, inputs):
        """Scale the inputs."""
        return inputs * self.factor


class Wide(layers.Dense):
    """A subclass of a layer that has settings of its own."""

    def __init__(self, units, factor):
        super().__init__(units)
        self.factor = factor


class Slow(SGD):
    """An optimizer of a user's."""

    def __init__(self, factor):
        super().__init__(0.1)
        self.factor = factor


class Momentum(keras.Optimizer):
    """An optimizer of a user's, from scratch."""

    def __init__(self, momentum):
        super().__init__(0.1)
        self.momentum = momentum


class Count(metrics.Metric):
    """A metric of a user's."""

    def __init__(self, step):
        super().__init__()
        self.step = step
        self.count = self.add_variable((), "zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Count a batch."""
        self.count.assign_add(self.step)

    def result(self):
        """Return the count."""
        return self.count


class Stop(callbacks.Callback):
    """A callback of a user's."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch


def excluding(*names):
    """Return an optimizer whose weight decay passes these names by."""
    optimizer = AdamW()
    optimizer.exclude_from_weight_decay(var_names=list(names))
    return optimizer


# A maker, its arguments, and others.
MADE = [
    (regularizers.L2, (0.1,), (0.2,)),
    (regularizers.L1L2, (0.1, 0.2), (0.2, 0.1)),
    (regularizers.OrthogonalRegularizer, (0.1,), (0.2,)),
    (Doubled, (0.1,), (0.2,)),
    (lambda seed: initializers.HeNormal(seed=seed), (1,), (2,)),
    (lambda scale: initializers.VarianceScaling(scale, **SEED), (1.0,), (2.0,)),
    (initializers.Constant, (1,), (2,)),
    (initializers.TruncatedNormal, (0.0, 0.1), (0.0, 0.2)),
    (constraints.MaxNorm, (1,), (2,)),
    (schedules.CosineDecay, (0.1, 10), (0.1, 20)),
    (schedules.PiecewiseConstantDecay, ([1], [0.1, 0.2]), ([2], [0.1, 0.2])),
    (losses.CategoricalCrossentropy, (False,), (True,)),
    (losses.Huber, (1.0,), (2.0,)),
    (Scaled, (1,), (2,)),
    (metrics.SparseTopKCategoricalAccuracy, (2,), (3,)),
    (lambda factor: metrics.MeanMetricWrapper(scaled(factor), name="own"), (1,), (2,)),
    (Count, (1,), (2,)),
    (Adam, (0.1,), (0.2,)),
    (Adam, (0.1, 0.8), (0.1, 0.9)),
    (lambda steps: Adam(schedules.CosineDecay(0.1, steps)), (10,), (20,)),
    (lambda factor: SGD(scaled(factor)), (1,), (2,)),
    (lambda rate: LossScaleOptimizer(SGD(rate)), (0.1,), (0.2,)),
    (excluding, ("bias", "gamma"), ("bias",)),
    (Slow, (1,), (2,)),
    (Momentum, (1,), (2,)),
    (callbacks.EarlyStopping, ("loss", 0, 1), ("loss", 0, 2)),
    (callbacks.ReduceLROnPlateau, ("loss", 0.1), ("loss", 0.2)),
    (lambda factor: callbacks.LearningRateScheduler(scaled(factor)), (1,), (2,)),
    (lambda factor: callbacks.LambdaCallback(on_epoch_end=scaled(factor)), (1,), (2,)),
    (Stop, (1,), (2,)),
    (layers.Dense, (2,), (3,)),
    (lambda factor: layers.Dense(2, scaled(factor)), (1,), (2,)),
    (lambda factor: layers.Lambda(scaled(factor)), (1,), (2,)),
    (lambda factor: layers.TimeDistributed(layers.Dense(2, scaled(factor))), (1,), (2,)),
    (lambda factor: layers.RNN(layers.LSTMCell(2, scaled(factor))), (1,), (2,)),
    (lambda units: layers.Bidirectional(layers.LSTM(units)), (1,), (2,)),
    (lambda seed: layers.Dropout(0.5, seed=seed), (1,), (2,)),
    (lambda rate: layers.Dropout(rate, **SEED), (0.1,), (0.2,)),
    (Scaling, (1,), (2,)),
    (Wide, (1, 1), (1, 2)),
    (keras.DTypePolicy, ("float32",), ("mixed_float16",)),
    (keras.random.SeedGenerator, (1,), (2,)),
    (keras.Variable, (np.ones(2),), (np.zeros(2),)),
]


@pytest.mark.parametrize(("make", "arguments", "others"), MADE)
def test_objects_made_separately_are_equal_where_their_arguments_are(make, arguments, others):
    """Names and counters of Keras's do not count; arguments do."""
    assert digest(make(*arguments)) == digest(make(*arguments))
    assert digest(make(*arguments)) != digest(make(*others))


def test_classes_of_equal_settings_differ():
    """An object's class counts."""
    assert digest(regularizers.L1(0.1)) != digest(regularizers.L2(0.1))
    assert digest(metrics.Mean("a")) != digest(metrics.Sum("a"))


def test_a_chosen_name_counts():
    """A metric is reported under its name, so a user's choice counts."""
    assert digest(metrics.Mean("one")) != digest(metrics.Mean("other"))


def test_a_regularizer_is_equal_to_one_of_a_layer():
    """Use does not change a regularizer."""
    used = regularizers.L2(0.1)
    layers.Dense(2, kernel_regularizer=used).build((None, 2))
    assert digest(used) == digest(regularizers.L2(0.1))


def test_what_tensorflow_keeps_about_a_layer_does_not_count():
    """A layer that a checkpoint has looked at is the same."""
    layer = layers.Dense(2)
    before = digest(layer)
    tf.train.Checkpoint(layer=layer).save_counter  # noqa: B018 - asking for it is enough
    assert digest(layer) == before


def test_an_instances_own_method_counts():
    """A method put on one object is code that it runs."""
    one, other = layers.Dense(2), layers.Dense(2)
    other.call = scaled(2)
    assert digest(one) != digest(other)


def test_variables_excluded_from_decay_need_their_network():
    """By themselves, the optimizer's excluded variables say nothing."""
    optimizer = AdamW()
    optimizer.exclude_from_weight_decay(var_list=[keras.Variable(1.0)])
    with pytest.raises(Unidentifiable, match="excluded variables"):
        digest(optimizer)


def test_a_keras_tensor_is_refused():
    """A symbolic tensor has no value."""
    with pytest.raises(Unidentifiable, match="symbolic"):
        digest(keras.Input((2,)))


def test_a_layer_counts_with_its_weights():
    """Two built layers of other weights differ."""
    one, other = layers.Dense(2), layers.Dense(2)
    one.build((None, 2))
    other.build((None, 2))
    other.set_weights(one.get_weights())
    assert digest(one) == digest(other)
    other.set_weights([weight + 1 for weight in one.get_weights()])
    assert digest(one) != digest(other)
