"""Exhibits of anomalies: areas and curves, what a threshold finds, and the extreme images."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kerascnn.laboratory.anomaly_scores import (
    AUTOENCODER,
    FALSE_POSITIVE_RATES,
    MADE,
    Scored,
    extreme_rows,
)
from kerascnn.laboratory.restoration import sheet_pixels
from kerascnn.laboratory.study import Quantity
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Bands, Picture, Table
from kerascnn.results.predictions import Expected
from kerascnn.results.study import Headline
from kerascnn.utils.formatting import joined, score_label

if TYPE_CHECKING:
    import pandas as pd

CHANCE = 0.5
IMAGES_SHOWN = 6
CURVES_SHOWN = 5


def headlines(measurements: "pd.DataFrame", expected: Expected | None) -> list[Headline]:
    """Return each method's area and what the autoencoder's threshold finds.

    Args:
        measurements: see `StudyResults`.
        expected: the autoencoder's area, the mean over classes.
    """
    area, found, alarms = _area(measurements), _found(measurements), _alarms(measurements)
    first, *others = [
        Headline(f"Area, {method}", _over_classes(area, method), "mean over the classes left out")
        for method in area.methods
    ]
    if expected is not None:
        verdict = expected.verdict(float(area.values[AUTOENCODER].mean()))
        label = score_label(expected.figure, expected.spread)
        first = Headline(first.label, first.value, f"{first.note}; expected {label}: {verdict}")
    return [
        first,
        *others,
        Headline(
            "Anomalies found",
            _over_classes(found, AUTOENCODER),
            f"{AUTOENCODER}, at {_over_classes(alarms, AUTOENCODER)} false alarms",
        ),
    ]


def areas(measurements: "pd.DataFrame") -> Exhibit:
    """Return the area under the ROC curve for each class left out, and a verdict."""
    area = _area(measurements)
    means = zip(area.settings, area.means[AUTOENCODER], strict=True)
    worse = [str(name) for name, mean in means if mean < CHANCE]
    return Exhibit(
        "Telling a class that was never seen",
        "The area under the ROC curve is the share of pairs, a test image of the class left out "
        "and one of the others, in which the first has the higher score; "
        f"{CHANCE} is chance. {_inverted(worse)}{area.verdict(AUTOENCODER)}",
        [
            area.points("Area under the ROC curve, by the class left out"),
            _by_class(area, "Area under the ROC curve, mean ± standard deviation over seeds"),
        ],
    )


def _inverted(names: Sequence[str]) -> str:
    if not names:
        return ""
    return (
        f"With {joined(names)} left out it is below that: the autoencoder makes the unknown images "
        "better than those it was trained on. "
    )


def curves(scored: Mapping[str, Scored]) -> Exhibit:
    """Return each method's mean ROC curve, and the autoencoder's for each class left out.

    Args:
        scored: the test images by the class left out.
    """
    methods = next(iter(scored.values())).methods
    rates = {
        method: np.stack([each.true_positive_rates(method) for each in scored.values()])
        for method in methods
    }
    means = {method: each.mean(axis=0) for method, each in rates.items()}
    errors = {method: each.std(axis=0) / np.sqrt(len(each)) for method, each in rates.items()}
    own = dict(zip(scored, rates[AUTOENCODER], strict=True))
    parts = [list(own)[first : first + CURVES_SHOWN] for first in range(0, len(own), CURVES_SHOWN)]
    return Exhibit(
        "ROC curves",
        "The share of anomalies above a threshold against that of known images, for all "
        "thresholds, with the first seed. Bands are standard errors over the classes left out.",
        [
            _roc("Mean over the classes left out", means, errors),
            *(
                _roc(f"The {AUTOENCODER}, by the class left out", {n: own[n] for n in names})
                for names in parts
            ),
        ],
    )


def _roc(
    caption: str,
    rates: Mapping[str, np.ndarray],
    spreads: Mapping[str, np.ndarray] | None = None,
) -> Bands:
    return Bands(
        caption,
        FALSE_POSITIVE_RATES,
        rates,
        spreads or {name: np.zeros_like(values) for name, values in rates.items()},
        "false positive rate",
        "true positive rate",
        is_logarithmic=False,
    )


def thresholds(measurements: "pd.DataFrame", percentile: float) -> Exhibit:
    """Return what is found above a threshold that no anomaly has taken part in.

    Args:
        measurements: see `StudyResults`.
        percentile: of the validation scores, the threshold.
    """
    found, alarms = _found(measurements), _alarms(measurements)
    rows = [
        [method, *(_over_classes(each, method) for each in (found, alarms))]
        for method in found.methods
    ]
    return Exhibit(
        "A threshold chosen without anomalies",
        f"The threshold is the {percentile:g}th percentile of the scores of validation images of "
        f"the known classes, so about {100 - percentile:g} % of the known test images should be "
        "above it.",
        [
            Table(
                "Mean over the classes left out ± standard deviation over seeds",
                ["method", f"{found.name}: anomalies", f"{alarms.name}: known images"],
                rows,
            ),
            _by_class(found, "True positive rate: the share of anomalies above the threshold"),
            _by_class(alarms, "False positive rate: the share of known images above the threshold"),
        ],
    )


def extremes(scored: Sequence[Scored], images: np.ndarray) -> Exhibit:
    """Return the test images with the largest and the smallest errors.

    Args:
        scored: the test images for each class left out.
        images: the test images, (n, height, width, channels), from 0 to 1.
    """
    panels = [
        Picture(f"{kind} error of each class, and what is made of it", _strip(scored, images, at))
        for at, kind in enumerate(("The anomaly with the largest", "The anomaly with the smallest"))
    ]
    for kind, is_anomaly in {"Anomalies": True, "Known images": False}.items():
        orders = [each.by_error(anomalies=is_anomaly) for each in scored]
        largest = sheet_pixels([images[rows[::-1][:IMAGES_SHOWN]] for rows in orders])
        smallest = sheet_pixels([images[rows[:IMAGES_SHOWN]] for rows in orders])
        panels.append(Picture(f"{kind} with the largest errors", largest))
        panels.append(Picture(f"{kind} with the smallest errors", smallest))
    return Exhibit(
        "What looks strange, and what does not",
        "Test images by the autoencoder's error with the first seed, a row of each sheet for each "
        "class left out, in order. Known images with large errors are false alarms; anomalies with "
        "small errors are missed.",
        panels,
    )


def _strip(scored: Sequence[Scored], images: np.ndarray, place: int) -> np.ndarray:
    """Return the extreme anomaly of each class, and what the autoencoder makes of it below."""
    rows = [extreme_rows(each.arrays[AUTOENCODER], each.is_anomaly)[place] for each in scored]
    return sheet_pixels([images[rows], np.stack([each.arrays[MADE][place] for each in scored])])


def _by_class(quantity: Quantity, caption: str) -> Table:
    """Return a row for each class left out: there may be too many for columns."""
    rows = [
        [str(name), *(quantity.text(method, name) for method in quantity.methods)]
        for name in quantity.settings
    ]
    return Table(caption, [quantity.setting_name, *quantity.methods], rows)


def _over_classes(quantity: Quantity, method: str) -> str:
    """Write the mean over classes, and its deviation over seeds."""
    means = quantity.values[method].mean(axis=0)
    return f"{means.mean():.3f} ± {means.std():.3f}"


def _area(measurements: "pd.DataFrame") -> Quantity:
    return Quantity(
        measurements, "area", "area under the ROC curve", "left_out", "left-out class", 3
    )


def _found(measurements: "pd.DataFrame") -> Quantity:
    return Quantity(measurements, "found", "true positive rate", "left_out", "left-out class", 3)


def _alarms(measurements: "pd.DataFrame") -> Quantity:
    return Quantity(
        measurements, "false_alarms", "false positive rate", "left_out", "left-out class", 3, True
    )
