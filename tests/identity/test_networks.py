"""What two networks must have in common to train as one, and to start alike."""

import keras
import numpy as np
import pytest
from keras import initializers, layers, losses, metrics, regularizers
from keras.optimizers import SGD, Adam, AdamW, schedules

from kerascnn.identity import (
    Unidentifiable,
    digest,
    global_settings,
    identify_network,
    own_code_in,
)

FACTOR = 2.0


def scaled(factor):
    """Return an activation that captures a factor."""
    return lambda x: x * factor


def penalty(factor):
    """Return a loss that captures a factor."""
    return lambda y_true, y_pred: factor * losses.mean_squared_error(y_true, y_pred)


class Global(layers.Layer):
    """A layer whose call reads a global."""

    def call(self, inputs):
        """Scale the inputs."""
        return inputs * FACTOR


class Careful(keras.Model):
    """A model with a training step of its own."""

    def train_step(self, data):
        """Take a step."""
        return super().train_step(data)


class Written(keras.Model):
    """A model written as a class."""

    def __init__(self, units):
        super().__init__()
        self.flatten, self.dense = layers.Flatten(), layers.Dense(units)

    def call(self, inputs):
        """Return the outputs."""
        return self.dense(self.flatten(inputs))


def compiled(model, optimizer=None, **settings):
    """Return a model compiled with settings, by default SGD and the squared error."""
    settings = {"loss": "mse", "metrics": ["mae"], **settings}
    model.compile(optimizer or SGD(0.1), **settings)
    return model


def network(
    *,
    seed=0,
    units=3,
    activation="relu",
    l2=0.1,
    dropout=0.2,
    trainable=True,
    shape=(4, 4, 1),
    dtype="float32",
    kernel_regularizer=None,
    initializer="glorot_uniform",
    activity=None,
    optimizer=None,
    extra=(),
    **settings,
):
    """Return a compiled Sequential network with weights drawn from `seed`."""
    keras.utils.set_random_seed(seed)
    shared = kernel_regularizer or regularizers.L2(l2)
    model = keras.Sequential(
        [
            keras.Input(shape, dtype=dtype),
            layers.Conv2D(2, 2, activation=activation, kernel_regularizer=shared),
            layers.Dropout(dropout),
            *extra,
            layers.Flatten(),
            layers.Dense(
                units,
                kernel_regularizer=kernel_regularizer or regularizers.L2(l2),
                kernel_initializer=initializer,
                activity_regularizer=activity,
            ),
        ]
    )
    model.layers[0].trainable = trainable
    return compiled(model, optimizer, **settings)


def functional(wire, *, seed=0, n_inputs=1, cls=keras.Model, **settings):
    """Return a compiled model wired by a function of its inputs."""
    keras.utils.set_random_seed(seed)
    inputs = [keras.Input((4,)) for _ in range(n_inputs)]
    return compiled(cls(inputs, wire(*inputs)), **settings)


def optimizer_excluding(*positions):
    """Return how to compile a network with variables that weight decay passes by."""

    def build():
        model = network()
        optimizer = AdamW(0.1)
        excluded = [model.trainable_variables[position] for position in positions]
        optimizer.exclude_from_weight_decay(var_list=excluded)
        return compiled(model, optimizer)

    return build


def structure(model):
    """Return the structure's hash."""
    return identify_network(model).structure


