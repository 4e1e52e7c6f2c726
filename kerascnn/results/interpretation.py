"""Plain results of an inspection: filters, feature maps and saliency."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kerascnn.results import storage

INSIGHT_FILE = "insight.npz"


@dataclass(frozen=True, eq=False)
class Saliency:
    """Where a network looked for one prediction.

    Attributes:
        image: (height, width, channels), uint8 or float.
        heat: how much each place spoke for the predicted class, (height, width), float ≥ 0.
        true_name: the true class.
        predicted_name: the predicted class.
        confidence: probability of the predicted class, from 0 to 1.
    """

    image: np.ndarray
    heat: np.ndarray
    true_name: str
    predicted_name: str
    confidence: float


@dataclass(frozen=True, eq=False)
class Insight:
    """What a trained network shows of itself; whatever is missing is not drawn.

    Attributes:
        filters: the kernels of the first convolution, (height, width, channels, n), float.
        example: the image whose feature maps are shown, (height, width, channels).
        feature_maps: for each convolution layer its name and maps, (height, width, n), float.
        saliency: for some right and wrong predictions, where the network looked.
        of_spectrograms: whether the rows of all these are frequencies, the lowest first.
    """

    filters: np.ndarray | None = None
    example: np.ndarray | None = None
    feature_maps: tuple[tuple[str, np.ndarray], ...] = ()
    saliency: tuple[Saliency, ...] = ()
    of_spectrograms: bool = False


def save_insight(insight: Insight | None, folder: Path) -> dict[str, Any] | None:
    """Write the arrays to the folder and return the texts that go with them."""
    storage.write_arrays(folder / INSIGHT_FILE, None if insight is None else _arrays(insight))
    if insight is None:
        return None
    return {
        "of_spectrograms": insight.of_spectrograms,
        "layers": [name for name, _ in insight.feature_maps],
        "saliency": [
            {
                "true_name": item.true_name,
                "predicted_name": item.predicted_name,
                "confidence": float(item.confidence),
            }
            for item in insight.saliency
        ],
    }


def _arrays(insight: Insight) -> dict[str, np.ndarray]:
    arrays = {"filters": insight.filters, "example": insight.example}
    for index, (_, maps) in enumerate(insight.feature_maps):
        arrays[f"feature_maps_{index}"] = maps
    for index, item in enumerate(insight.saliency):
        arrays[f"saliency_image_{index}"] = item.image
        arrays[f"saliency_heat_{index}"] = item.heat
    return {name: np.asarray(array) for name, array in arrays.items() if array is not None}


def load_insight(folder: Path, texts: dict[str, Any] | None) -> Insight | None:
    """Read what `save_insight` wrote, given the texts it returned."""
    arrays = storage.read_arrays(folder / INSIGHT_FILE)
    if texts is None or arrays is None:
        return None
    layers = enumerate(texts["layers"])
    items = enumerate(texts["saliency"])
    return Insight(
        filters=arrays.get("filters"),
        example=arrays.get("example"),
        feature_maps=tuple((name, arrays[f"feature_maps_{i}"]) for i, name in layers),
        saliency=tuple(
            Saliency(arrays[f"saliency_image_{i}"], arrays[f"saliency_heat_{i}"], **item)
            for i, item in items
        ),
        of_spectrograms=texts.get("of_spectrograms", False),
    )
