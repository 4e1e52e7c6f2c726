"""Keras model builders by name, a file per family.

A builder is any function `(input_shape, n_classes, **its own arguments) → uncompiled Keras
model`. To add one to the registry, decorate it with `@register` and import its module here.
"""

from kerascnn.models.registry import build, builder, names, register

__all__ = ["build", "builder", "names", "register"]
