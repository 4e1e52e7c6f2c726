"""What is private in other libraries is still there, and still works as it is used."""

import ast
import inspect
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.dummy import DummyClassifier
from sklearn.metrics import check_scoring, get_scorer

import kerascnn
from tests.networks import tiny_cnn

# Helpers are imported by the tests that use them, so that a part that is gone is named below.


@dataclass(frozen=True)
class Part:
    """A private part of a library.

    Attributes:
        library: the name it is installed by.
        path: where it is, in the notation of `pkgutil.resolve_name`, or an example of `EXAMPLES`
            with its attribute.
        use: what needs it, in words that end the sentence "…, which …".
        takes: the arguments that it is called with.
    """

    library: str
    path: str
    use: str
    takes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.path


def _compiled_network() -> keras.Model:
    network = tiny_cnn((8, 8, 1), 3)
    loss = keras.losses.SparseCategoricalCrossentropy()
    network.compile("sgd", loss, metrics=["accuracy"])
    return network


EXAMPLES = {
    "a network": _compiled_network,
    "a network's output": lambda: _compiled_network().outputs[0],
    "a graph": lambda: branching_network()[0],
    "a network's metrics": lambda: _compiled_network()._compile_metrics,
    "a network's loss": lambda: _compiled_network()._compile_loss,
    "a layer": lambda: _compiled_network().layers[0],
    "a callback": keras.callbacks.Callback,
    "a compiled function": lambda: tf.function(len),
    "a loss": keras.losses.SparseCategoricalCrossentropy,
    "an image layer's backend": lambda: keras.layers.RandomFlip().backend,
    "a layer's call": lambda: _compiled_network().layers[0]._inbound_nodes[0],
    "an optimizer": lambda: _compiled_network().optimizer,
    "the context": lambda: resolve_name("tensorflow.python.eager:context").context(),
}

SEARCH = "sklearn.model_selection:GridSearchCV"
VALIDATION = "sklearn.model_selection._validation"
SCORERS = "sklearn.metrics._scorer"
WRAPPER = "scikeras.wrappers:BaseWrapper"
UTILS = "scikeras._utils"

SCIKIT_LEARN: dict[str, Any] = {
    "sklearn.callback._callback_support:callback_management_context": (
        "tears a search's callbacks down",
        ("estimator",),
    ),
    f"{SCORERS}:_BaseScorer": ("tells scorers that look at predictions only", ()),
    f"{SCORERS}:_MultimetricScorer": ("tells scorers of several metrics", ("scorers",)),
    f"{SCORERS}:_PassthroughScorer": ("tells an estimator's own score method", ("estimator",)),
    f"{VALIDATION}:_fit_and_score": (
        "fits a candidate on a split in the serial engine",
        (
            *("estimator", "X", "y", "scorer", "train", "test", "verbose", "parameters"),
            *("fit_params", "score_params", "return_train_score", "return_n_test_samples"),
            *("return_times", "return_estimator", "error_score"),
        ),
    ),
    f"{VALIDATION}:_insert_error_scores": (
        "gives failed fits a score per metric",
        ("results", "error_score"),
    ),
    f"{VALIDATION}:_score": (
        "scores fits of engines that train many at once",
        ("estimator", "X_test", "y_test", "scorer", "score_params", "error_score"),
    ),
    f"{VALIDATION}:_warn_or_raise_about_fit_failures": (
        "warns of failed fits",
        ("results", "error_score"),
    ),
    "sklearn.utils.metaestimators:_safe_split": (
        "picks the samples of a split",
        ("estimator", "X", "y", "indices", "train_indices"),
    ),
    "sklearn.utils.validation:_check_method_params": (
        "cuts sample weights to a split",
        ("X", "params", "indices"),
    ),
    "sklearn.utils.validation:_check_sample_weight": (
        "checks sample weights in CNNClassifier",
        ("sample_weight", "X", "dtype", "ensure_non_negative"),
    ),
    "sklearn.base:BaseEstimator._get_param_names": ("lists CNNClassifier's parameters", ()),
    f"{SEARCH}._init_callback_context": ("sets a search's callbacks up", ("max_subtasks",)),
    "sklearn.model_selection._search:BaseSearchCV": ("is what searches have in common", ()),
    f"{SEARCH}._run_search": ("calls a search's evaluator", ("evaluate_candidates",)),
    f"{SEARCH}._check_input_parameters": (
        "checks a halving search's splits and resources",
        ("X", "y", "split_params"),
    ),
    f"{SEARCH}._validate_params": ("validates a search's arguments", ()),
    f"{SEARCH}._get_scorers": ("reads a search's scoring", ()),
    f"{SEARCH}._get_routed_params_for_fit": ("routes what `fit` of a search takes", ("params",)),
    f"{SEARCH}._format_results": (
        "makes cv_results_",
        ("candidate_params", "n_splits", "out", "more_results"),
    ),
    f"{SEARCH}._check_refit_for_multimetric": ("checks refit of several metrics", ("scores",)),
    f"{SEARCH}._select_best_index": (
        "chooses the best candidate",
        ("refit", "refit_metric", "results"),
    ),
}

