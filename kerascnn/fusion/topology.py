"""Which models can be fused, and which of them with each other."""

import json
from collections.abc import Hashable
from typing import Any

import keras
from keras.regularizers import L1, L1L2, L2

from kerascnn.fusion import losses, optimizers
from kerascnn.fusion.graph import LayerCall, NotFusable, layer_calls
from kerascnn.fusion.rules import DROPOUTS, rule_of

# What lanes of one stack may differ in: it is read from each lane's own model.
_FREE_ENDINGS = ("name", "seed", "_initializer", "_regularizer")
_REFUSED_ENDINGS = ("activity_regularizer", "_constraint", "quantization_config")
_STRENGTHS = (L1, L2, L1L2)


def refusal(model: keras.Model) -> str | None:
    """Return why a compiled model cannot be fused, in one sentence; None if it can be.

    Args:
        model: built and compiled, with optimizer and loss.
    """
    try:
        check(model)
    except NotFusable as reason:
        return str(reason)
    return None


def check(model: keras.Model) -> None:
    """Check that a compiled model can be fused.

    Raises:
        NotFusable: if it cannot, saying why.
    """
    calls = layer_calls(model)
    _check_compilation(model)
    _check_shapes(model)
    for call in calls:
        _check_layer(call.layer)
    for variable in model.trainable_variables:
        _check_variable(variable)


def _check_compilation(model: keras.Model) -> None:
    if not model.compiled:
        raise NotFusable("the model is not compiled")
    if model.run_eagerly:
        raise NotFusable("the model is compiled with run_eagerly=True")
    if not (callable(model.loss) or isinstance(model.loss, str)):
        raise NotFusable("the model has no single loss")
    if model._compile_loss._user_loss_weights is not None:
        raise NotFusable("the model has loss_weights")
    losses.loss_of(model)
    optimizers.optimizer_rule(model)


def _check_shapes(model: keras.Model) -> None:
    shape, outputs = model.inputs[0].shape, model.outputs[0].shape
    if None in shape[1:]:
        raise NotFusable(f"the input's shape {tuple(shape)} is not fixed")
    if len(outputs) != 2:
        raise NotFusable(f"the output's shape {tuple(outputs)} is not (batch, outputs)")


def _check_layer(layer: keras.layers.Layer) -> None:
    rule_of(layer)
    if layer.dtype_policy.name != "float32":
        raise NotFusable(f"layer {layer.name!r} computes in {layer.dtype_policy.name}")
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        raise NotFusable(f"layer {layer.name!r} has data_format='channels_first'")
    if getattr(layer, "noise_shape", None) is not None:
        raise NotFusable(f"layer {layer.name!r} has a noise_shape")
    if type(layer) in DROPOUTS and layer.rate == 1:
        raise NotFusable(f"layer {layer.name!r} drops everything")
    for name, value in layer.get_config().items():
        if name.endswith(_REFUSED_ENDINGS) and value is not None:
            raise NotFusable(f"layer {layer.name!r} has {name}")


def _check_variable(variable: keras.Variable) -> None:
    if variable.regularizer is not None and type(variable.regularizer) not in _STRENGTHS:
        kind = type(variable.regularizer).__name__
        raise NotFusable(f"weight {variable.path!r} has regularizer {kind}")


def topology(model: keras.Model) -> Hashable:
    """Return what compiled models must have in common for their lanes to share a stack.

    It holds layers, shapes, loss and optimizer, but not the strengths of L1 and L2, dropout
    rates, names, seeds, initializers, learning rate, weight decay and clipping strength.

    Raises:
        NotFusable: if the model cannot be fused.
    """
    check(model)
    return (
        tuple(model.inputs[0].shape[1:]),
        tuple(_call_key(call) for call in layer_calls(model)),
        losses.loss_key(model),
        optimizers.optimizer_key(model.optimizer),
    )


def _call_key(call: LayerCall) -> tuple[Any, ...]:
    layer = call.layer
    settings = {
        name: value
        for name, value in layer.get_config().items()
        if not name.endswith(_FREE_ENDINGS)
    }
    if type(layer) in DROPOUTS:
        del settings["rate"]
    return (
        type(layer).__name__,
        json.dumps(settings, sort_keys=True, default=repr),
        call.sources,
        tuple((v.trainable, v.regularizer is not None, has_l1(v)) for v in layer.weights),
    )


def has_l1(variable: keras.Variable) -> bool:
    """Whether a weight's regularizer has a part of L1, be its strength 0 or not."""
    return isinstance(variable.regularizer, L1 | L1L2)


def strengths(regularizer: keras.Regularizer | None) -> tuple[float, float]:
    """Return a regularizer's strengths of L1 and L2; zeros for None."""
    return float(getattr(regularizer, "l1", 0.0)), float(getattr(regularizer, "l2", 0.0))