STRUCTURES = {
    "units": lambda: network(units=4),
    "activation": lambda: network(activation="tanh"),
    "captured activation 1": lambda: network(activation=scaled(1)),
    "captured activation 2": lambda: network(activation=scaled(2)),
    "no penalty": lambda: network(l2=0.0),
    "another penalty": lambda: network(kernel_regularizer=regularizers.L1(0.1)),
    "a shared penalty": lambda: network(kernel_regularizer=regularizers.L2(0.1)),
    "activity penalty 1": lambda: network(activity=regularizers.L2(0.1)),
    "activity penalty 2": lambda: network(activity=regularizers.L2(0.2)),
    "dropout rate": lambda: network(dropout=0.3),
    "not trainable": lambda: network(trainable=False),
    "input shape": lambda: network(shape=(5, 5, 1)),
    "input dtype": lambda: network(dtype="uint8"),
    "optimizer": lambda: network(optimizer=Adam(0.1)),
    "momentum": lambda: network(optimizer=SGD(0.1, momentum=0.9)),
    "clipping": lambda: network(optimizer=SGD(0.1, clipnorm=1.0)),
    "schedule 1": lambda: network(optimizer=SGD(schedules.CosineDecay(0.1, 1))),
    "schedule 2": lambda: network(optimizer=SGD(schedules.CosineDecay(0.1, 2))),
    "decay of all": optimizer_excluding(),
    "decay without the first": optimizer_excluding(0),
    "decay without the second": optimizer_excluding(1),
    "loss": lambda: network(loss="mae"),
    "captured loss 1": lambda: network(loss=penalty(1)),
    "captured loss 2": lambda: network(loss=penalty(2)),
    "loss weight": lambda: network(loss_weights=[0.5]),
    "metrics": lambda: network(metrics=["mse"]),
    "weighted metrics": lambda: network(weighted_metrics=["mse"]),
    "run_eagerly": lambda: network(run_eagerly=True),
    "jit_compile": lambda: network(jit_compile=True),
    "a further layer": lambda: network(extra=[layers.ReLU()]),
    "a nested model": lambda: network(
        extra=[keras.Sequential([keras.Input((3, 3, 2)), layers.ReLU()])]
    ),
    "mixed precision": lambda: network(extra=[layers.ReLU(dtype="mixed_bfloat16")]),
    "a written model": lambda: written(3),
    "a written model of other units": lambda: written(4),
    "a subtraction": lambda: functional(lambda x: layers.Subtract()([x, layers.ReLU()(x)])),
    "its sides exchanged": lambda: functional(lambda x: layers.Subtract()([layers.ReLU()(x), x])),
    "two inputs": lambda: functional(lambda x, y: layers.Subtract()([x, y]), n_inputs=2),
    "two exchanged": lambda: functional(lambda x, y: layers.Subtract()([y, x]), n_inputs=2),
    "a shared layer": lambda: functional(shared_layer),
    "two layers": lambda: functional(two_layers),
    "an operation": lambda: functional(lambda x: layers.Dense(2)(x) * 2.0),
    "another constant": lambda: functional(lambda x: layers.Dense(2)(x) * 3.0),
    "called in training": lambda: functional(lambda x: layers.Dropout(0.5)(x, training=True)),
    "called as usual": lambda: functional(lambda x: layers.Dropout(0.5)(x)),
    "a training step": lambda: functional(two_layers, cls=Careful),
}


def written(units):
    """Return a model written as a class, built by a call."""
    keras.utils.set_random_seed(0)
    model = Written(units)
    model(np.zeros((1, 4, 4, 1), np.float32))
    return compiled(model)


def shared_layer(x):
    """Call one layer twice."""
    dense = layers.Dense(4)
    return dense(dense(x))


def two_layers(x):
    """Call two layers."""
    return layers.Dense(4)(layers.Dense(4)(x))


@pytest.fixture(scope="module")
def structures():
    """Return the structure of each network by its name."""
    return {name: structure(build()) for name, build in STRUCTURES.items()}


def test_no_two_structures_are_equal(structures):
    """Whatever changes a training step changes the structure."""
    groups = {}
    for name, value in {"plain": structure(network()), **structures}.items():
        groups.setdefault(value, []).append(name)
    assert [names for names in groups.values() if len(names) > 1] == []


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_network_built_again_is_the_same(name, structures):
    """Names and counters of Keras's do not count, neither with a global layer in between."""
    layers.Dense(1)
    assert structure(STRUCTURES[name]()) == structures[name]


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 1},
        {"l2": 0.2},
        {"optimizer": lambda: SGD(0.2)},
        {"initializer": "zeros"},
    ],
)
def test_what_can_be_assigned_is_part_of_the_start(other):
    """Weights, learning rate and strengths decide where a training starts, not what it does."""
    other = {name: value() if callable(value) else value for name, value in other.items()}
    one, two = identify_network(network()), identify_network(network(**other))
    assert one.structure == two.structure
    assert one.start != two.start


