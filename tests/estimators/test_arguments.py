"""Bad input: one clear error each, before anything is built."""

import keras
import numpy as np
import pytest
from sklearn.base import clone

from kerascnn import CNNClassifier
from tests.networks import tiny_cnn

IMAGES = np.zeros((6, 8, 8, 1), np.float32)
LABELS = np.array([0, 1] * 3)


def untouchable(input_shape, n_classes, *, n_filters=1):
    """Return nothing: a builder that must not be reached."""
    raise AssertionError("something was built")


def without_l2(input_shape, n_classes):
    """Return nothing: a builder that takes no l2."""
    raise AssertionError("something was built")


def other(value):
    """Return IMAGES with one value in sample 3 changed."""
    changed = IMAGES.copy()
    changed[3, 0, 0, 0] = value
    return changed


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"model": "digit_cnn"}, "model='digit_cnn' is not a registered model: .*'digits_cnn'"),
        ({"model": 3}, "model=3 is not a builder"),
        ({"model": lambda: None}, "does not take \\(input_shape, n_classes\\)"),
        ({"learning_rat": 1}, "unknown parameter 'learning_rat': did you mean 'learning_rate'"),
        ({"model__n_filter": 3}, "'model__n_filter' .*did you mean 'model__n_filters'"),
        ({"optimizer__momentun": 3}, "did you mean 'optimizer__momentum'"),
        ({"fit__epoch": 3}, "did you mean 'fit__epochs'"),
        ({"compile__run_eager": 3}, "did you mean 'compile__run_eagerly'"),
        ({"predict__batch": 3}, "did you mean 'predict__batch_size'"),
        ({"models__n_filters": 3}, "unknown route 'models__n_filters': did you mean 'model'"),
        ({"optimizer": "sdg"}, "optimizer='sdg' is not a Keras optimizer: did you mean 'sgd'"),
        ({"loss": "mze"}, "loss='mze' is not a Keras loss: did you mean 'mse'"),
        ({"loss": 3}, "loss=3 must be the name of a Keras loss"),
        ({"epochs": 0}, "epochs=0 must be an integer of at least 1"),
        ({"epochs": 1.5}, "epochs=1.5 must be an integer"),
        ({"fit__epochs": -1}, "epochs=-1 must be an integer"),
        ({"batch_size": 0}, "batch_size=0 must be an integer of at least 1"),
        ({"batch_size": True}, "batch_size=True must be an integer"),
        ({"learning_rate": -0.1}, "learning_rate=-0.1 must be a finite number of at least 0"),
        ({"learning_rate": np.nan}, "learning_rate=nan must be a finite number"),
        ({"optimizer__learning_rate": -1}, "learning_rate=-1 must be"),
        ({"l2": -1}, "l2=-1 must be a finite number of at least 0"),
        ({"l2": "strong"}, "l2='strong' must be a finite number"),
        ({"model": without_l2, "l2": 0.1}, "l2=0.1, but model 'without_l2' has no argument l2"),
        ({"random_state": 1.5}, "random_state=1.5 must be None or an integer"),
        ({"random_state": -1}, "random_state=-1 must be"),
        ({"validation_split": 1}, "validation_split=1 must be a number from 0 to below 1"),
        ({"image_shape": (8, 0)}, "image_shape=\\(8, 0\\) must be None or integers of at least 1"),
        ({"class_weight": "even"}, "class_weight='even' must be None, 'balanced' or a dict"),
        ({"predict__batch_size": "a"}, "predict__batch_size='a' must be an integer of at least 1"),
        ({"predict__batch_size": 0}, "predict__batch_size=0 must be"),
        ({"predict__batch_size": -1}, "predict__batch_size=-1 must be"),
        ({"predict__batch_size": 2.5}, "predict__batch_size=2.5 must be"),
        ({"predict__verbose": "loud"}, "predict__verbose='loud' must be 'auto', 0, 1 or 2"),
        ({"verbose": None}, "verbose=None must be 'auto', 0, 1 or 2"),
        ({"fit__verbose": 3}, "fit__verbose=3 must be 'auto', 0, 1 or 2"),
        ({"fit__validation_freq": 0}, "fit__validation_freq=0 must be an integer of at least 1"),
        ({"fit__validation_freq": [0, 2]}, "fit__validation_freq=\\[0, 2\\] must be"),
        ({"compile__steps_per_execution": "a"}, "compile__steps_per_execution='a' must be an int"),
        ({"compile__run_eagerly": "no"}, "compile__run_eagerly='no' must be True or False"),
        ({"compile__jit_compile": "no"}, "compile__jit_compile='no' must be True, False or 'auto'"),
        ({"compile__auto_scale_loss": 2}, "compile__auto_scale_loss=2 must be True or False"),
        ({"optimizer__clipnorm": "a"}, "optimizer__clipnorm='a' must be None or a finite number"),
        ({"optimizer__clipvalue": -1}, "optimizer__clipvalue=-1 must be"),
        ({"optimizer__global_clipnorm": 0}, "optimizer__global_clipnorm=0 must be"),
        ({"optimizer__weight_decay": "a"}, "optimizer__weight_decay='a' must be"),
        ({"optimizer__momentum": "a"}, "optimizer__momentum='a' must be a finite number"),
        ({"optimizer__nesterov": "no"}, "optimizer__nesterov='no' must be True or False"),
        (
            {"optimizer__gradient_accumulation_steps": 1},
            "optimizer__gradient_accumulation_steps=1 must be None or an integer of at least 2",
        ),
        ({"shuffle": "no"}, "shuffle='no' must be True or False"),
        ({"warm_start": "no"}, "warm_start='no' must be True or False"),
        ({"callbacks": 3}, "callbacks=3 must be None, a Keras callback, or a list"),
        ({"fit__callbacks": [print]}, "fit__callbacks=.*print.* must be None, a Keras callback"),
        (
            {"optimizer": keras.optimizers.SGD(0.1), "optimizer__momentum": 0.5},
            "keeps its own arguments, but optimizer__momentum is set",
        ),
    ],
)
def test_a_wrong_parameter_is_named(parameters, message):
    """The error names the parameter, its value and the remedy."""
    estimator = CNNClassifier(**{"model": untouchable, "optimizer": "sgd", **parameters})
    with pytest.raises(ValueError, match=message):
        estimator.fit(IMAGES, LABELS)


