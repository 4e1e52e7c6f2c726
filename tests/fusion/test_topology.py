"""What can be stacked, what cannot and why, and what can be stacked with what."""

import keras
import pytest
from keras import layers
from keras.metrics import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy
from keras.optimizers import SGD, Adam
from keras.regularizers import L1, L1L2, L2

from kerascnn.fusion import refusal, topology


def network(*middle, first=None, regularizer=None, last="softmax", name=None):
    """Return a builder of a network with a few things to change."""

    def build():
        conv = layers.Conv2D(2, 3, kernel_regularizer=regularizer, name=name)
        end = [layers.Flatten(), layers.Dense(3, activation=last)]
        return keras.Sequential([keras.Input((6, 6, 1)), first or conv, *middle, *end])

    return build


def test_a_plain_network_is_stacked(compiled):
    """There is nothing to say against it."""
    assert refusal(compiled(network())) is None


class OwnDense(layers.Dense):
    """A subclass, which may compute anything."""


def own_relu(x):
    """Return what Keras's function returns."""
    return keras.activations.relu(x)


REFUSED_LAYERS = {
    "a further convolution": (layers.Conv2D(2, 1, name="l"), "no rule for stacking"),
    "dropout": (layers.Dropout(0.5, name="l"), "no rule for stacking"),
    "a normalization": (layers.BatchNormalization(name="l"), "no rule for stacking"),
    "a softmax layer": (layers.Softmax(axis=1, name="l"), "no rule for stacking"),
    "a subclass": (OwnDense(2, name="l"), r"\(OwnDense\) has no rule for stacking"),
    "a nested model": (
        keras.Sequential([keras.Input((4, 4, 2)), layers.ReLU()], name="l"),
        r"\(Sequential\) has no rule for stacking",
    ),
    "a PReLU as activation": (
        layers.Activation(layers.PReLU(), name="l"),
        "has activation 'PReLU', which has no rule here",
    ),
    "an activation of a user's": (
        layers.Dense(2, activation=own_relu, name="l"),
        "has activation 'own_relu'",
    ),
    "a softmax that is not the last": (
        layers.Dense(2, activation="softmax", name="l"),
        "has activation 'softmax'",
    ),
    "a mean over samples": (
        layers.Activation("log_softmax", name="l"),
        "has activation 'log_softmax'",
    ),
    "half precision": (layers.ReLU(dtype="float16", name="l"), "computes in float16"),
    "channels in front": (
        layers.MaxPooling2D(2, data_format="channels_first", name="l"),
        "has data_format='channels_first'",
    ),
    "an activity regularizer": (
        layers.Dense(2, activity_regularizer="l2", name="l"),
        "has an activity_regularizer",
    ),
    "a scale per channel": (layers.Rescaling([1.0, 2.0], name="l"), "has a scale that is not a"),
}


@pytest.mark.parametrize("name", REFUSED_LAYERS)
def test_a_layer_that_is_not_on_the_list_is_named(name, compiled):
    """The sentence names the layer and what is the matter with it."""
    layer, reason = REFUSED_LAYERS[name]
    with pytest.raises(AssertionError, match=f"layer 'l' .*{reason}|layer 'l' {reason}"):
        assert refusal(compiled(network(layer))) is None, refusal(compiled(network(layer)))


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (layers.Conv2D(2, 5, name="l"), "layer 'l' has patches of 25 values, more than 16"),
        (layers.Conv2D(2, 3, activation="softmax", name="l"), "layer 'l' has activation 'softmax'"),
        (layers.Conv2D(2, 3, activation=lambda x: x, name="l"), "has activation '<lambda>'"),
        (layers.DepthwiseConv2D(3, name="l"), "layer 'l' (DepthwiseConv2D) has no rule"),
    ],
)
def test_a_first_convolution_that_is_no_small_product_is_named(first, reason, compiled):
    """Large patches, and activations that know of samples."""
    assert reason in refusal(compiled(network(first=first)))


def test_groups_and_causal_padding_are_not_stacked(compiled):
    """Neither is a product with whole patches."""

    def sequence(conv):
        end = [layers.Flatten(), layers.Dense(3)]
        return compiled(lambda: keras.Sequential([keras.Input((9, 2)), conv, *end]))

    assert "has groups=2" in refusal(sequence(layers.Conv1D(2, 3, groups=2)))
    assert "padding='causal'" in refusal(sequence(layers.Conv1D(2, 3, padding="causal")))


