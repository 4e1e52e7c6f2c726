"""Private parts of Keras.

What has a public way is not here: `keras.callbacks.CallbackList`, and `get_metrics_result` of a
model for what `fit` logs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import keras

# Keeps the seeds of `keras.utils.set_random_seed`, which can be set in public, but not read.
from keras.src.backend.common import global_state

# The base of all layers that transform images. They take signals, (n, samples, channels), for one
# image, and nothing public tells them from layers that do not.
from keras.src.layers.preprocessing.image_preprocessing.base_image_preprocessing_layer import (
    BaseImagePreprocessingLayer,
)

# The class of what `keras.Model(inputs, outputs)` returns. It tells a plain graph of layers from
# a model whose class may train in a way of its own; building one to take its type would count
# up the names of the user's models.
from keras.src.models.functional import Functional

# What image layers hold to compute with. Users' subclasses of them are copied by attributes, and it
# cannot be copied as it is; making a layer to take its type would start TensorFlow.
from keras.src.utils.backend_utils import DynamicBackend

__all__ = [
    "BaseImagePreprocessingLayer",
    "CompiledWith",
    "DynamicBackend",
    "Functional",
    "backend_name",
    "build_for_training",
    "calls_of",
    "calls_within",
    "compiled_with",
    "layers_within",
    "producer_of",
    "random_state",
    "restore_random_state",
    "seed_generators_within",
    "weights_only_declared",
]

DECLARED = "uninitialized_variables"
RANDOM_STATE = ("global_random_seed", "global_seed_generator")


def producer_of(tensor: Any) -> Any:
    """Return the layer, model or operation whose call made a symbolic tensor.

    Models have their outputs' tensors in public, but nothing public leads from those to layers.
    """
    return tensor._keras_history.operation


def calls_of(operation: Any) -> list[Any]:
    """Return the nodes that record the calls of a layer or operation, in order.

    `layer.input` is the public way to what one was called with; it fails for layers that were
    called twice, and keeps silent about arguments beside tensors.

    Returns:
        Keras's nodes, with `input_tensors`, `arguments.kwargs`, `outputs` and `operation`.
    """
    return list(operation._inbound_nodes)


def calls_within(model: Functional) -> list[Any]:
    """Return the nodes of a functional graph, each after those that it takes tensors from.

    `operations` is the public list, but has one that is called several times only once.
    """
    by_depth = sorted(model._nodes_by_depth.items(), reverse=True)
    return [node for _, nodes in by_depth for node in nodes]


def backend_name(backend: DynamicBackend) -> str:
    """Return the name that a dynamic backend is made with."""
    return str(backend._backend)


def seed_generators_within(layer: keras.layers.Layer) -> list[keras.random.SeedGenerator]:
    """Return the generators of a layer and of those within it, however deep."""
    return [each for inner in layers_within(layer) for each in inner._seed_generators]


def layers_within(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Return a layer or model and those within it, however deep; `layers` has the outer ones."""
    return list(layer._flatten_layers())


class CompiledWith(NamedTuple):
    """What a user gave `compile`, beside the optimizer; None where nothing was given."""

    loss: Any
    loss_weights: Any
    metrics: Any
    weighted_metrics: Any


def compiled_with(model: keras.Model) -> CompiledWith:
    """Return what a model was compiled with, as the objects that were given.

    `get_compile_config` gives their configurations instead, and warns of lambdas. `model.loss` is
    public, but forgets the loss that a second `compile` without one leaves in use.
    """
    loss, metrics = model._compile_loss, model._compile_metrics
    return CompiledWith(
        loss and loss._user_loss,
        loss and loss._user_loss_weights,
        metrics and metrics._user_metrics,
        metrics and metrics._user_weighted_metrics,
    )


def build_for_training(model: keras.Model, batch: tuple[Any, ...]) -> None:
    """Create the variables that `fit` would create in its first step, without taking one.

    Those of layers and of the optimizer can be built in public, those of metrics and of the loss
    only by training.

    Args:
        model: compiled.
        batch: images, targets and perhaps weights of at least one sample.
    """
    model._symbolic_build(data_batch=batch)


def random_state() -> dict[str, Any]:
    """Return Keras's global random state, for `restore_random_state`."""
    return {name: global_state.get_global_attribute(name) for name in RANDOM_STATE}


def restore_random_state(state: dict[str, Any]) -> None:
    """Bring Keras's global random state back to where `random_state` found it."""
    for name, value in state.items():
        global_state.set_global_attribute(name, value)


@contextmanager
def weights_only_declared() -> Iterator[None]:
    """Let networks that are built in a `with` block declare their weights without making them.

    `keras.StatelessScope` does that in public, but lists what was declared, and the next network
    that Keras traces would have it all made: for VGG-16 half a gigabyte, and seconds.
    """
    listed = list(global_state.get_global_attribute(DECLARED, []))
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        global_state.set_global_attribute(DECLARED, listed)