@pytest.mark.parametrize("rate", [1, np.int64(1), np.float32(1), np.float64(1)])
@pytest.mark.parametrize("name", ["learning_rate", "optimizer__learning_rate"])
def test_a_learning_rate_may_be_any_number(name, rate):
    """It reaches Keras as a float."""
    estimator = CNNClassifier(tiny_cnn, optimizer="sgd", epochs=1, **{name: rate})
    assert float(estimator.fit(IMAGES, LABELS).model_.optimizer.learning_rate) == 1.0


@pytest.mark.parametrize(
    "parameters",
    [
        {"optimizer__momentum": 0},
        {"optimizer__momentum": np.float32(0.5), "optimizer__weight_decay": np.float32(0.5)},
        {"l2": np.float32(0.5)},
        {"l2": 1, "model__n_filters": np.int64(2)},
        {"epochs": np.int64(1), "batch_size": np.int64(4), "predict__batch_size": np.int64(4)},
        {"validation_split": np.float32(0.5), "fit__validation_freq": np.int64(1)},
        {"loss": "categorical_crossentropy", "loss__label_smoothing": np.float32(0.1)},
        {"fit__validation_freq": (1, 2), "validation_split": 0.5},
        {"verbose": False, "predict__verbose": np.int64(0), "shuffle": np.bool_(False)},
    ],
)
def test_numbers_may_be_integers_or_numpys(parameters):
    """A grid made by NumPy holds such."""
    chosen = {"optimizer": "sgd", "learning_rate": 0.1, "epochs": 1, **parameters}
    assert len(CNNClassifier(tiny_cnn, **chosen).fit(IMAGES, LABELS).predict(IMAGES)) == 6


class Own(keras.optimizers.SGD):
    """An optimizer that hands arguments on to the class above it."""

    def __init__(self, scale=1.0, **arguments):
        super().__init__(**arguments)
        self.scale = scale


