"""The numbers of each candidate that a page can show: scores, gap, spread, loss and time."""

from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from kerascnn.report.figures.curves import rounded
from kerascnn.results.limits import metric_limits
from kerascnn.results.statistics import (
    best_candidate,
    compared,
    corrected_p_values,
    indistinguishable,
)
from kerascnn.results.sweep import SweepResults
from kerascnn.results.sweep_data import Scores

PARTS = {"test": "validation", "train": "training"}
# Of scores: more than are shown, so that what is rounded again is right.
DIGITS = 9


@dataclass(frozen=True)
class Measure:
    """One number of each candidate that the page can show.

    Attributes:
        key: its name in the page's address.
        name: what it is, for a reader.
        values: of each candidate, None where there is none.
        spreads: their standard deviations over folds, if any.
        folds: the values of each candidate's folds, if any.
        better: "higher" or "lower".
        limits: the least and the largest value it can take, None where there is none.
        scale: measures of one scale share their colours.
        part: "test", "train" or "" for neither.
        partner: the number of the same metric on the training parts, if any.
        unit: "seconds" or "".
        best: the candidate that is the best by it, None where none has a value.
        alike: which candidates cannot be told from the best, if that was tested.
        p_values: those of the test, None where there is none.
        is_fact: whether the chosen candidate's is always shown.
    """

    key: str
    name: str
    values: list[float | None]
    spreads: list[float | None] | None = None
    folds: list[list[float | None]] | None = None
    better: str = "higher"
    limits: tuple[float | None, float | None] = (None, None)
    scale: str = ""
    part: str = ""
    partner: int | None = None
    unit: str = ""
    is_fact: bool = False
    best: int | None = None
    alike: list[bool] | None = None
    p_values: list[float | None] | None = None


def measures(results: SweepResults) -> list[Measure]:
    """Return what can be shown of candidates, the score that chose the best one first."""
    main, *others = results.metrics
    found = _score_measures(results, main, 0)
    found += _gap(results, main) + _spread(results, main) + _loss(results) + _time(results)
    for metric in others:
        found += _score_measures(results, metric, len(found))
    return [replace(measure, best=_best(results, measure)) for measure in found]


def _best(results: SweepResults, measure: Measure) -> int | None:
    """Return the best candidate by a measure: of a score, the one that the others are tested with.

    Of a halving search, one of the last rung.
    """
    if measure.part == "test":
        best = best_candidate(results, measure.scale)
        return None if measure.values[best] is None else best
    sign, rows = -1 if measure.better == "lower" else 1, compared(results)
    worth = {
        row: sign * value
        for row, value in enumerate(measure.values)
        if value is not None and rows[row]
    }
    return max(worth, key=worth.__getitem__, default=None)


def _score_measures(results: SweepResults, metric: str, first: int) -> list[Measure]:
    """Return a metric on the test and the training parts; `first` is the number of the former."""
    parts = {part: results.scores(part, metric) for part in PARTS}
    label = results.label(metric)
    return [
        Measure(
            key=f"{PARTS[part]}-{metric}",
            name=f"{PARTS[part]} {label}",
            values=digits_of(scores.mean),
            spreads=digits_of(scores.std) if results.n_splits > 1 else None,
            folds=_folds(scores.splits),
            limits=_limits(results, metric),
            scale=metric,
            part=part,
            partner=first + 1 if part == "test" and parts["train"] is not None else None,
            is_fact=True,
            **(_tested(results, metric) if part == "test" else {}),
        )
        for part, scores in parts.items()
        if scores is not None
    ]


def _tested(results: SweepResults, metric: str) -> dict[str, Any]:
    """Return what the corrected resampled t-test says of each candidate and the best one."""
    if results.n_splits < 2:
        return {}
    return {
        "alike": indistinguishable(results, metric).tolist(),
        "p_values": rounded(corrected_p_values(results, metric), 3),
    }


def _limits(results: SweepResults, metric: str) -> tuple[float | None, float | None]:
    """Return the range of a metric, none where a score lies outside: its name means another one."""
    known = metric_limits(metric)
    least, most = known if known != (None, None) else metric_limits(results.label(metric))
    scores = results.scores_of("test", metric).splits
    finite = scores[np.isfinite(scores)]
    holds = (least is None or (finite >= least).all()) and (most is None or (finite <= most).all())
    return (least, most) if holds else (None, None)


def digits_of(values: np.ndarray) -> list[float | None]:
    """Round scores to more digits than are shown."""
    return rounded(values, DIGITS)


def _folds(splits: np.ndarray) -> list[list[float | None]]:
    return [digits_of(row) for row in splits]


def _gap(results: SweepResults, metric: str) -> list[Measure]:
    """Return how much better candidates are where they were trained."""
    test, train = results.scores("test", metric), results.scores("train", metric)
    if test is None or train is None:
        return []
    name = f"gap, training − validation {results.label(metric)}"
    folds = train.splits - test.splits
    gap = Scores(train.mean - test.mean, folds.std(axis=1), folds)
    return [
        Measure(
            key="gap",
            name=name,
            values=digits_of(gap.mean),
            spreads=digits_of(gap.std) if results.n_splits > 1 else None,
            folds=_folds(gap.splits),
            better="lower",
            scale="gap",
        )
    ]


def _spread(results: SweepResults, metric: str) -> list[Measure]:
    scores = results.scores("test", metric)
    if scores is None or results.n_splits < 2:
        return []
    name = f"spread of validation {results.label(metric)} over folds"
    values = digits_of(scores.std)
    return [Measure("spread", name, values, better="lower", limits=(0.0, None), scale="spread")]


def _loss(results: SweepResults) -> list[Measure]:
    """Return the validation loss of each fit, at the epoch whose weights it ended with."""
    curves = results.learning_curves
    if curves is None or "val_loss" not in curves or not curves["val_loss"].notna().any():
        return []
    folds = np.full((len(results.params), results.n_splits), np.nan)
    kept = {(c, s): best for c, stops in results.stops.items() for s, (best, _) in stops.items()}
    columns = (curves[name].to_numpy() for name in ("candidate", "split", "epoch", "val_loss"))
    for candidate, split, epoch, loss in zip(*(c.tolist() for c in columns), strict=True):
        if epoch <= kept.get((candidate, split), epoch) and split < results.n_splits:
            folds[int(candidate), int(split)] = loss if isfinite(loss) else np.nan
    return [
        Measure(
            key="loss",
            name="validation loss",
            values=digits_of(folds.mean(axis=1)),
            spreads=digits_of(folds.std(axis=1)),
            folds=_folds(folds),
            better="lower",
            scale="loss",
            is_fact=True,
        )
    ]


def _time(results: SweepResults) -> list[Measure]:
    if not np.isfinite(results.fit_times).any():
        return []
    return [
        Measure(
            key="time",
            name="time per fit",
            values=digits_of(results.fit_times),
            better="lower",
            limits=(0.0, None),
            scale="time",
            unit="seconds",
            is_fact=True,
        )
    ]
