"""Sections that several kinds of pages share."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kerascnn.report.figures import images
from kerascnn.results.interpretation import Insight
from kerascnn.results.predictions import Predictions
from kerascnn.results.training import Samples
from kerascnn.utils.curves import quantities
from kerascnn.utils.spectrograms import upright

# The layers that have feature maps, as Keras names them.
NAMED_BY_KERAS = re.compile(
    r"((?:separable_|depthwise_)?conv[123]d(?:_transpose)?|dense|activation|re_lu|leaky_re_lu|add"
    r"|concatenate|batch_normalization|(?:global_)?(?:max|average)_pooling[123]d)(?:_\d+)?"
)
MOST_MAPS_SHOWN = 64
MOST_SAMPLES_SHOWN = 25


@dataclass(frozen=True)
class CurvesSection:
    """What a page says beside its learning curves.

    Attributes:
        step: 1 where every epoch is drawn, else every so many.
        quantities: what is drawn: the loss first, then what else was measured.
    """

    step: int
    quantities: list[str]


def curves_section(curves: Mapping[str, Any]) -> CurvesSection | None:
    """Return what to say beside curves, None where there are none.

    Args:
        curves: see `kerascnn.report.figures.curves.page_curves`.
    """
    fits = [fit for several in curves["fits"].values() for fit in several]
    if not fits:
        return None
    measured = quantities(name for fit in fits for name in fit if name != "epochs")
    return CurvesSection(curves["step"], measured)


@dataclass(frozen=True)
class PredictionsSection:
    """What a page shows of predictions on a test split."""

    confusion: dict[str, Any]
    commonest: list[images.Confusion]
    mistakes: list[images.Mistake]
    n_mistakes: int
    n_samples: int
    accuracy: float
    standard_error: float
    of_signals: bool
    of_spectrograms: bool


def predictions_section(predictions: Predictions | None) -> PredictionsSection | None:
    """Prepare the confusion matrix and the most confident mistakes."""
    if predictions is None:
        return None
    return PredictionsSection(
        images.confusion_description(predictions),
        images.commonest_confusions(predictions),
        images.mistakes(predictions),
        len(predictions.worst_mistakes()),
        len(predictions.y_true),
        predictions.accuracy,
        predictions.standard_error,
        predictions.images.ndim == images.SIGNALS,
        predictions.of_spectrograms,
    )


@dataclass(frozen=True)
class Layer:
    """A convolution layer's feature maps as pictures; `n_maps` counts those not shown too."""

    name: str
    pictures: list[str]
    n_maps: int


@dataclass(frozen=True)
class Look:
    """Where a network looked: the image, the image with the heat laid over, and what was said.

    `is_cold` says that no place spoke for it.
    """

    image: str
    overlay: str
    true_name: str
    predicted_name: str
    confidence: float
    is_cold: bool


@dataclass(frozen=True)
class InsightSection:
    """What a page shows of a network's inside."""

    filters: list[str]
    n_filters: int
    example: str
    layers: list[Layer]
    looks: list[Look]
    of_signals: bool
    of_spectrograms: bool


def insight_section(insight: Insight | None) -> InsightSection | None:
    """Prepare the pictures of a network's inside, at most 64 of each kind."""
    if insight is None:
        return None
    if insight.of_spectrograms:
        insight = _upright(insight)
    filters = [] if insight.filters is None else images.filter_pictures(insight.filters)
    names = layer_names([name for name, _ in insight.feature_maps])
    maps_of_layers = [maps for _, maps in insight.feature_maps]
    layers = [
        Layer(name, *_maps_shown(maps)) for name, maps in zip(names, maps_of_layers, strict=True)
    ]
    looks = [
        Look(
            images.picture(item.image),
            images.png_address(images.overlay(item.image, item.heat)),
            item.true_name,
            item.predicted_name,
            item.confidence,
            not np.any(item.heat > 0),
        )
        for item in insight.saliency
    ]
    example = "" if insight.example is None else images.picture(insight.example)
    of_signals = insight.example is not None and insight.example.ndim == images.SIGNALS - 1
    shown = filters[:MOST_MAPS_SHOWN]
    return InsightSection(
        shown, len(filters), example, layers, looks, of_signals, insight.of_spectrograms
    )


def layer_names(names: Sequence[str]) -> list[str]:
    """Number layers that Keras has named by their place here: "conv2d 1", not "conv2d_9".

    Keras counts all layers of a process, so that its numbers change with what was built before.
    """
    kinds = [NAMED_BY_KERAS.fullmatch(name) for name in names]
    bases = [kind[1] if kind else "" for kind in kinds]
    return [
        name
        if not base
        else base
        if bases.count(base) == 1
        else f"{base} {bases[: place + 1].count(base)}"
        for place, (name, base) in enumerate(zip(names, bases, strict=True))
    ]


def _upright(insight: Insight) -> Insight:
    """Return what is known of a network of spectrograms, high frequencies at the top."""
    return replace(
        insight,
        filters=None if insight.filters is None else insight.filters[::-1],
        example=None if insight.example is None else upright(insight.example),
        feature_maps=tuple((name, upright(maps)) for name, maps in insight.feature_maps),
        saliency=tuple(
            replace(item, image=upright(item.image), heat=upright(item.heat))
            for item in insight.saliency
        ),
    )


def _maps_shown(maps: np.ndarray) -> tuple[list[str], int]:
    """Return the pictures of a layer's maps, and how many there would be of all."""
    pictures = images.map_pictures(maps[..., :MOST_MAPS_SHOWN])
    return pictures, maps.shape[-1] if maps.ndim == images.SIGNALS else len(pictures)


@dataclass(frozen=True)
class SampleSection:
    """The pictures and class names of some training samples."""

    pictures: list[tuple[str, str]]
    of_signals: bool


def sample_section(samples: Samples | None) -> SampleSection | None:
    """Prepare the pictures of the first 25 training samples."""
    if samples is None:
        return None
    shown = samples.images[:MOST_SAMPLES_SHOWN]
    pictures = map(images.png_address, images.to_pixels(shown))
    named = list(zip(pictures, samples.names[:MOST_SAMPLES_SHOWN], strict=True))
    return SampleSection(named, shown.ndim == images.SIGNALS)
