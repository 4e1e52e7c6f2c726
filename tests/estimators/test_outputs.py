"""What a network's outputs mean: losses, targets, probabilities."""

import keras
import numpy as np
import pytest
from scipy.special import expit, softmax

from kerascnn import CNNClassifier
from kerascnn.estimators.outputs import Outputs, outputs_of, probabilities


def ending(units: int, activation: str | None):
    """Return a builder of a dense network that ends in so many units."""

    def builder(input_shape, n_classes):
        return keras.Sequential(
            [
                keras.Input(input_shape),
                keras.layers.Flatten(),
                keras.layers.Dense(units, activation=activation),
            ]
        )

    return builder


def quick(builder, **parameters) -> CNNClassifier:
    """Return a classifier that learns within a few steps."""
    return CNNClassifier(
        builder, optimizer="sgd", learning_rate=0.5, epochs=15, random_state=0, **parameters
    )


@pytest.fixture(scope="module")
def two_digits(three_digits):
    """Return the images of 0 and 1, their labels as strings."""
    X, y = three_digits
    return X[y < 2], np.array(["nought", "one"])[y[y < 2]]


@pytest.mark.parametrize(
    ("units", "activation", "loss"),
    [
        (1, "sigmoid", "binary_crossentropy"),
        (1, None, "binary_crossentropy"),
        (2, "softmax", "sparse_categorical_crossentropy"),
        (2, None, "sparse_categorical_crossentropy"),
    ],
)
def test_each_kind_of_output_learns_two_classes(two_digits, units, activation, loss):
    """The loss follows from the outputs, and is computed from logits where they are logits."""
    X, y = two_digits
    estimator = quick(ending(units, activation)).fit(X, y)
    found = estimator.predict_proba(X)
    assert estimator.model_.loss.name == loss
    assert estimator.model_.loss.get_config()["from_logits"] == (activation is None)
    assert estimator.score(X, y) == 1
    assert found.shape == (len(X), 2)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(("units", "activation"), [(1, "sigmoid"), (1, None), (2, None)])
def test_accuracy_in_the_history_is_that_of_the_predictions(two_digits, units, activation):
    """Validation accuracy after the last epoch equals the score on the same images."""
    X, y = two_digits
    y = np.roll(y, len(y) // 3)  # not learnable: the accuracy is somewhere in the middle
    estimator = quick(ending(units, activation)).fit(X, y, validation_data=(X, y))
    assert estimator.history_["val_accuracy"][-1] == pytest.approx(estimator.score(X, y))


@pytest.mark.parametrize(
    "loss",
    [
        "sparse_categorical_crossentropy",
        "categorical_crossentropy",
        "CategoricalCrossentropy",
        "mse",
        "mean_squared_error",
        keras.losses.CategoricalCrossentropy(),
        keras.losses.mean_squared_error,
    ],
)
def test_losses_by_name_and_instance_learn_three_classes(three_digits, loss):
    """Each gets targets of the shape it wants."""
    X, y = three_digits
    assert quick(ending(3, "softmax"), loss=loss).fit(X, y).score(X, y) > 0.95


def test_sparse_and_one_hot_cross_entropy_are_the_same(three_digits):
    """Both train to the same probabilities."""
    X, y = three_digits
    sparse, one_hot = (
        quick(ending(3, None), loss=f"{kind}categorical_crossentropy").fit(X, y).predict_proba(X)
        for kind in ("sparse_", "")
    )
    np.testing.assert_allclose(sparse, one_hot, atol=1e-5)


def test_encode_gives_what_the_loss_wants(three_digits):
    """Class numbers for sparse losses, one-hot rows for others, a column for one output."""
    X, y = three_digits
    sparse = quick(ending(3, None)).initialize(X, y).encode(y[:4])
    one_hot = quick(ending(3, "softmax"), loss="mse").initialize(X, y).encode(y[:4])
    column = quick(ending(1, None)).initialize(X[y < 2], y[y < 2]).encode([1, 0])
    assert (sparse.dtype, sparse.tolist()) == (np.int32, y[:4].tolist())
    assert (one_hot.dtype, one_hot.tolist()) == (np.float32, np.eye(3)[y[:4]].tolist())
    assert (column.dtype, column.tolist()) == (np.float32, [[1], [0]])


@pytest.mark.parametrize(
    ("units", "activation", "loss", "message"),
    [
        (4, "softmax", None, "output shape is \\(None, 4\\), but y has 3 classes: it must be"),
        (1, "sigmoid", None, "output shape is \\(None, 1\\), but y has 3 classes"),
        (3, "sigmoid", None, "ends in sigmoid over 3 outputs"),
        (3, "softmax", "binary_crossentropy", "needs 1 output, but the model has 3"),
        (
            3,
            None,
            keras.losses.SparseCategoricalCrossentropy(),
            "puts out logits, but the loss has from_logits=False",
        ),
    ],
)
def test_outputs_that_do_not_fit_are_refused(three_digits, units, activation, loss, message):
    """The error tells the outputs, the classes and what would fit."""
    with pytest.raises(ValueError, match=message):
        quick(ending(units, activation), loss=loss).fit(*three_digits)


@pytest.mark.parametrize(
    ("activation", "loss", "message"),
    [
        ("softmax", None, "a softmax over one output is always 1"),
        ("sigmoid", "sparse_categorical_crossentropy", "needs an output per class"),
        (None, "mse", "needs a sigmoid at the model's end"),
    ],
)
def test_one_output_that_does_not_fit_is_refused(two_digits, activation, loss, message):
    """A single output has its own conditions."""
    with pytest.raises(ValueError, match=message):
        quick(ending(1, activation), loss=loss).fit(*two_digits)


def test_probabilities_are_scipys_softmax_and_sigmoid():
    """Logits go through SciPy's functions; probabilities stay as they are."""
    outputs = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    one = outputs[:, :1]
    np.testing.assert_array_equal(probabilities(outputs, True), softmax(outputs, axis=1))
    np.testing.assert_array_equal(probabilities(outputs, False), outputs)
    np.testing.assert_array_equal(probabilities(one, True), np.hstack([1 - expit(one), expit(one)]))
    assert probabilities(np.array([[0.25]]), False).tolist() == [[0.75, 0.25]]


@pytest.mark.parametrize(
    ("layer", "from_logits"),
    [
        (keras.layers.Softmax(), False),
        (keras.layers.Activation("softmax"), False),
        (keras.layers.Activation("linear"), True),
        (keras.layers.Reshape((3,)), True),
    ],
    ids=["softmax layer", "softmax", "linear", "reshape"],
)
def test_the_last_activation_is_found_in_any_layer(layer, from_logits):
    """Activation layers, and models inside models, are looked into."""
    inputs = keras.Input((4,))
    inner = keras.Model(inputs, layer(keras.layers.Dense(3)(inputs)))
    outer = keras.Sequential([keras.Input((4,)), inner])
    expected = Outputs(3, 3, from_logits)
    assert outputs_of(inner, 3) == expected
    assert outputs_of(outer, 3) == expected