def test_seeds_of_random_layers_are_part_of_the_start():
    """A random layer's seed is a value that its generator starts from."""
    one, two = (
        identify_network(network(extra=[layers.Dropout(0.1, seed=seed)])) for seed in (1, 2)
    )
    assert one.structure == two.structure
    assert one.start != two.start


def test_equal_networks_start_alike():
    """Equal seeds give equal starts."""
    assert identify_network(network(seed=3)) == identify_network(network(seed=3))


def test_training_changes_the_start_alone():
    """A trained network is the same network with another start."""
    model = network()
    before = identify_network(model)
    model.fit(np.ones((2, 4, 4, 1)), np.ones((2, 3)), verbose=0)
    model.predict(np.ones((2, 4, 4, 1)), verbose=0)
    after = identify_network(model)
    assert after.structure == before.structure
    assert after.start != before.start


def test_the_optimizers_progress_is_part_of_the_start():
    """Equal weights with other moments go on otherwise."""
    model = network(optimizer=Adam(0.1))
    before, weights = identify_network(model), [v.numpy() for v in model.variables]
    model.fit(np.ones((2, 4, 4, 1)), np.ones((2, 3)), verbose=0)
    for variable, weight in zip(model.variables, weights, strict=True):
        variable.assign(weight)
    assert identify_network(model).start != before.start


@pytest.mark.parametrize("other", [{"l2": 0.2}, {"initializer": "zeros"}])
def test_users_code_keeps_everything_in_the_structure(other):
    """Users' code may read strengths and initializers, so they are not left out."""
    one = structure(network(activation=scaled(1)))
    assert structure(network(activation=scaled(1), **other)) != one


def test_users_code_leaves_the_learning_rate_out():
    """Keras's own optimizer keeps it in a variable, whatever else is in the network."""
    one = identify_network(network(activation=scaled(1), optimizer=SGD(0.1)))
    other = identify_network(network(activation=scaled(1), optimizer=SGD(0.2)))
    assert one.structure == other.structure
    assert one.start != other.start


def test_a_global_that_a_layer_reads_counts(monkeypatch):
    """A layer's call counts by what it reads."""
    before = structure(network(extra=[Global()]))
    assert structure(network(extra=[Global()])) == before
    monkeypatch.setattr(f"{__name__}.FACTOR", 3.0)
    assert structure(network(extra=[Global()])) != before


def test_a_registered_loss_counts_by_content():
    """A name stands for the function that was registered under it."""

    def built(factor):
        with keras.saving.custom_object_scope({"own_loss": penalty(factor)}):
            return structure(network(loss="own_loss"))

    assert built(1) == built(1)
    assert built(1) != built(2)


def test_a_replaced_training_step_counts():
    """A step put on one model is users' code."""
    model = network()
    before = structure(model)
    model.train_step = scaled(1)
    assert structure(model) != before
    assert own_code_in(model)


def test_a_penalty_taken_from_one_weight_counts():
    """A weight is penalized by its own regularizer, whatever its layer was made with."""
    model = network()
    before = structure(model)
    model.layers[0].kernel.regularizer = None
    assert structure(model) != before


def test_losses_count_by_output_however_outputs_are_named():
    """A dict of losses says by name what a list says by position."""

    def built(first, second):
        model = functional(lambda x: [layers.Dense(1)(x), layers.Dense(1)(x)], metrics=None)
        names = model.output_names
        return structure(compiled(model, loss={names[0]: first, names[1]: second}, metrics=None))

    assert built("mse", "mae") == built("mse", "mae")
    assert built("mse", "mae") != built("mae", "mse")