KERAS: dict[str, Any] = {
    "keras.src.backend.common.global_state:get_global_attribute": (
        "saves global random state",
        ("name",),
    ),
    "keras.src.backend.common.global_state:set_global_attribute": (
        "restores global random state",
        ("name", "value"),
    ),
    "keras.src.models.functional:Functional": ("tells graphs of layers", ()),
    "keras.src.layers.preprocessing.image_preprocessing.base_image_preprocessing_layer:"
    "BaseImagePreprocessingLayer": ("tells layers that transform images", ()),
    "keras.src.utils.backend_utils:DynamicBackend": ("copies users' image layers", ("backend",)),
    "an image layer's backend:_backend": ("copies users' image layers", ()),
    "a layer:_flatten_layers": ("finds the seed generators within a layer", ()),
    "a network's output:_keras_history": ("finds the layer that makes the output", ()),
    "a layer:_inbound_nodes": ("finds a layer's calls", ()),
    "a layer:_layers": ("finds the layers within a layer", ()),
    "a layer's call:input_tensors": ("reads what a layer is called with", ()),
    "a layer's call:arguments": ("reads what a layer is called with", ()),
    "a layer's call:operation": ("finds the frozen front of a network", ()),
    "a layer's call:is_input": ("finds the frozen front of a network", ()),
    "a layer's call:outputs": ("reads what a layer's call makes", ()),
    "a network:_compile_loss": ("reads what a network is compiled with", ()),
    "a network:_compile_metrics": ("reads what a network is compiled with", ()),
    "a network's loss:_user_loss": ("reads the loss that was given", ()),
    "a network's loss:_user_loss_weights": ("reads loss_weights", ()),
    "a network's metrics:_user_metrics": ("reads the metrics that were given", ()),
    "a network's metrics:_user_weighted_metrics": ("reads weighted_metrics", ()),
    "a network:_functional": ("identifies the graph of a Sequential model", ()),
    "a graph:_nodes_by_depth": ("identifies the calls of a graph's layers", ()),
    "a graph:_inputs_struct": ("identifies a graph's inputs", ()),
    "a graph:_outputs_struct": ("identifies a graph's outputs", ()),
    "a layer:_trainable_variables": ("identifies a layer's weights", ()),
    "a layer:_non_trainable_variables": ("identifies a layer's weights", ()),
    "a layer:_seed_generators": ("identifies a layer's random seeds", ()),
    "a loss:_fn_kwargs": ("reads a loss's settings", ()),
    "a callback:_model": ("has callbacks forget the network", ()),
    "a network:_symbolic_build": ("builds metrics as `fit` does", ("data_batch",)),
    "an optimizer:_learning_rate": ("reads learning-rate schedules", ()),
}

