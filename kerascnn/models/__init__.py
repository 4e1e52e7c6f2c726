"""Keras model builders by name, a file per family.

A builder is any function `(input_shape, outputs, **its own arguments) → uncompiled Keras model`.
The second argument depends on the task:

- classification: `n_classes`, the number of classes. The network puts out a number for each.
- autoencoding: `n_codes`, the number of codes. The network puts out what it takes; its layer named
  "codes" puts out (n, n_codes), and all that follows is computed from the codes alone.
- regression: `output_shape`, of one output: (k,) for numbers, (height, width, channels) for an
  image, (samples, channels) for a signal.

To add one to the registry, decorate it with `@register()` and name its module in
`kerascnn.models.registry.FAMILIES`.

Builders take images as they are batched (see `kerascnn.training.batches`): pixels from 0 to 1
where the data is uint8. None of them divides by 255 again. A few take signals, floating-point
numbers of shape (n, samples, channels).
"""

from kerascnn.convolution.sizes import output_size
from kerascnn.models.checks import TASKS
from kerascnn.models.entries import Entry
from kerascnn.models.registry import arguments, build, builder, entry, names, register
from kerascnn.models.summary import LayerRow, describe, layer_rows

__all__ = [
    "TASKS",
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