def test_names_that_users_chose_count():
    """Optimizers may leave layers out by name, and callbacks look for them."""
    one = functional(lambda x: layers.Dense(1, name="one")(x))
    assert structure(one) != structure(functional(lambda x: layers.Dense(1, name="other")(x)))


def test_names_that_keras_counts_up_do_not_count():
    """They differ between any two networks of one process."""
    one, other = (functional(lambda x: layers.Dense(1)(x)) for _ in range(2))
    assert one.layers[-1].name != other.layers[-1].name
    assert structure(one) == structure(other)


def test_a_layer_used_by_another_model_too_is_the_same():
    """Calls that belong to other graphs do not count."""
    model = functional(two_layers)
    before = structure(model)
    model.layers[-1](keras.Input((4,)))
    assert structure(model) == before


KERAS_ONLY = {
    "a plain network": network,
    "a wrapped optimizer": lambda: network(optimizer=keras.optimizers.LossScaleOptimizer(SGD())),
    "metrics": lambda: network(metrics=[metrics.MeanSquaredError(), "accuracy"]),
    "a loss": lambda: network(loss=losses.Huber()),
    "a schedule": lambda: network(optimizer=SGD(schedules.CosineDecay(0.1, 2))),
    "seeds": lambda: network(initializer=initializers.HeNormal(seed=keras.random.SeedGenerator(1))),
    "normalization": lambda: network(extra=[layers.BatchNormalization(), layers.RandomFlip()]),
    "resizing": lambda: network(extra=[layers.Resizing(2, 2), layers.Rescaling(2.0)]),
    "a nested model": STRUCTURES["a nested model"],
    "operations": STRUCTURES["an operation"],
}
USERS = {
    "activation": lambda: network(activation=scaled(1)),
    "another library's activation": lambda: network(activation=np.tanh),
    "loss": lambda: network(loss=penalty(1)),
    "metric": lambda: network(metrics=[penalty(1)]),
    "layer": lambda: network(extra=[Global()]),
    "initializer": lambda: network(initializer=lambda shape, dtype: keras.ops.ones(shape, dtype)),
    "regularizer": lambda: network(kernel_regularizer=scaled(0.0)),
    "learning rate": lambda: network(optimizer=SGD(lambda: 0.1)),
    "model": STRUCTURES["a written model"],
    "training step": STRUCTURES["a training step"],
    "nested layer": lambda: network(extra=[keras.Sequential([keras.Input((3, 3, 2)), Global()])]),
}


@pytest.mark.parametrize("name", KERAS_ONLY)
def test_networks_of_keras_alone_hold_no_code_of_users(name):
    """Exact classes and functions of Keras's are not users' code."""
    assert not own_code_in(KERAS_ONLY[name]())


@pytest.mark.parametrize("name", USERS)
def test_code_of_users_is_found_wherever_it_is(name):
    """Any part of a network may be a user's."""
    assert own_code_in(USERS[name]())


def test_a_model_is_a_value_with_its_weights():
    """A model that a function captures counts by structure and weights."""
    assert digest(network(seed=0)) == digest(network(seed=0))
    assert digest(network(seed=0)) != digest(network(seed=1))
    assert digest(network(seed=0)) != digest(network(seed=0, l2=0.2))


def test_an_unbuilt_model_is_refused():
    """What is not built has no weights to start from."""
    with pytest.raises(Unidentifiable, match="is not built: build it"):
        identify_network(compiled(keras.Sequential([layers.Dense(1)])))


@pytest.mark.parametrize(
    ("setting", "change", "value"),
    [
        ("epsilon", keras.config.set_epsilon, 1e-5),
        ("floatx", keras.config.set_floatx, "float64"),
        ("image_data_format", keras.config.set_image_data_format, "channels_first"),
        ("dtype_policy", keras.config.set_dtype_policy, "mixed_bfloat16"),
    ],
)
def test_global_settings_follow_keras(setting, change, value):
    """What a user sets for the whole process is in the settings."""
    before = global_settings()[setting]
    change(value)
    try:
        assert global_settings()[setting] == value
    finally:
        change(before)
