"""Cost estimates for training a Keras model: operations and memory."""

import math
from collections.abc import Iterator

import keras

from kerascnn.models.operations import multiply_adds, value_shape

# Measured on two cores of an AMD EPYC: steps of 7 MFLOP gain 2-3 times by stacking, of 11 MFLOP
# nothing against lanes that train one after another. At 7 MFLOP, stacks of 24 lanes take 0.88 of
# the time that stacks of 8 take.
FLOPS_WORTH_STACKING = 10e6
FLOPS_OF_A_STACK = 180e6
LANES_AT_MOST = 24
BYTES_FOR_ALL_CHUNKS = 1_000_000_000


def pays(model: keras.Model, batch_size: int, n_lanes: int, threads: int) -> bool:
    """Return whether stacking so many lanes is measured to be faster than one after another.

    Args:
        model: as for `chunk_size`.
        batch_size: likewise.
        n_lanes: likewise.
        threads: likewise.
    """
    return chunk_size(model, batch_size, n_lanes, threads)[0] > 1


def chunk_size(model: keras.Model, batch_size: int, n_lanes: int, threads: int) -> tuple[int, str]:
    """Return how many lanes to stack, and why, in a few words.

    Args:
        model: any of the lanes' models, compiled.
        batch_size: the largest of the lanes'.
        n_lanes: how many lanes there are.
        threads: how many chunks are trained at a time.
    """
    flops = cost_per_sample(model) * batch_size
    if flops > FLOPS_WORTH_STACKING:
        return 1, f"{flops / 1e6:.0f} MFLOP per step keep a core busy without stacking"
    lanes = min(round(FLOPS_OF_A_STACK / max(flops, 1)), LANES_AT_MOST)
    share = max(1, math.ceil(n_lanes / threads))
    affordable = int(BYTES_FOR_ALL_CHUNKS / threads / bytes_per_lane(model, batch_size))
    if affordable < min(lanes, share):
        return max(1, affordable), "limited by memory"
    if share < lanes:
        return share, f"{n_lanes} lanes on {threads} threads"
    return lanes, f"{flops / 1e6:.1f} MFLOP per step and lane"


def cost_per_sample(model: keras.Model) -> int:
    """Return the floating-point operations of one training step, per sample.

    Each multiply-add of a convolution or dense layer counts 2, and is done three times: forward,
    for the gradient of the weights, and for that of the input; the last not in the first layer
    with weights. Everything else is left out. A layer that is called several times counts once; of
    one whose shapes are not known, each weight counts as used once.
    """
    products = [multiply_adds(layer) for layer in _layers(model)]
    weighted = [n for n in products if n]
    return 2 * (3 * sum(weighted) - weighted[0]) if weighted else 0


def bytes_per_lane(model: keras.Model, batch_size: int) -> int:
    """Return an estimate of the memory a fit needs while it trains, in bytes.

    float32 throughout: weights, gradients and optimizer slots, and each layer's result and its
    gradient for one batch.
    """
    weights = sum(math.prod(v.shape) for v in model.weights) * (3 + _n_slots(model))
    results = sum(math.prod(value_shape(layer, "output")) for layer in _layers(model))
    return 4 * (weights + 2 * batch_size * results)


def _layers(model: keras.Model) -> Iterator[keras.layers.Layer]:
    """Go through a model's layers in order, with those of nested models in their place."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _layers(layer)
        else:
            yield layer


def _n_slots(model: keras.Model) -> int:
    """Return about how many values the optimizer keeps per weight: Adam's 2 if in doubt."""
    optimizer = getattr(model, "optimizer", None)
    if isinstance(optimizer, keras.optimizers.SGD):
        return int(optimizer.momentum != 0)
    return 2
