"""A compiled network trains as Keras's `fit` does, to the last bit."""

import os
import random

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from sklearn.base import clone

from kerascnn import CNNClassifier
from kerascnn.estimators.validation import optimizer_class
from kerascnn.training.graph_checks import NotCompilable
from tests.training.networks import (
    NETWORKS,
    NOISES,
    RANDOM_IMAGES,
    convolution,
    ending_in,
    own_metrics,
    own_step,
    penalties,
)
from tests.training.ways import BothWays


def batched(names, n):
    """Return names in tuples of n, the last of which may be shorter."""
    names = list(names)
    return [tuple(names[begin : begin + n]) for begin in range(0, len(names), n)]


def classifier(model, **parameters) -> CNNClassifier:
    """Return a classifier whose fits take a moment; the last batch is shorter.

    Graphs of plain gradient descent are traced fastest.
    """
    settings = {"optimizer": "sgd", "learning_rate": 0.01, "epochs": 2, "batch_size": 16}
    settings |= {"random_state": 3}
    return CNNClassifier(model, **{**settings, **parameters})


@pytest.mark.numbers
@pytest.mark.parametrize("name", NETWORKS)
def test_every_kind_of_layer_trains_as_in_fit(name, assert_equal_to_the_bit):
    """Weights, random seeds, curves and outputs are equal, also after another training."""
    builder = NETWORKS[name]
    before = classifier(builder, learning_rate=0.1, random_state=7)
    assert_equal_to_the_bit(classifier(builder), before)


@pytest.mark.parametrize("names", batched(RANDOM_IMAGES, 4), ids=", ".join)
def test_random_image_layers_draw_as_in_fit(names, assert_equal_to_the_bit):
    """Images are transformed by the draws of the separate fit, one layer after another."""
    builder = ending_in(*(RANDOM_IMAGES[name] for name in names), convolution)
    before = classifier(builder, learning_rate=0.1, random_state=7)
    assert_equal_to_the_bit(classifier(builder), before)


def excluding() -> keras.optimizers.Optimizer:
    """Return an optimizer that spares biases its weight decay."""
    optimizer = keras.optimizers.AdamW(0.01, weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


def several() -> keras.Optimizer:
    """Return an optimizer that gives each layer to one of two, by its name."""
    choice = keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.1))
    choice[".*conv.*"] = keras.optimizers.Adam()
    return keras.optimizers.MultiOptimizer(choice)


OPTIMIZERS = {
    **{
        name: {"optimizer": name.lower()}
        for name in (
            "Adadelta",
            "Adafactor",
            "Adagrad",
            "Adam",
            "Adamax",
            "AdamW",
            "Ftrl",
            "Lamb",
            "Lion",
            "Nadam",
            "RMSprop",
            "SGD",
        )
    },
    "Muon": {"optimizer": keras.optimizers.Muon, "learning_rate": 0.001},
    "without schedule": {"optimizer": keras.optimizers.ScheduleFreeAdamW},
    "momentum": {"optimizer": "sgd", "optimizer__momentum": 0.9, "optimizer__nesterov": True},
    "average of weights": {"optimizer": "adam", "optimizer__use_ema": True},
    "average now and then": {
        "optimizer": "sgd",
        "optimizer__use_ema": True,
        "optimizer__ema_overwrite_frequency": 3,
    },
    "accumulation": {"optimizer": "adam", "optimizer__gradient_accumulation_steps": 3},
    "clipping": {"optimizer": "sgd", "optimizer__clipnorm": 0.1},
    "global clipping": {"optimizer": "sgd", "optimizer__global_clipnorm": 0.1},
    "scaled loss": {"optimizer": "sgd", "optimizer__loss_scale_factor": 128.0},
    "schedule": {"learning_rate": keras.optimizers.schedules.CosineDecay(0.1, 6)},
    "spared weight decay": {"optimizer": excluding(), "learning_rate": 0.001},
    "wrapped": {
        "optimizer": keras.optimizers.LossScaleOptimizer(
            keras.optimizers.Adam(), initial_scale=64.0, dynamic_growth_steps=3
        ),
        "learning_rate": 0.001,
    },
    "one per layer": {"optimizer": several(), "learning_rate": 0.001},
}


