"""Penalty strengths as variables, so that networks that differ in them share one graph.

Only exact Keras L1 and L2 regularizers of weights take part, and only where the strength is not
zero: a product with a constant zero is optimized away, one with a variable is not. `L1L2`
compares its strengths in Python, so there they stay constants.
"""

import copy
from typing import Any

import keras
import tensorflow as tf
from keras.regularizers import L1, L2

from kerascnn.internals.keras import layers_within

Strengths = tuple[float, ...]

_ATTRIBUTES = {L1: "l1", L2: "l2"}


def shared_penalties(model: keras.Model) -> list[tuple[Any, str]]:
    """Return the regularizers whose strength can be a variable, each once, with its attribute."""
    found: dict[int, tuple[Any, str]] = {}
    for variable in model.trainable_variables:
        regularizer = variable.regularizer
        attribute = _ATTRIBUTES.get(type(regularizer))
        if attribute is None or variable.dtype != "float32":
            continue
        if getattr(regularizer, attribute) != 0:
            found[id(regularizer)] = (regularizer, attribute)
    return list(found.values())


def penalty_strengths(model: keras.Model) -> Strengths:
    """Return the strengths of `shared_penalties`."""
    return tuple(float(getattr(*penalty)) for penalty in shared_penalties(model))


def penalty_variables(model: keras.Model) -> list[tf.Variable]:
    """Put variables in the place of the strengths of `shared_penalties`, and return them.

    The regularizers become copies, as a user may hold one that many networks were built with.
    """
    variables, copies = [], {}
    for regularizer, attribute in shared_penalties(model):
        variable = tf.Variable(getattr(regularizer, attribute), dtype=tf.float32, trainable=False)
        copies[id(regularizer)] = copy.copy(regularizer)
        setattr(copies[id(regularizer)], attribute, variable)
        variables.append(variable)
    for holder in (*layers_within(model), *model.trainable_variables):
        for name, value in list(vars(holder).items()):
            if id(value) in copies:
                setattr(holder, name, copies[id(value)])
    return variables