TENSORFLOW: dict[str, Any] = {
    "tensorflow.python.eager:context.context": ("saves and restores global random state", ()),
    "the context:_seed": ("saves and restores global random state", ()),
    "a compiled function:_jit_compile": ("identifies compiled functions", ()),
    "a compiled function:_reduce_retracing": ("identifies compiled functions", ()),
}

SCIKERAS: dict[str, Any] = {
    f"{UTILS}:get_metric_class": ("reads metrics", ("metric",)),
    f"{UTILS}:route_params": (
        "reads routes such as model__n_filters",
        ("params", "destination", "pass_filter"),
    ),
    f"{UTILS}:try_to_convert_strings_to_classes": ("reads metrics", ("items", "class_getter")),
    f"{UTILS}:unflatten_params": ("makes optimizers and metrics", ("items", "params")),
    f"{WRAPPER}._initialize_callbacks": ("makes callbacks", ()),
    f"{WRAPPER}._ensure_compiled_model": ("compiles networks", ()),
}

PARTS = [
    Part(library, path, *uses)
    for library, parts in {
        "scikit-learn": SCIKIT_LEARN,
        "keras": KERAS,
        "tensorflow": TENSORFLOW,
        "scikeras": SCIKERAS,
    }.items()
    for path, uses in parts.items()
]


def found(part: Part) -> Any:
    """Return a private part, or fail with a sentence that says what misses it."""
    owner, name = part.path.split(":")
    try:
        return getattr(EXAMPLES[owner](), name) if owner in EXAMPLES else resolve_name(part.path)
    except (ImportError, AttributeError):
        release = f"{part.library} {version(part.library)}"
        pytest.fail(f"{release} no longer has {part.path}, which {part.use}", pytrace=False)


def untaken(part: Part) -> list[str]:
    """Return the arguments that a private part is called with but does not take."""
    if not part.takes:
        return []
    parameters = inspect.signature(found(part)).parameters
    return [name for name in part.takes if name not in parameters]


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_a_private_part_is_there(part):
    """What is imported or called by its private name exists and takes the arguments it is given."""
    found(part)
    assert not untaken(part), (
        f"{part.path} of {part.library} {version(part.library)}, which {part.use}, "
        f"no longer takes {untaken(part)}"
    )


def test_a_part_that_is_gone_is_named_with_its_use():
    """The sentence names the library, its version, the part and what misses it."""
    gone = Part("keras", "keras.src.models.functional:Gone", "tells graphs of layers")
    sentence = f"keras {version('keras')} no longer has .*:Gone, which tells graphs of layers"
    with pytest.raises(pytest.fail.Exception, match=sentence):
        found(gone)


def test_an_argument_that_is_not_taken_any_more_is_named():
    """Of the arguments that a part is called with, those that it does not take are found."""
    use = ("saves global random state", ("name", "gone"))
    part = Part("keras", "keras.src.backend.common.global_state:get_global_attribute", *use)
    assert untaken(part) == ["gone"]


# How they behave


def test_a_candidate_is_scored_as_by_hand():
    """Fitting and scoring one split gives what the scorer gives for a separate fit."""
    from kerascnn.internals.scikit_learn import fit_and_score

    X, y = np.zeros((6, 1)), np.array([0, 0, 1, 1, 1, 0])
    train, test = np.arange(3), np.arange(3, 6)
    result = fit_and_score(
        DummyClassifier(),
        X,
        y,
        scorer=get_scorer("accuracy"),
        train=train,
        test=test,
        verbose=0,
        parameters={"strategy": "prior"},
        fit_params={},
        score_params={},
        return_estimator=True,
    )
    by_hand = DummyClassifier(strategy="prior").fit(X[train], y[train]).score(X[test], y[test])
    assert result["test_scores"] == by_hand == 1 / 3
    assert result["estimator"].strategy == "prior"


