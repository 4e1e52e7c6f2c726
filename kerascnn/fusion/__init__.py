"""Many Keras models of one topology trained as one stacked model, each as if alone.

`train_lanes` trains; `refusal` says whether and why not a model can be trained so, `topology`
which models can share a stack, `chunk_size` and `cost_per_sample` what it will cost. A new
kind of layer is a line in `kerascnn.fusion.rules`, a new optimizer one in
`kerascnn.fusion.optimizers`, a new loss one in `kerascnn.fusion.losses`.
"""

from kerascnn.fusion.cost import bytes_per_lane, chunk_size, cost_per_sample
from kerascnn.fusion.graph import NotFusable
from kerascnn.fusion.lanes import Lane, LaneReport, LaneState
from kerascnn.fusion.topology import refusal, topology
from kerascnn.fusion.training import train_lanes

__all__ = [
    "Lane",
    "LaneReport",
    "LaneState",
    "NotFusable",
    "bytes_per_lane",
    "chunk_size",
    "cost_per_sample",
    "refusal",
    "topology",
    "train_lanes",
]