def test_a_call_of_a_users_own_is_not_stacked(compiled):
    """On a layer, and on a model."""
    model = compiled(network())
    model.layers[-1].call = lambda x: x
    assert "has a call of its own" in refusal(model)
    model = compiled(network())
    model.train_step = lambda data: {}
    assert refusal(model) == "the model has a train_step of its own"


def test_weights_that_are_more_than_plain_are_not_stacked(compiled):
    """Frozen, constrained, regularized in another way, beside the layers, or in LoRA's parts."""
    dense = {
        "is not trained": layers.Dense(2, trainable=False),
        "has a constraint": layers.Dense(2, kernel_constraint="non_neg"),
        "has regularizer OrthogonalRegularizer": layers.Dense(
            2, kernel_regularizer=keras.regularizers.OrthogonalRegularizer()
        ),
    }
    for reason, layer in dense.items():
        assert reason in refusal(compiled(network(layer)))
    model = compiled(network())
    model.layers[-1].enable_lora(1)
    assert "has LoRA weights" in refusal(model)
    model = compiled(network())
    model.factor = keras.Variable(1.0)
    assert refusal(model) == "the model has variables beside its layers' weights"
    model = compiled(lambda: keras.Sequential([keras.Input((3,)), layers.ReLU()]))
    assert refusal(model) == "the model has no weights"


def test_other_dtypes_are_not_stacked(compiled):
    """Of the input, and of Keras itself."""
    whole = [keras.Input((4,), dtype="uint8"), layers.Dense(2)]
    assert refusal(compiled(lambda: keras.Sequential(whole))) == "the input's dtype is uint8"
    model = compiled(network())
    keras.config.set_floatx("float64")
    try:
        assert refusal(model) == "keras.config.floatx() is float64"
    finally:
        keras.config.set_floatx("float32")


@pytest.mark.parametrize(
    ("optimizer", "reason"),
    [
        (keras.optimizers.AdamW(), "optimizer AdamW has no rule"),
        (keras.optimizers.RMSprop(), "optimizer RMSprop has no rule"),
        (SGD(use_ema=True), "optimizer SGD has use_ema=True"),
        (Adam(gradient_accumulation_steps=2), "gradient_accumulation_steps=2"),
        (Adam(loss_scale_factor=2.0), "loss_scale_factor=2.0"),
        (Adam(weight_decay=0.1), "weight_decay=0.1"),
        (SGD(clipnorm=1.0), "clipnorm=1.0"),
        (SGD(global_clipnorm=1.0), "global_clipnorm=1.0"),
        (SGD(clipvalue=1.0), "clipvalue=1.0"),
        (SGD(keras.optimizers.schedules.CosineDecay(0.1, 9)), "rate that is not a number"),
    ],
)
def test_an_optimizer_without_a_rule_is_named(optimizer, reason, compiled):
    """Other kinds, and settings that change an update."""
    assert reason in refusal(compiled(network(), optimizer))


def test_an_optimizer_that_is_under_way_is_not_stacked(compiled):
    """A lane would begin with new slots and no steps."""
    optimizer = Adam()
    optimizer.iterations.assign(3)
    assert refusal(compiled(network(), optimizer)) == "optimizer Adam has already taken steps"


@pytest.mark.parametrize(
    ("loss", "reason"),
    [
        ("huber", "loss 'huber' has no rule"),
        ("crossentropy", "loss 'crossentropy' has no rule"),
        (lambda y, p: p, "loss '<lambda>' has no rule"),
        (keras.losses.MeanSquaredError(reduction="sum"), "reduction='sum'"),
        (keras.losses.MeanSquaredError(dtype="float16"), "computes in float16"),
        (keras.losses.SparseCategoricalCrossentropy(axis=1), "axis=1"),
        (keras.losses.SparseCategoricalCrossentropy(ignore_class=2), "ignores a class"),
        (["mse"], "no single loss"),
    ],
)
def test_a_loss_without_a_rule_is_named(loss, reason, compiled):
    """Other losses, other ways to reduce them, other axes."""
    assert reason in refusal(compiled(network(), loss=loss))


