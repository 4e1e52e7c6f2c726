"""Many small Keras models of one topology trained as one stacked model, each as if alone.

`train_lanes` trains; `refusal` says whether and why not a model can be trained so, `pays` whether
that is faster, `topology` which models can share a stack, `chunk_size` and `cost_per_sample` what
it will cost. The lists of what can be stacked are short on purpose: a network of anything else
trains in `kerascnn.training`.
"""

from kerascnn.fusion.chain import NotFusable
from kerascnn.fusion.cost import (
    FLOPS_WORTH_STACKING,
    bytes_per_lane,
    chunk_size,
    cost_per_sample,
    pays,
)
from kerascnn.fusion.lanes import Lane, LaneReport
from kerascnn.fusion.topology import refusal, topology
from kerascnn.fusion.training import train_lanes
from kerascnn.training.lane import LaneCheckpoint

__all__ = [
    "FLOPS_WORTH_STACKING",
    "Lane",
    "LaneCheckpoint",
    "LaneReport",
    "NotFusable",
    "bytes_per_lane",
    "chunk_size",
    "cost_per_sample",
    "pays",
    "refusal",
    "topology",
    "train_lanes",
]
