"""The attributes of Keras's objects that decide what they do."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import keras

from kerascnn.identity import library

# What every optimizer of Keras's takes, besides its learning rate.
OPTIMIZER_SETTINGS = (
    "weight_decay",
    "clipnorm",
    "global_clipnorm",
    "clipvalue",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)
DECAY_EXCLUSIONS = (
    "_exclude_from_weight_decay",
    "_exclude_from_weight_decay_cache",
    "_exclude_from_weight_decay_pattern",
)
# What calls of recurrent layers leave behind.
_LAYER_BOOKKEEPING = {"_dropout_mask", "_expected_batch_size", "_recurrent_dropout_mask"}
# What training adds to a model, and graphs and compilation, which are described apart.
_MODEL_BOOKKEEPING = {
    "_async_predict",
    "_async_test",
    "_async_train",
    "_compile_config",
    "_compiled_trainable_state",
    "_eval_epoch_iterator",
    "_functional",
    "_inputs",
    "_inputs_struct",
    "_manual_input_spec",
    "_nodes",
    "_nodes_by_depth",
    "_operations",
    "_operations_by_depth",
    "_outputs",
    "_outputs_struct",
    "history",
    "optimizer",
    "output_names",
    "stop_evaluating",
    "stop_predicting",
    "stop_training",
}
CALLBACK_BOOKKEEPING = {"_model", "model", "params"}


def is_keras(kind: type) -> bool:
    """Return whether a class is Keras's own, not a user's subclass."""
    name = library.library_name(kind)
    return name is not None and library.origin(name[0]) == "keras"


@lru_cache
def bookkeeping(family: type) -> frozenset[str]:
    """Return the attributes that every object of a family has, which are described apart."""
    examples: dict[type, Callable[[], Any]] = {
        keras.Model: lambda: keras.Model(name="bare"),
        keras.layers.Layer: lambda: keras.layers.Layer(name="bare"),
        keras.Operation: lambda: keras.Operation(name="bare"),
        keras.Optimizer: lambda: keras.Optimizer(0.1, name="bare"),
        keras.Metric: lambda: keras.Metric(name="bare"),
    }
    return frozenset({*vars(examples[family]()), *DECAY_EXCLUSIONS})


def layer_state(layer: keras.layers.Layer) -> dict[str, Any]:
    """Return the attributes that a layer or model has beyond those of every layer or model."""
    family = keras.Model if isinstance(layer, keras.Model) else keras.layers.Layer
    names = bookkeeping(family) | _LAYER_BOOKKEEPING
    if isinstance(layer, keras.Model):
        names |= _MODEL_BOOKKEEPING
    if isinstance(layer, keras.layers.InputLayer):
        names |= {"_input_tensor"}
    return without(layer, names)


def without(value: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return an object's attributes but for some, and for TensorFlow's own."""
    return {
        name: part
        for name, part in vars(value).items()
        if name not in names and not name.startswith("_self_")
    }


def own_settings(value: Any, family: type) -> dict[str, Any]:
    """Return the attributes of an optimizer or metric that its steps do not update."""
    return {
        name: part
        for name, part in without(value, bookkeeping(family)).items()
        if not _is_updated(part) and not name.startswith(("_built", "_build_"))
    }


def _is_updated(part: Any) -> bool:
    """Return whether an attribute holds variables, or is empty until they are made."""
    if isinstance(part, Mapping):
        part = list(part.values())
    if isinstance(part, list):
        return all(isinstance(each, keras.Variable | None) for each in part)
    return isinstance(part, keras.Variable)