def test_a_failed_fit_is_not_raised():
    """With one split and an error score, a fit that fails has that score and its traceback."""
    from kerascnn.internals.scikit_learn import fit_and_score

    result = fit_and_score(
        DummyClassifier(strategy="constant"),  # and no constant
        np.zeros((6, 1)),
        np.array([0, 1] * 3),
        scorer=get_scorer("accuracy"),
        train=np.arange(4),
        test=np.arange(4, 6),
        verbose=0,
        parameters=None,
        fit_params={},
        score_params={},
        error_score=-1.0,
    )
    assert result["test_scores"] == -1
    assert "Traceback" in result["fit_error"]


def test_scorers_of_several_metrics_are_known_by_name():
    """What `check_scoring` makes of several metrics gives its scorers back, one metric none."""
    from kerascnn.internals.scikit_learn import scorers_by_name

    scorers = scorers_by_name(check_scoring(DummyClassifier(), ["accuracy", "f1"]))
    assert list(scorers) == ["accuracy", "f1"]
    assert [repr(s) for s in scorers.values()] == [repr(get_scorer(name)) for name in scorers]
    assert scorers_by_name(get_scorer("accuracy")) == {}


def test_the_kinds_of_scorers_are_told_apart():
    """Metrics by name, several of them, and an estimator's own method have a class each."""
    from kerascnn.internals import scikit_learn

    estimator = DummyClassifier()
    assert isinstance(get_scorer("accuracy"), scikit_learn.BaseScorer)
    assert isinstance(check_scoring(estimator, ["accuracy"]), scikit_learn.MultimetricScorer)
    assert isinstance(check_scoring(estimator), scikit_learn.PassthroughScorer)


def test_sample_weights_are_cut_to_a_split():
    """What is as long as the samples is cut to the rows; everything else stays whole."""
    from kerascnn.internals.scikit_learn import check_method_params

    params = {"sample_weight": np.arange(5.0), "validation_freq": 2}
    cut = check_method_params(np.zeros((5, 1)), params, indices=np.array([4, 1]))
    assert cut["sample_weight"].tolist() == [4, 1]
    assert cut["validation_freq"] == 2


def branching_network() -> tuple[keras.Model, keras.layers.Layer, keras.layers.Layer]:
    """Return a network, the layer that it calls twice, and the one that makes its output."""
    inputs, shared = keras.Input((4,)), keras.layers.Dense(4)
    block = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, name="inner")])
    last = keras.layers.Add()
    outputs = last([shared(inputs), shared(block(inputs))])
    return keras.Model(inputs, outputs), shared, last


def test_the_producer_of_a_tensor_is_the_layer_that_made_it():
    """An output leads back to its layer."""
    from kerascnn.internals.keras import producer_of

    network, _, last = branching_network()
    assert producer_of(network.outputs[0]) is last


def test_the_calls_of_a_layer_are_all_there_in_order():
    """A layer that is called twice has two calls, each with what it was called with."""
    from kerascnn.internals.keras import calls_of

    network, shared, last = branching_network()
    first, second = calls_of(shared)
    assert first.input_tensors == network.inputs
    assert [call.outputs[0] for call in (first, second)] == calls_of(last)[0].input_tensors
    assert first.operation is shared
    assert first.arguments.kwargs == {}


def test_a_graph_of_layers_is_told_from_other_models():
    """`keras.Model` of inputs and outputs is functional, a user's subclass of it is not."""
    from kerascnn.internals.keras import Functional

    class OwnModel(keras.Model):
        pass

    assert type(branching_network()[0]) is Functional
    assert not isinstance(OwnModel(), Functional)


def test_what_a_network_is_compiled_with_is_what_was_given():
    """The very objects are found before any training, and None where nothing was given."""
    from kerascnn.internals.keras import compiled_with

    network, loss, metric = tiny_cnn((8, 8, 1), 3), keras.losses.Poisson(), keras.metrics.Mean()
    network.compile("sgd", loss, loss_weights=0.5, metrics=[metric])
    given = compiled_with(network)
    assert given.loss is loss
    assert given.loss_weights == 0.5
    assert given.metrics[0] is metric
    assert given.weighted_metrics is None
    bare = tiny_cnn((8, 8, 1), 3)
    bare.compile("sgd")
    assert compiled_with(bare) == (None, None, None, None)


