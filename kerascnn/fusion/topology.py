"""Topologies: the models that can be stacked, and with each other."""

import json
from collections.abc import Hashable
from typing import Any

import keras
from keras.regularizers import L1, L1L2, L2

from kerascnn.fusion import losses, optimizers
from kerascnn.fusion.chain import NotFusable, layer_chain
from kerascnn.fusion.rules import check_layers
from kerascnn.internals.keras import compiled_with

# What lanes of one stack may differ in: it is read from each lane's own model.
_FREE_ENDINGS = ("name", "seed", "_initializer", "_regularizer")
_PENALTIES = (L1, L2, L1L2)
_TRAINING_METHODS = ("call", "compute_loss", "compute_metrics", "train_step", "test_step")


def refusal(model: keras.Model) -> str | None:
    """Return why a compiled model cannot be stacked, in one sentence; None if it can be.

    Args:
        model: built and compiled, with optimizer and loss.
    """
    try:
        check(model)
    except NotFusable as reason:
        return str(reason)
    return None


def check(model: keras.Model) -> None:
    """Check that a compiled model can be stacked.

    Raises:
        NotFusable: if it cannot, saying why.
    """
    chain = layer_chain(model)
    _check_ends(model)
    _check_compilation(model)
    check_layers(chain)
    _check_weights(model, chain)


def _check_compilation(model: keras.Model) -> None:
    if not model.compiled:
        raise NotFusable("the model is not compiled")
    if model.run_eagerly:
        raise NotFusable("the model is compiled with run_eagerly=True")
    if model.jit_compile:
        raise NotFusable("the model is compiled with jit_compile=True")
    compiled = compiled_with(model)
    if not (callable(compiled.loss) or isinstance(compiled.loss, str)):
        raise NotFusable("the model has no single loss")
    if compiled.loss_weights is not None or compiled.weighted_metrics:
        raise NotFusable("the model has loss_weights or weighted_metrics")
    for name in _TRAINING_METHODS:
        if name in vars(model):
            raise NotFusable(f"the model has a {name} of its own")
    losses.loss_of(model)
    losses.accuracy_threshold(model)
    optimizers.optimizer_rule(model)


def _check_ends(model: keras.Model) -> None:
    """Check what enters and leaves the model, and the dtype of all that is between."""
    source, outputs = model.inputs[0], model.outputs[0].shape
    if keras.config.floatx() != "float32":
        raise NotFusable(f"keras.config.floatx() is {keras.config.floatx()}")
    if source.dtype != "float32":
        raise NotFusable(f"the input's dtype is {source.dtype}")
    if None in source.shape[1:]:
        raise NotFusable(f"the input's shape {tuple(source.shape)} is not fixed")
    if len(outputs) != 2:
        raise NotFusable(f"the output's shape {tuple(outputs)} is not (batch, outputs)")


def _check_weights(model: keras.Model, chain: list[keras.layers.Layer]) -> None:
    inside = [id(variable) for layer in chain for variable in layer.weights]
    if inside != [id(variable) for variable in model.variables]:
        raise NotFusable("the model has variables beside its layers' weights")
    for variable in model.weights:
        if variable.dtype != "float32":
            raise NotFusable(f"weight {variable.path!r} is of dtype {variable.dtype}")
        if not variable.trainable:
            raise NotFusable(f"weight {variable.path!r} is not trained")
        if variable.constraint is not None:
            raise NotFusable(f"weight {variable.path!r} has a constraint")
        if variable.regularizer is not None and type(variable.regularizer) not in _PENALTIES:
            kind = type(variable.regularizer).__name__
            raise NotFusable(f"weight {variable.path!r} has regularizer {kind}")


def topology(model: keras.Model) -> Hashable:
    """Return what compiled models must have in common for their lanes to share a stack.

    It holds layers, shapes, loss and optimizer, but not the strengths of L1 and L2, names, seeds,
    initializers and the learning rate.

    Raises:
        NotFusable: if the model cannot be stacked.
    """
    check(model)
    return (
        tuple(model.inputs[0].shape[1:]),
        tuple(_layer_key(layer) for layer in layer_chain(model)),
        tuple((v.regularizer is not None, has_l1(v)) for v in model.weights),
        losses.loss_key(model),
        losses.accuracy_threshold(model),
        optimizers.optimizer_key(model.optimizer),
    )


def _layer_key(layer: keras.layers.Layer) -> tuple[Any, ...]:
    settings = {
        name: value
        for name, value in layer.get_config().items()
        if not name.endswith(_FREE_ENDINGS)
    }
    return type(layer).__name__, json.dumps(settings, sort_keys=True, default=repr)


def has_l1(variable: keras.Variable) -> bool:
    """Return whether a weight's regularizer has a part of L1, be its strength 0 or not."""
    return isinstance(variable.regularizer, L1 | L1L2)


def strengths(regularizer: keras.Regularizer) -> tuple[float, float]:
    """Return a regularizer's strengths of L1 and L2."""
    return float(getattr(regularizer, "l1", 0.0)), float(getattr(regularizer, "l2", 0.0))