def test_no_optimizer_of_keras_is_left_out():
    """A new one in Keras has to be tried here."""
    kinds = {
        type(value["optimizer"])
        if isinstance(value["optimizer"], keras.Optimizer)
        else optimizer_class(value["optimizer"])
        for value in OPTIMIZERS.values()
        if "optimizer" in value
    }
    there = vars(keras.optimizers).values()
    known = {each for each in there if isinstance(each, type) and issubclass(each, keras.Optimizer)}
    assert known - kinds == {keras.Optimizer}


# Of these, Muon alone multiplies matrices; what the others compute is the same on all kernels.
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.numbers if name == "Muon" else ())
        for name in OPTIMIZERS
    ],
)
def test_every_optimizer_trains_as_in_fit(name, assert_equal_to_the_bit):
    """Slots, averages and step counts are equal, also after another training."""
    trained = classifier(NOISES["dropout"], **OPTIMIZERS[name])
    assert_equal_to_the_bit(trained, clone(trained).set_params(random_state=7))


def squared_distance(power: float):
    """Return a loss that captures a value."""

    def loss(y, outputs):
        return keras.ops.mean(keras.ops.abs(y - outputs) ** power, axis=-1)

    return loss


COMPILATIONS = {
    "closure": {"loss": squared_distance(1.5)},
    "smoothed": {"loss": "categorical_crossentropy", "loss__label_smoothing": 0.1},
    "focal": {"loss": "categorical_focal_crossentropy"},
    "metrics": {"metrics": ["sparse_top_k_categorical_accuracy"]},
    "weighted metrics": {"compile__weighted_metrics": ["accuracy"], "class_weight": {0: 2.0}},
    "class weights": {"class_weight": {0: 0.5, 2: 3.0}},
    "by XLA": {"compile__jit_compile": True},
    "in its own order": {"shuffle": False},
    "one batch": {"batch_size": 64},
    "single samples": {"batch_size": 1, "epochs": 1},
}


@pytest.mark.numbers
@pytest.mark.parametrize("name", COMPILATIONS)
def test_every_compilation_trains_as_in_fit(name, assert_equal_to_the_bit):
    """Losses, metrics, weights and batches are those of the separate fit."""
    trained = classifier(NOISES["dropout"], **COMPILATIONS[name])
    assert_equal_to_the_bit(trained, clone(trained).set_params(random_state=7))


@pytest.mark.parametrize("builder", [own_step, own_metrics])
def test_an_own_training_step_is_called(builder, assert_equal_to_the_bit):
    """A model's own step trains it, and its logs are the learning curves."""
    assert_equal_to_the_bit(classifier(builder), classifier(builder, random_state=7))


@pytest.mark.numbers
def test_penalties_that_are_variables_leave_the_same_bits(assert_equal_to_the_bit):
    """A training with another strength in the same graph is that of its separate fit."""
    assert_equal_to_the_bit(classifier(penalties, l2=0.003), classifier(penalties, l2=0.003))
    before = classifier(NETWORKS["separable"], l2=0.5)
    assert_equal_to_the_bit(classifier(NETWORKS["separable"], l2=0.003), before)


@pytest.mark.numbers
def test_sample_weights_are_those_of_fit(both_ways, assert_equal_to_the_bit):
    """Each sample weighs what it weighs in `fit`."""
    weights = np.random.default_rng(1).random(both_ways.n_train).astype(np.float32)
    assert_equal_to_the_bit(classifier(NETWORKS["batch"]), sample_weight=weights)


@pytest.mark.numbers
def test_pixels_are_scaled_as_in_fit(assert_equal_to_the_bit):
    """uint8 images are divided by 255 apart from the network's own constants."""
    generator = np.random.default_rng(0)
    X = generator.integers(0, 256, (70, 12, 12, 3), dtype=np.uint8)
    ways = BothWays(X, np.arange(70) % 3)
    assert_equal_to_the_bit(classifier(NETWORKS["rescaling"]), ways=ways)


