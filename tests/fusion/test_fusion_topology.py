"""What can be fused, what cannot and why, and what can be fused with what."""

import keras
import pytest
from keras import layers
from keras.optimizers import SGD, Adam
from keras.regularizers import L1, L1L2, L2

from kerascnn.fusion import refusal, topology


def network(*middle, filters=2, regularizer=None, rate=0.5, name=None):
    """Return a builder of a network with a few things to change."""

    def build():
        return keras.Sequential(
            [
                keras.Input((6, 6, 1)),
                layers.Conv2D(filters, 3, kernel_regularizer=regularizer, name=name),
                *middle,
                layers.Dropout(rate),
                layers.Flatten(),
                layers.Dense(3, activation="softmax"),
            ]
        )

    return build


def test_a_plain_network_is_fused(compiled):
    """There is nothing to say against it."""
    assert refusal(compiled(network())) is None


@pytest.mark.parametrize(
    ("middle", "reason"),
    [
        (layers.MultiHeadAttention(1, 2, name="attention"), "layer 'attention'"),
        (layers.RandomFlip(name="flip"), r"layer 'flip' \(RandomFlip\)"),
        (layers.GaussianNoise(0.1, name="noise"), r"layer 'noise' \(GaussianNoise\)"),
        (layers.Dropout(1.0, name="all"), "layer 'all' drops everything"),
        (layers.Dropout(0.2, noise_shape=(None, 1, 1, 2), name="d"), "layer 'd' has a noise_shape"),
        (layers.ReLU(dtype="float16", name="r"), "layer 'r' computes in float16"),
        (
            layers.Dense(2, activity_regularizer="l2", name="d"),
            "layer 'd' has activity_regularizer",
        ),
        (layers.Conv2D(2, 1, kernel_constraint="non_neg", name="c"), "layer 'c' has kernel_constr"),
        (
            layers.Conv2D(2, 1, kernel_regularizer=keras.regularizers.OrthogonalRegularizer()),
            "has regularizer OrthogonalRegularizer",
        ),
    ],
)
def test_a_layer_without_a_rule_is_named(middle, reason, compiled):
    """The sentence names the layer and what is the matter with it."""
    if isinstance(middle, layers.MultiHeadAttention):
        inputs = keras.Input((4, 2))
        outputs = layers.Dense(3)(layers.Flatten()(middle(inputs, inputs)))
        model = compiled(lambda: keras.Model(inputs, outputs))
    else:
        model = compiled(network(middle))
    with pytest.raises(AssertionError, match=reason):
        assert refusal(model) is None, refusal(model)


@pytest.mark.parametrize(
    ("optimizer", "reason"),
    [
        (keras.optimizers.Lamb(), "optimizer Lamb has no rule"),
        (SGD(use_ema=True), "optimizer SGD has use_ema=True"),
        (Adam(gradient_accumulation_steps=2), "gradient_accumulation_steps=2"),
    ],
)
def test_an_optimizer_without_a_rule_is_named(optimizer, reason, compiled):
    """Trust ratios, moving averages and accumulation."""
    assert reason in refusal(compiled(network(), optimizer))


@pytest.mark.parametrize(
    ("loss", "reason"),
    [
        ("huber", "loss 'huber' has no rule"),
        (lambda y, p: p, "loss '<lambda>' has no rule"),
        (keras.losses.MeanSquaredError(reduction="sum"), "reduction='sum'"),
        (keras.losses.SparseCategoricalCrossentropy(ignore_class=2), "ignores a class"),
    ],
)
def test_a_loss_without_a_rule_is_named(loss, reason, compiled):
    """Other losses, and other ways to reduce them."""
    assert reason in refusal(compiled(network(), loss=loss))


def test_models_that_are_more_than_layers_are_not_fused(compiled):
    """Own training steps, several inputs, shared layers, operations between layers."""

    class Own(keras.Model):
        def train_step(self, data):
            return {}

    one, two = keras.Input((4,), name="one"), keras.Input((4,), name="two")
    shared = layers.Dense(4, name="shared")
    cases = {
        "model class 'Own' may define its own training": lambda: Own(one, layers.Dense(3)(one)),
        "has several inputs or outputs": lambda: keras.Model([one, two], layers.Add()([one, two])),
        "layer 'shared' is used more than once": lambda: keras.Model(one, shared(shared(one))),
        "stands outside a layer": lambda: keras.Model(one, layers.Dense(3)(one * 2.0)),
    }
    for reason, build in cases.items():
        assert reason in refusal(compiled(build))


def test_shapes_that_are_not_known_are_not_fused(compiled):
    """Images of any size, and outputs that are images."""
    free = keras.Sequential(
        [keras.Input((None, None, 1)), layers.GlobalMaxPooling2D(), layers.Dense(2)]
    )
    picture = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(2, 1)])
    assert "shape (None, None, None, 1) is not fixed" in refusal(compiled(lambda: free))
    assert "is not (batch, outputs)" in refusal(compiled(lambda: picture))


def test_models_compiled_to_run_eagerly_or_not_at_all_are_not_fused(compiled):
    """Neither can be compiled into a stack."""
    model = network()()
    assert refusal(model) == "the model is not compiled"
    model.compile(loss="mse", run_eagerly=True)
    assert "run_eagerly" in refusal(model)
    model.compile(loss="mse", loss_weights=2.0)
    assert "loss_weights" in refusal(model)


def test_lanes_share_a_stack_whatever_their_strengths(compiled):
    """L2, dropout rate, names, seeds, rate, weight decay and clipping strength are a lane's own."""
    left = compiled(
        network(regularizer=L2(0.1), rate=0.1), SGD(0.1, weight_decay=0.1, clipnorm=1.0), seed=1
    )
    right = compiled(
        network(regularizer=L2(0.0), rate=0.0, name="other"),
        SGD(0.2, weight_decay=0.2, clipnorm=2.0),
        seed=2,
    )
    assert topology(left) == topology(right)
    assert hash(topology(left)) == hash(topology(right))


@pytest.mark.parametrize(
    ("builder", "optimizer", "loss"),
    [
        (network(filters=3), SGD(), None),
        (network(layers.ReLU()), SGD(), None),
        (network(regularizer=L2(0.1)), SGD(), None),
        (network(), SGD(momentum=0.9), None),
        (network(), SGD(nesterov=True), None),
        (network(), SGD(clipnorm=1.0), None),
        (network(), SGD(weight_decay=0.1), None),
        (network(), Adam(), None),
        (network(), SGD(), keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
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


def test_graphs_with_the_same_layers_but_other_links_differ(compiled):
    """The links are part of the topology."""

    def build(straight):
        inputs = keras.Input((4,))
        first = layers.Dense(4)(inputs)
        second = layers.Dense(4)(first if straight else inputs)
        return keras.Model(inputs, layers.Dense(3)(layers.Add()([first, second])))

    assert topology(compiled(lambda: build(True))) != topology(compiled(lambda: build(False)))
