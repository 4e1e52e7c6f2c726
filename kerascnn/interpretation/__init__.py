"""Filters, feature maps and saliency of a trained network, as plain arrays."""

from kerascnn.interpretation.convolutions import (
    convolutions,
    feature_maps,
    first_filters,
    last_maps,
    seen,
    spectrogram_settings,
)
from kerascnn.interpretation.insight import inspect, inspect_layers
from kerascnn.interpretation.saliency import grad_cam

__all__ = [
    "convolutions",
    "feature_maps",
    "first_filters",
    "grad_cam",
    "inspect",
    "inspect_layers",
    "last_maps",
    "seen",
    "spectrogram_settings",
]
