"""Builders of networks: by name or as functions, and what they take."""

import functools
import inspect
import weakref
from collections.abc import Callable
from typing import Any

import keras

from kerascnn import models
from kerascnn.estimators.inputs import SignalUse

# The second argument of a builder by what its networks are for, see `kerascnn.models`.
SECOND_ARGUMENTS = {
    "classification": "n_classes",
    "autoencoding": "n_codes",
    "regression": "output_shape",
}

_signatures: weakref.WeakKeyDictionary[Any, inspect.Signature] = weakref.WeakKeyDictionary()


def find_builder(model: Any, task: str | None = None) -> Callable[..., keras.Model]:
    """Return the builder that `model` names or is.

    Args:
        model: a registered name or a function.
        task: what a registered model must be for, a key of `SECOND_ARGUMENTS`; None for any.

    Raises:
        ValueError: if it is neither a registered name nor a builder.
    """
    if isinstance(model, str):
        return models.builder(model, task)
    if not callable(model) or isinstance(model, keras.Model):
        second = SECOND_ARGUMENTS.get(task or "", "outputs")
        raise ValueError(
            f"model={model!r} is not a builder: give a registered name "
            f"({', '.join(models.names(task))}) or a function (input_shape, {second}, …) that "
            "returns an uncompiled Keras model"
        )
    return model


def use_of_signals(model: Any) -> SignalUse:
    """Return what use a builder's networks have for signals, as far as that is registered."""
    if not isinstance(model, str):
        return SignalUse.NONE_KNOWN
    registered = models.entry(model)
    if registered.image is None:
        return SignalUse.ONLY
    made_for_signals = len(registered.shape) == 2
    return SignalUse.MADE_FOR if made_for_signals else SignalUse.NONE_KNOWN


def model_name(model: Any) -> str:
    """Return what to call a builder in messages and files."""
    if isinstance(model, functools.partial):
        return f"partial of {model_name(model.func)}"
    return model if isinstance(model, str) else getattr(model, "__qualname__", repr(model))


def signature(builder: Callable[..., keras.Model]) -> inspect.Signature:
    """Return a builder's signature; a search asks for it twice for each candidate."""
    try:
        if builder not in _signatures:
            _signatures[builder] = inspect.signature(builder)
        return _signatures[builder]
    except TypeError:  # what cannot be hashed, or has no signature
        return inspect.signature(builder)


def own_arguments(builder: Callable[..., keras.Model]) -> tuple[set[str], bool]:
    """Return the names of a builder's own arguments, and whether it takes any other too.

    What a `functools.partial` has bound by keyword is settled and not among them.
    """
    parameters = list(signature(builder).parameters.values())
    bound = builder.keywords if isinstance(builder, functools.partial) else {}
    named = {
        parameter.name
        for parameter in parameters[2:]
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }
    return named - set(bound), any(p.kind is p.VAR_KEYWORD for p in parameters)
