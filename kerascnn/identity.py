"""What distinguishes one parameter value from another, as plain data."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np


def identity(value: Any) -> Any:
    """Return what distinguishes a value: plain data as it is, code by its name and source.

    Equal parameters have equal identities, in this process and in others. Arrays stay arrays.
    """
    if isinstance(value, Mapping):
        return {str(key): identity(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [identity(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, keras.optimizers.Optimizer | keras.losses.Loss):
        return [type(value).__name__, identity(value.get_config())]
    if callable(value):
        return [repr(value) if not hasattr(value, "__qualname__") else _code(value)]
    return value


def _code(function: Callable[..., Any]) -> list[str]:
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        source = ""
    return [function.__module__, function.__qualname__, source]
