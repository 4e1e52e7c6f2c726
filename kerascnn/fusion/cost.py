"""What training costs, as far as it can be known without training."""

import math

import keras

from kerascnn.fusion.graph import layer_calls
from kerascnn.fusion.optimizers import optimizer_rule

# Measured on two cores of an AMD EPYC 7xx3 with 512 kB of L2 cache each: steps of 7 MFLOP gain
# 2–3 times by stacking, of 11 MFLOP 1.2 times, of 72 MFLOP and more nothing.
FLOPS_KEEPING_A_CORE_BUSY = 60e6
LANES_AT_MOST = 8
LANES_AT_LEAST = 4
BYTES_FOR_ALL_CHUNKS = 1_000_000_000


def chunk_size(model: keras.Model, batch_size: int, n_lanes: int, threads: int) -> tuple[int, str]:
    """Return how many lanes to stack, and why, in a few words.

    Args:
        model: any of the lanes' models, compiled.
        batch_size: the largest of the lanes'.
        n_lanes: how many lanes there are.
        threads: how many chunks are trained at a time.
    """
    flops = cost_per_sample(model) * batch_size
    share = max(1, math.ceil(n_lanes / threads))
    affordable = int(BYTES_FOR_ALL_CHUNKS / threads / bytes_per_lane(model, batch_size))
    if flops > FLOPS_KEEPING_A_CORE_BUSY:
        return 1, f"{flops / 1e6:.0f} MFLOP per step keep a core busy without stacking"
    wanted = round(FLOPS_KEEPING_A_CORE_BUSY / max(flops, 1))
    lanes = min(max(wanted, LANES_AT_LEAST), LANES_AT_MOST)
    if affordable < min(lanes, share):
        return max(1, affordable), "memory for more is not there"
    if share < lanes:
        return share, f"{n_lanes} lanes on {threads} threads"
    return lanes, f"{flops / 1e6:.1f} MFLOP per step and lane"


def cost_per_sample(model: keras.Model) -> int:
    """Return the floating-point operations of one training step, per sample.

    Each multiply-add of a convolution or dense layer counts 2, and is done three times: forward,
    for the gradient of the weights, and for that of the input; the last not in the first layer
    with weights. Everything else is left out.
    """
    products = [_multiply_adds(call.layer) for call in layer_calls(model)]
    weighted = [n for n in products if n]
    return 2 * (3 * sum(weighted) - weighted[0]) if weighted else 0


def _multiply_adds(layer: keras.layers.Layer) -> int:
    """Return the multiply-adds of one layer's forward pass for one sample.

    A convolution does as many per output position as its kernel has values, a transposed one
    per input position; a separable one is the sum of its two kernels.
    """
    kernels = [v for v in layer.trainable_weights if len(v.shape) > 1]
    if not kernels or isinstance(layer.input, list):
        return 0
    transposed = "Transpose" in type(layer).__name__
    shape = layer.input.shape if transposed else layer.output.shape
    positions = math.prod(shape[1:-1])
    return positions * sum(math.prod(v.shape) for v in kernels)


def bytes_per_lane(model: keras.Model, batch_size: int) -> int:
    """Return an estimate of the memory a lane needs while it trains, in bytes.

    float32 throughout: weights, gradients and optimizer slots, and each layer's result and its
    gradient for one batch.
    """
    n_slots = len(optimizer_rule(model).slots(model.optimizer))
    weights = sum(math.prod(v.shape) for v in model.weights) * (3 + n_slots)
    results = sum(math.prod(call.layer.output.shape[1:]) for call in layer_calls(model))
    return 4 * (weights + 2 * batch_size * results)