def test_an_optimizer_of_a_users_own_takes_what_its_base_takes():
    """Its `**arguments` are those of the class above it, and checked as such."""
    estimator = CNNClassifier(tiny_cnn, optimizer=Own, learning_rate=1, epochs=1)
    routes = {"optimizer__momentum": 0.5, "optimizer__scale": 2.0, "optimizer__clipvalue": 1}
    optimizer = estimator.set_params(**routes).fit(IMAGES, LABELS).model_.optimizer
    assert (optimizer.momentum, optimizer.scale, optimizer.clipvalue) == (0.5, 2.0, 1)
    with pytest.raises(ValueError, match="did you mean 'optimizer__momentum'"):
        estimator.set_params(optimizer__momentun=0.5)


def test_all_wrong_parameters_are_named_at_once():
    """Three mistakes make one error of three lines."""
    estimator = CNNClassifier(untouchable, epochs=0, batch_size=0, learning=1)
    with pytest.raises(ValueError, match="3 arguments are wrong") as caught:
        estimator.fit(IMAGES, LABELS)
    assert str(caught.value).count("\n- ") == 3


@pytest.mark.parametrize("name", ["learning_rat", "model__n_filter", "modle__n_filters"])
def test_setting_an_unknown_parameter_is_refused(name):
    """`set_params` answers at once, with the closest name."""
    with pytest.raises(ValueError, match="did you mean"):
        CNNClassifier().set_params(**{name: 1})


def test_a_new_models_arguments_can_be_set_with_it():
    """Routes are read beside the model that is set in the same call."""
    estimator = CNNClassifier().set_params(model=untouchable, model__n_filters=2)
    assert estimator.get_params()["model__n_filters"] == 2


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.zeros(6), LABELS, "Reshape your data"),
        (np.zeros((6, 2, 2, 2, 1)), LABELS, "X has 5 dimensions, shape \\(6, 2, 2, 2, 1\\)"),
        (np.zeros((0, 8, 8, 1)), [], "0 sample"),
        (other(np.nan), LABELS, "X\\[3\\] contains NaN; 1 of 6 samples do"),
        (other(-np.inf), LABELS, "X\\[3\\] contains infinity"),
        (IMAGES, LABELS[:5], "inconsistent numbers of samples: \\[6, 5\\]"),
        (IMAGES, np.zeros(6, int), r"y has only 1 class \(0\)"),
        (IMAGES, np.linspace(0, 1, 6), "Unknown label type: continuous"),
        (IMAGES, None, "requires y to be passed"),
    ],
)
def test_wrong_data_are_refused(X, y, message):
    """The error says what is wrong with X or y, and where."""
    with pytest.raises(ValueError, match=message):
        CNNClassifier(untouchable).fit(X, y)


@pytest.mark.parametrize(
    ("image_shape", "X", "message"),
    [
        ((4, 4, 1), np.zeros((6, 64)), "X has 64 features, but image_shape is \\(4, 4, 1\\)"),
        ((4, 4, 1), IMAGES, "X has samples of shape \\(8, 8, 1\\), but image_shape is"),
    ],
)
def test_an_image_shape_that_contradicts_the_data_is_refused(image_shape, X, message):
    """`image_shape` must fit the samples."""
    with pytest.raises(ValueError, match=message):
        CNNClassifier(untouchable, image_shape=image_shape).fit(X, LABELS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sample_weight": [1.0] * 5}, "sample_weight"),
        ({"sample_weight": [0.0] * 6}, "non-zero"),
        ({"sample_weight": [-1.0] * 6}, "[Nn]egative"),
        ({"validation_data": IMAGES}, "validation_data must be \\(X, y\\)"),
        ({"validation_data": (IMAGES, LABELS + 1)}, "previously unseen labels: "),
        ({"validation_data": (IMAGES[:, :7], LABELS)}, "samples of shape \\(7, 8, 1\\)"),
        ({"validation_data": (other(np.nan), LABELS)}, "X\\[3\\] contains NaN"),
    ],
)
def test_wrong_weights_and_validation_data_are_refused(arguments, message):
    """They are looked at before anything is built."""
    with pytest.raises(ValueError, match=message):
        CNNClassifier(untouchable).fit(IMAGES, LABELS, **arguments)