# TensorFlow asks the processor whether oneDNN convolves bfloat16, so that with oneDNN kept to an
# older one's kernels it fails, and Keras's own `fit` with it.
BFLOAT16 = pytest.param(
    "mixed_bfloat16",
    marks=pytest.mark.skipif(
        "ONEDNN_MAX_CPU_ISA" in os.environ, reason="Keras fails in bfloat16 with oneDNN kept back"
    ),
)


@pytest.mark.numbers
@pytest.mark.parametrize("policy", [BFLOAT16, "mixed_float16", "float64"])
def test_every_dtype_policy_trains_as_in_fit(policy, assert_equal_to_the_bit):
    """Networks of other dtypes are computed in these."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        # With penalties, Keras itself refuses to add float64 to its floatx, float32.
        name = "batch, no penalty" if policy == "float64" else "batch"
        assert_equal_to_the_bit(classifier(NETWORKS[name]))
    finally:
        keras.config.set_dtype_policy(before)


def refusal_of(both_ways, builder) -> str:
    """Return why a network is refused when it is traced."""
    with pytest.raises(NotCompilable) as reason:
        both_ways.compiled(classifier(builder))
    return str(reason.value)


class Hidden(keras.layers.Layer):
    """A layer that adds what a function of no arguments returns."""

    def __init__(self, draw) -> None:
        super().__init__()
        self.draw = draw

    def call(self, x):
        """Add it."""
        return x + self.draw()


ELSEWHERE = tf.Variable(0.0)
HIDDEN = {
    "TensorFlow's global state": (lambda: tf.random.normal(()), "RandomStandardNormal"),
    "Python's global state": (random.random, "Python's random"),
    "NumPy's global state": (lambda: np.random.normal(), "Python's numpy.random"),
    "a Python function": (
        lambda: tf.ensure_shape(tf.numpy_function(np.ones, [()], tf.float64), ()),
        "PyFunc",
    ),
    "another's variable": (lambda: ELSEWHERE, "not the model's"),
    "Keras's global state": (lambda: keras.random.normal(()), "seed_generator_state"),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_state_that_a_lane_cannot_set_is_refused(name, both_ways):
    """What depends on more than the model's variables needs a fit of its own."""
    draw, reason = HIDDEN[name]
    cast = ending_in(convolution, lambda: Hidden(lambda: tf.cast(draw(), tf.float32)))
    assert reason in refusal_of(both_ways, cast)


def test_a_layer_that_draws_while_it_is_traced_is_refused(both_ways):
    """AugMix chooses by Python's random numbers what its graph is to do."""
    augmented = ending_in(lambda: layers.AugMix(value_range=(0, 1)), convolution)
    assert "Python's random" in refusal_of(both_ways, augmented)


class Counting(layers.Layer):
    """A layer that computes by how often it was called."""

    calls = 0

    def call(self, x):
        """Divide by the number of calls."""
        self.calls += 1
        return x / self.calls


def test_a_layer_whose_python_state_changes_is_refused(both_ways):
    """How often `fit` traces a layer is no business of its numbers."""
    counting = ending_in(convolution, Counting)
    assert "Python state" in refusal_of(both_ways, counting)


class ByStrength(layers.Dense):
    """A layer that looks at its penalty's strength as at a number."""

    def call(self, x):
        """Multiply by the strength where there is one."""
        strength = self.kernel_regularizer.l2
        return super().call(x) * (strength if strength > 0 else 1.0)


def test_strengths_that_users_code_reads_stay_numbers(assert_equal_to_the_bit):
    """Only networks of nothing but Keras's own have variables in the place of strengths."""
    regularizer = keras.regularizers.L2(0.01)
    reading = ending_in(layers.Flatten, lambda: ByStrength(4, kernel_regularizer=regularizer))
    assert_equal_to_the_bit(classifier(reading))
