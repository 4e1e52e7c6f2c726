"""All candidates as columns of numbers, which the page's scripts lay out in any way asked for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np

from kerascnn.report.figures.descriptions import describe_divergence
from kerascnn.report.figures.grid_view import Axis, GridView, axis_of, key_of
from kerascnn.report.figures.measures import Measure, digits_of, measures
from kerascnn.results.importance import Importance, importance_of
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import axis_labels, parameter_label, setting_label

# Positive numbers get a logarithmic axis where the largest is so many times the smallest, and the
# middle one no more than this part of the largest.
LARGE_RATIO = 50
SMALL_SHARE = 0.25
ABSENT = -1


@dataclass(frozen=True)
class Parameter:
    """One parameter that differs between candidates.

    Attributes:
        name: as in the search.
        label: the title of its axis.
        texts: its values in order, for a reader.
        numbers: the same as numbers, None if some are none.
        log: whether its axis is logarithmic.
        places: which of the values each candidate has, −1 where it has none.
    """

    name: str
    label: str
    texts: list[str]
    numbers: list[float] | None
    log: bool
    places: list[int]


def describe_candidates(results: SweepResults, view: GridView | None) -> dict[str, Any]:
    """Describe a sweep for the page's scripts.

    Args:
        results: the sweep.
        view: its candidates as a grid, None if they are none.
    """
    varying = parameters(results)
    names = [parameter.name for parameter in varying]
    axes = view and [
        names.index(axis.name) if axis.name in names else ABSENT
        for axis in (view.rows, view.columns)
    ]
    return {
        "best": results.best_index,
        "labels": [setting_label(labels) for labels in results.labels],
        "shown": results.last_rows,
        "axes": axes,
        "parameters": [_without_empty(parameter) for parameter in varying],
        "measures": [_without_empty(measure) for measure in measures(results)],
        "importance": _importances(results, varying),
        "divergence": {
            candidate: describe_divergence(epochs, results.n_splits)
            for candidate, epochs in results.divergence.items()
        },
    }


def _importances(results: SweepResults, varying: Sequence[Parameter]) -> dict[str, Any]:
    """Return what parameters explain of each metric, by its name.

    Of a halving search the scores of the first rung count, where all candidates were equal.
    """
    rows = results.rungs[0].rows if results.rungs else list(range(len(results.params)))
    shape = (len(varying), len(results.params))
    places = np.array([parameter.places for parameter in varying], int).reshape(shape)
    found = {
        metric: importance_of(places.T[rows], results.scores_of("test", metric).mean[rows])
        for metric in results.metrics
    }
    return {metric: _described(each) for metric, each in found.items() if each is not None}


def _described(importance: Importance) -> dict[str, Any]:
    return {
        "shares": [
            [list(parameters), round(share, 4)] for parameters, share in importance.shares.items()
        ],
        "places": importance.places,
        "means": [digits_of(means) for means in importance.means],
        "spreads": [digits_of(spreads) for spreads in importance.spreads],
        "n_candidates": importance.n_candidates,
        "n_filled": importance.n_filled,
        "fit": importance.fit,
    }


def _without_empty(thing: Parameter | Measure) -> dict[str, Any]:
    return {name: value for name, value in asdict(thing).items() if value not in (None, "")}


def parameters(results: SweepResults) -> list[Parameter]:
    """Return the parameters that have several values, in the order in which they are met."""
    names = dict.fromkeys(name for setting in results.settings for name in setting)
    axes = [
        axis_of(name, [setting for setting in results.settings if name in setting])
        for name in names
    ]
    return [_parameter(axis, results.settings) for axis in axes if len(axis.values) > 1]


def _parameter(axis: Axis, settings: Sequence[Any]) -> Parameter:
    places = {key_of(value): place for place, value in enumerate(axis.values)}
    return Parameter(
        axis.name,
        parameter_label(axis.name),
        axis_labels(axis.values),
        axis.numbers,
        axis.numbers is not None and _spans_decades(axis.numbers),
        [
            places[key_of(setting[axis.name])] if axis.name in setting else ABSENT
            for setting in settings
        ],
    )


def _spans_decades(numbers: Sequence[float]) -> bool:
    least, middle, most = min(numbers), median(numbers), max(numbers)
    return least > 0 and most >= LARGE_RATIO * least and middle <= SMALL_SHARE * most
