"""What a plan is told before anything trains."""

import keras
import pytest
from keras import layers

from kerascnn.fusion import (
    FLOPS_WORTH_STACKING,
    bytes_per_lane,
    chunk_size,
    cost_per_sample,
    pays,
)


def lenet():
    """LeNet-5 for 32×32 images."""
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
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


def tiny():
    """A single dense layer."""
    return keras.Sequential([keras.Input((64,)), layers.Dense(10)])


def test_lenet_costs_what_its_layers_cost(compiled):
    """LeCun et al. 1998 give its multiply-adds by layer: positions times kernel values."""
    first, second = 28 * 28 * 5 * 5 * 6, 10 * 10 * 5 * 5 * 6 * 16
    dense = 400 * 120 + 120 * 84 + 84 * 10
    assert cost_per_sample(compiled(lenet)) == 2 * (2 * first + 3 * (second + dense))


def test_a_transposed_convolution_costs_by_its_input(compiled):
    """Each input position meets each value of the kernel once."""

    def build():
        return keras.Sequential(
            [keras.Input((4, 4, 2)), layers.Conv2DTranspose(3, 2, strides=2), layers.Flatten()]
        )

    assert cost_per_sample(compiled(build)) == 2 * 2 * (4 * 4) * (2 * 2 * 2 * 3)


class OwnCall(keras.Model):
    """A model whose layers cannot be followed from its input."""

    def __init__(self):
        super().__init__()
        self.hidden, self.last = layers.Dense(5), layers.Dense(2)

    def build(self, input_shape):
        """Make the weights."""
        self.hidden.build(input_shape)
        self.last.build((None, 5))

    def call(self, inputs):
        """Apply the hidden layer twice as strongly."""
        return self.last(2 * self.hidden(inputs))


def test_what_cannot_be_followed_costs_at_least_its_weights():
    """8 inputs, 5 hidden, 2 outputs: each weight is used once, the first for two products."""
    model = OwnCall()
    model.build((None, 8))
    model.compile("lion", "mse")
    assert cost_per_sample(model) == 2 * (2 * 8 * 5 + 3 * 5 * 2)
    assert bytes_per_lane(model, 4) >= 4 * 5 * (8 * 5 + 5 + 5 * 2 + 2)


def test_memory_grows_with_slots_and_batch(compiled):
    """Adam keeps two values more per weight than plain SGD: 8 bytes."""
    sgd = compiled(tiny, keras.optimizers.SGD())
    adam = compiled(tiny, keras.optimizers.Adam())
    assert bytes_per_lane(adam, 32) - bytes_per_lane(sgd, 32) == 8 * (64 * 10 + 10)
    assert bytes_per_lane(sgd, 64) > bytes_per_lane(sgd, 32)


@pytest.mark.parametrize(
    ("n_lanes", "threads", "expected"), [(100, 2, 24), (6, 2, 3), (5, 2, 3), (1, 2, 1), (0, 2, 1)]
)
def test_small_networks_are_stacked_as_far_as_there_are_lanes(n_lanes, threads, expected, compiled):
    """A chunk per thread before a fuller chunk."""
    size, why = chunk_size(compiled(tiny), 32, n_lanes, threads)
    assert size == expected
    assert why


@pytest.mark.parametrize(("n_lanes", "expected"), [(100, True), (2, False), (3, True)])
def test_stacking_pays_for_lanes_beside_each_other(n_lanes, expected, compiled):
    """Two small lanes on two threads have nothing to be stacked with."""
    assert pays(compiled(tiny), 32, n_lanes, 2) is expected


def test_stacking_does_not_pay_for_heavy_steps(compiled):
    """A core is busy with one lane alone; the reason says so."""
    model = compiled(lenet)
    batch_size = int(FLOPS_WORTH_STACKING / cost_per_sample(model)) + 1
    size, why = chunk_size(model, batch_size, 100, 2)
    assert size == 1
    assert "without stacking" in why
    assert not pays(model, batch_size, 100, 2)


def test_memory_bounds_a_chunk(compiled):
    """Half of the memory for each of two threads, through which 40 MB per lane go."""

    def build():
        return keras.Sequential([keras.Input((1000,)), layers.Dense(1000), layers.Dense(1000)])

    model = compiled(build, keras.optimizers.Adam())
    size, why = chunk_size(model, 1, 100, 2)
    assert size == 12 == int(5e8 / bytes_per_lane(model, 1))
    assert why == "limited by memory"


def test_layers_of_a_nested_model_count(compiled):
    """As if they stood in its place."""
    nested = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3)])
    whole = [keras.Input((8, 8, 1)), nested, layers.Flatten(), layers.Dense(3)]
    conv, dense = 36 * 9 * 2, 36 * 2 * 3
    assert cost_per_sample(compiled(lambda: keras.Sequential(whole))) == 2 * (2 * conv + 3 * dense)


def test_any_network_has_a_cost(compiled):
    """Layers, wiring and optimizers that cannot be stacked among them."""
    inputs = keras.Input((4, 6))
    shared = layers.Dense(6)
    values = layers.MultiHeadAttention(1, 2)(inputs, shared(shared(inputs)))
    model = keras.Model([inputs], [layers.LSTM(3)(values), values])
    model.compile("lion", ["mse", "mse"])
    assert cost_per_sample(model) > 2 * 4 * 6 * 6
    assert bytes_per_lane(model, 1) > 4 * model.count_params()
