"""A model layer by layer: output shapes, parameters and multiply-adds."""

from typing import TYPE_CHECKING, Any, NamedTuple

from kerascnn.models.operations import multiply_adds
from kerascnn.models.registry import entry

if TYPE_CHECKING:
    import keras


class LayerRow(NamedTuple):
    """One layer of a model.

    Attributes:
        name: the layer's name.
        kind: its class, such as "Conv2D".
        output_shape: the shape of its output for one sample, such as (24, 24, 6).
        parameters: the number of its weights and biases and of its stored statistics.
        multiply_adds: multiplications of an input with a weight, for one sample; those of
            convolutions and dense layers are counted. Layers without weights count as none:
            most do few operations, a mel spectrogram does as many as a small convolution.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int


def describe(
    name: str,
    input_shape: tuple[int, ...] | None = None,
    outputs: int | tuple[int, ...] | None = None,
    **arguments: Any,
) -> list[LayerRow]:
    """Return the layers of the registered model called `name`, from input to output.

    Args:
        name: a registered name.
        input_shape: one sample's shape; by default that which the model was made for.
        outputs: the number of classes or codes, or the shape of one output, also by its own name;
            by default what the model was made for.
        **arguments: the builder's own arguments.

    Raises:
        ValueError: see `kerascnn.models.build`.
    """
    from kerascnn.internals.keras import weights_only_declared

    known = entry(name)
    if outputs is None:
        outputs = arguments.pop(known.second_argument, known.outputs)
    # Only shapes are asked for, so the weights (up to 550 MB) are not made.
    with weights_only_declared():
        model = known.builder(input_shape or known.shape, outputs, **arguments)
    return layer_rows(model)


def layer_rows(model: "keras.Model") -> list[LayerRow]:
    """Return one row for each layer of a built Keras model but its input, in order."""
    return [_row(layer) for layer in model.layers if type(layer).__name__ != "InputLayer"]


def _row(layer: "keras.layers.Layer") -> LayerRow:
    return LayerRow(
        name=layer.name,
        kind=type(layer).__name__,
        output_shape=tuple(layer.output.shape[1:]),
        parameters=layer.count_params(),
        multiply_adds=multiply_adds(layer),
    )