@pytest.mark.parametrize(
    ("metrics", "outputs", "reason"),
    [
        (None, 3, "not accuracy alone"),
        (["accuracy", "mse"], 3, "not accuracy alone"),
        (["mse"], 3, "not accuracy alone"),
        ([SparseCategoricalAccuracy("hits")], 3, "not accuracy alone"),
        ([BinaryAccuracy("accuracy")], 3, "BinaryAccuracy does not fit"),
        ([CategoricalAccuracy("accuracy")], 1, "CategoricalAccuracy does not fit"),
    ],
)
def test_only_accuracy_is_computed(metrics, outputs, reason):
    """A lane's history would lack another metric, or have one that the fit has not."""
    model = keras.Sequential([keras.Input((4,)), layers.Dense(outputs)])
    model.compile(SGD(), "mse", metrics=metrics)
    assert reason in refusal(model)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"run_eagerly": True}, "run_eagerly=True"),
        ({"jit_compile": True}, "jit_compile=True"),
        ({"loss_weights": 2.0}, "loss_weights or weighted_metrics"),
        ({"weighted_metrics": ["mse"]}, "loss_weights or weighted_metrics"),
    ],
)
def test_a_model_compiled_in_another_way_is_not_stacked(options, reason):
    """Every option that changes what a step does is named."""
    model = network()()
    assert refusal(model) == "the model is not compiled"
    model.compile(SGD(), "mse", metrics=["accuracy"], **options)
    assert reason in refusal(model)


def test_models_that_are_more_than_a_chain_are_not_stacked(compiled):
    """Own classes, several inputs, branches, shared layers, operations between layers."""

    class Own(keras.Model):
        def train_step(self, data):
            return {}

    one, two = keras.Input((4,), name="one"), keras.Input((4,), name="two")
    shared, branch = layers.Dense(4, name="shared"), layers.Dense(4)(one)
    nested = keras.Sequential([keras.Input((4,)), shared])
    cases = {
        "model class 'Own' may define its own training": lambda: Own(one, layers.Dense(3)(one)),
        "has several inputs or outputs": lambda: keras.Model([one, two], layers.Add()([one, two])),
        "layer 'add' has 2 inputs": lambda: keras.Model(one, layers.Add(name="add")([one, branch])),
        "stands outside a layer": lambda: keras.Model(one, layers.Dense(3)(one * 2.0)),
        "(Sequential) has no rule": lambda: keras.Sequential([keras.Input((4,)), nested, shared]),
        "is called with training=True": lambda: keras.Model(
            one, layers.ReLU()(layers.Dense(3)(one), training=True)
        ),
    }
    for reason, build in cases.items():
        assert reason in refusal(compiled(build))
    again = keras.Model(one, shared(shared(one)))
    assert "layer 'shared' is used more than once" in refusal(compiled(lambda: again))


def test_shapes_that_are_not_known_are_not_stacked(compiled):
    """Images of any size, and outputs that are images."""
    free = keras.Sequential(
        [keras.Input((None, None, 1)), layers.GlobalMaxPooling2D(), layers.Dense(2)]
    )
    picture = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(2, 1)])
    assert "shape (None, None, None, 1) is not fixed" in refusal(compiled(lambda: free))
    assert "is not (batch, outputs)" in refusal(compiled(lambda: picture))


def test_lanes_share_a_stack_whatever_their_strengths(compiled):
    """L2, names, seeds, initializers and the learning rate are a lane's own."""
    left = compiled(network(regularizer=L2(0.1)), SGD(0.1), seed=1)
    right = compiled(network(regularizer=L2(0.0), name="other"), SGD(0.2), seed=2)
    assert topology(left) == topology(right)
    assert hash(topology(left)) == hash(topology(right))


@pytest.mark.parametrize(
    ("builder", "optimizer", "loss"),
    [
        (network(first=layers.Conv2D(3, 3)), SGD(), None),
        (network(layers.ReLU()), SGD(), None),
        (network(regularizer=L2(0.1)), SGD(), None),
        (network(last="sigmoid"), SGD(), None),
        (network(), SGD(momentum=0.9), None),
        (network(), SGD(momentum=0.9, nesterov=True), None),
        (network(), Adam(), None),
        (network(), SGD(), keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
        (network(), SGD(), "mse"),
    ],
)
def test_lanes_of_other_structure_do_not_share_a_stack(builder, optimizer, loss, compiled):
    """Layers, penalties' presence, the optimizer's kind and other settings, the loss."""
    loss = loss or "sparse_categorical_crossentropy"
    assert topology(compiled(builder, optimizer, loss)) != topology(compiled(network(), SGD()))


def test_a_penalty_with_l1_is_another_structure_than_one_without(compiled):
    """Otherwise a stack built for L2 alone would leave a lane's L1 out."""
    keys = [topology(compiled(network(regularizer=r))) for r in (L2(0.1), L1L2(0.1, 0.1), L1(0.1))]
    assert keys[0] != keys[1] == keys[2]
