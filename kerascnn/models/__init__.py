"""Keras model builders by name, a file per family.

A builder is any function `(input_shape, n_classes, **its own arguments) → uncompiled Keras
model`. To add one to the registry, decorate it with `@register()` and name its module in
`kerascnn.models.registry.FAMILIES`.

Builders take images as they are batched (see `kerascnn.training.batches`): pixels from 0 to 1
where the data is uint8. None of them divides by 255 again. A few take signals, floating-point
numbers of shape (n, samples, channels).
"""

from kerascnn.convolution.sizes import output_size
from kerascnn.models.registry import Entry, arguments, build, builder, entry, names, register
from kerascnn.models.summary import LayerRow, describe, layer_rows

__all__ = [
    "Entry",
    "LayerRow",
    "arguments",
    "build",
    "builder",
    "describe",
    "entry",
    "layer_rows",
    "names",
    "output_size",
    "register",
]