def test_a_loss_stays_in_use_when_none_is_given():
    """Keras goes on training with the loss of the first `compile`, so that is the one found."""
    from kerascnn.internals.keras import compiled_with

    network, X, y = tiny_cnn((8, 8, 1), 3), np.ones((2, 8, 8, 1)), np.zeros((2, 3))
    network.compile("sgd", "mse")
    loss = network.evaluate(X, y, verbose=0)
    network.compile("sgd")
    assert compiled_with(network).loss == "mse"
    assert network.evaluate(X, y, verbose=0) == loss


@pytest.mark.parametrize("weighted", [False, True])
def test_building_for_training_creates_the_variables_of_a_fit(weighted):
    """The same variables exist as after a fit by Keras, and none of the weights has changed."""
    from kerascnn.internals.keras import build_for_training

    def network() -> keras.Model:
        model = tiny_cnn((8, 8, 1), 3)
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    def shapes(model) -> list[list[tuple]]:
        groups = (model.variables, model.optimizer.variables, model.metrics_variables)
        return [[(tuple(v.shape), v.dtype) for v in group] for group in groups]

    batch = (np.zeros((1, 8, 8, 1), np.float32), np.zeros(1, np.int32), np.ones(1, np.float32))
    batch = batch if weighted else batch[:2]
    built, fitted = network(), network()
    weights = built.get_weights()
    build_for_training(built, batch)
    fitted.fit(*batch[:2], sample_weight=batch[2] if weighted else None, verbose=0)
    assert shapes(built) == shapes(fitted)
    for array, before in zip(built.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(array, before)


def draw_from_keras() -> float:
    """Return a number that depends on Keras's global random state alone."""
    return float(keras.random.uniform(()))


def draw_from_tensorflow() -> float:
    """Return a number that depends on TensorFlow's global random state alone."""
    return float(tf.random.uniform(()))


@pytest.mark.parametrize(
    ("library", "draw"), [("keras", draw_from_keras), ("tensorflow", draw_from_tensorflow)]
)
def test_restored_random_state_continues_its_sequence(library, draw):
    """A sequence of draws goes on as if no other seed had been set in between."""
    internals = import_module(f"kerascnn.internals.{library}")
    keras.utils.set_random_seed(5)
    undisturbed = [draw() for _ in range(4)]
    keras.utils.set_random_seed(5)
    disturbed = [draw() for _ in range(2)]
    state = internals.random_state()
    keras.utils.set_random_seed(6)
    draw()
    internals.restore_random_state(state)
    assert [*disturbed, draw(), draw()] == undisturbed


def test_callbacks_are_made_and_kept_nowhere():
    """Classes and their routes become instances; the estimator has no more attributes."""
    from kerascnn.internals.scikeras import BaseWrapper, fit_callbacks

    stopping = keras.callbacks.EarlyStopping
    estimator = BaseWrapper(tiny_cnn, callbacks=stopping, callbacks__patience=7)
    before = set(vars(estimator))
    (callback,) = fit_callbacks(estimator)
    assert isinstance(callback, stopping)
    assert callback.patience == 7
    assert set(vars(estimator)) == before


def test_only_internals_import_private_parts():
    """No other module imports a name or module of another library that starts with `_` or src."""
    package = Path(kerascnn.__file__).parent
    libraries = ("sklearn", "keras", "tensorflow", "scikeras")
    private = []
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(libraries):
                names = [*node.module.split("."), *(alias.name for alias in node.names)]
                hidden = [n for n in names if n.startswith("_") or n in ("src", "python")]
                if hidden and path.parent != package / "internals":
                    private.append(f"{path.relative_to(package)}:{node.lineno} {hidden}")
    assert not private
