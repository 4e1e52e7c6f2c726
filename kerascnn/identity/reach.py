"""State that code shares with other code: globals, files, networks."""

from dataclasses import dataclass
from enum import Enum
from itertools import chain
from types import (
    BuiltinFunctionType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

import numpy as np
import tensorflow as tf

from kerascnn.identity.content import describers
from kerascnn.identity.node import Node, Unidentifiable, short
from kerascnn.identity.walk import Walk

# Kinds of values that nobody can change, and code, whose own values are met one by one.
_FIXED = (
    *(type(None), bool, int, float, complex, str, bytes, range, slice, Enum, Node),
    *(np.generic, np.ufunc, np.dtype, tf.DType, type, ModuleType, FunctionType),
    *(BuiltinFunctionType, GetSetDescriptorType, MemberDescriptorType, WrapperDescriptorType),
    *(property, staticmethod, classmethod, type(...), type(NotImplemented), type(str.join)),
)


@dataclass(frozen=True)
class Reach:
    """What the code of some value reaches.

    Attributes:
        shared: why it may see what other code changes, or change what others see: a global list
            or a file, for example; None if it works on its own object and arguments alone.
        networks: whether it holds a model, layer, optimizer or variable.
        unknown: why its content cannot be told; None if it can.
    """

    shared: str | None
    networks: bool
    unknown: str | None


def reach_of(value: Any) -> Reach:
    """Return what the code of a value reaches: of callbacks, for example."""
    walk = Walk(describers(), tolerant=True)
    try:
        walk(value)
    except (Unidentifiable, RecursionError) as reason:
        return Reach(str(reason), walk.met.networks, str(reason))
    changeable = (f"its code holds {short(each)}" for each in walk.met.held if not _is_fixed(each))
    shared = next(chain(walk.met.reaching_out, changeable), None)
    return Reach(shared, walk.met.networks, None)


def _is_fixed(value: Any) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(map(_is_fixed, value))
    return isinstance(value, _FIXED)