def test_validation_data_beside_a_split_are_refused():
    """One of the two has to go."""
    with pytest.raises(ValueError, match="validation_data or validation_split, not both"):
        CNNClassifier(untouchable, validation_split=0.5).fit(
            IMAGES, LABELS, validation_data=(IMAGES, LABELS)
        )


def test_another_shape_to_predict_is_refused():
    """The error tells both shapes."""
    estimator = CNNClassifier(tiny_cnn, epochs=1).initialize(IMAGES, LABELS)
    with pytest.raises(ValueError, match=r"shape \(8, 9, 1\).* fitted on .*\(8, 8, 1\)"):
        estimator.predict(np.zeros((2, 8, 9, 1)))
    with pytest.raises(ValueError, match="X has 65 features, but CNNClassifier is expecting 64"):
        estimator.predict(np.zeros((2, 65)))


@pytest.mark.parametrize("model", ["digits_cnn", tiny_cnn], ids=["registered", "own"])
def test_too_small_an_image_is_told_as_such(model):
    """Keras's words about a layer's negative size are replaced."""
    name = "digits_cnn" if model == "digits_cnn" else "tiny_cnn"
    with pytest.raises(ValueError, match=f"image 1×1 is too small for model '{name}'"):
        CNNClassifier(model).fit(np.zeros((6, 1, 1, 1)), LABELS)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (None, "returned None, not a Keras model"),
        ("compiled", "returned a compiled model: leave compiling to the estimator"),
    ],
)
def test_a_builder_must_return_an_uncompiled_model(returned, message):
    """Other results are refused by the builder's name."""

    def odd_builder(input_shape, n_classes):
        if returned is None:
            return None
        model = tiny_cnn(input_shape, n_classes)
        model.compile(loss="mse")
        return model

    with pytest.raises(ValueError, match=f"odd_builder.*{message}"):
        CNNClassifier(odd_builder).fit(IMAGES, LABELS)


class OwnCall(keras.Model):
    """A model whose outputs Keras does not know before it runs."""

    def __init__(self, n_classes):
        super().__init__()
        self.last = keras.layers.Dense(n_classes)

    def build(self, input_shape):
        """Make the weights."""
        self.last.build((None, 64))

    def call(self, inputs):
        """Return logits."""
        return self.last(keras.ops.reshape(inputs, (-1, 64)))


def test_a_model_with_a_call_of_its_own_is_refused():
    """The error says what to return instead."""
    with pytest.raises(ValueError, match=r"call of its own.*keras\.Model\(inputs, outputs\)"):
        CNNClassifier(lambda input_shape, n_classes: OwnCall(n_classes)).fit(IMAGES, LABELS)


class Sized(CNNClassifier):
    """A subclass with a parameter of its own, the others handed on."""

    def __init__(self, n_filters=4, **parameters):
        super().__init__(**parameters)
        self.n_filters = n_filters


class Narrow(CNNClassifier):
    """A subclass that keeps parameters from its users."""

    def __init__(self, learning_rate=0.1):
        super().__init__(learning_rate=learning_rate)


def test_a_subclass_that_hands_parameters_on_has_them_all():
    """Its own, those of CNNClassifier and routes are got, set and cloned."""
    sized = clone(Sized(8, epochs=2, optimizer__clipnorm=1.0)).set_params(l2=0.1)
    expected = {**CNNClassifier().get_params(), "n_filters": 8, "epochs": 2, "l2": 0.1}
    assert sized.get_params() == {**expected, "optimizer__clipnorm": 1.0}
    sized.check_arguments()


def test_a_subclass_without_parameters_that_training_needs_is_told_so():
    """One error names them, and the remedy."""
    with pytest.raises(ValueError, match=r"Narrow does not take .*l2.* let it take \*\*param"):
        Narrow().fit(np.zeros((4, 8, 8, 1)), [0, 1, 0, 1])
