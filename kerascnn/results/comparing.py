"""Reports side by side: their figures, times and settings, and how sure a difference is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import hypot, isfinite
from pathlib import Path
from typing import Any

import numpy as np

from kerascnn.results import statistics, storage
from kerascnn.results.settings import settings_of
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import (
    duration_label,
    plural,
    score_label,
    setting_label,
)

# What decides which samples are in which split.
SPLIT_SETTINGS = ("data", "folds", "seed", "n_train", "test_size", "by_group")
ERRORS = (
    "After ±: of a cross-validated figure the standard deviation over the folds; of a test "
    "accuracy and of a difference the standard error, over folds corrected for the training "
    "samples that they share (Nadeau and Bengio, 2003)."
)


@dataclass(frozen=True)
class Row:
    """What one line says of each report.

    Attributes:
        label: what it is.
        values: of each report, as text.
        difference: of the last from the first, "" where there is none.
    """

    label: str
    values: tuple[str, ...]
    difference: str = ""


@dataclass(frozen=True)
class Side:
    """One report.

    Attributes:
        name: its folder, as it was given.
        texts: its `results.json`.
        provenance: its `provenance.json`.
        sweep: its results, if it is a sweep's.
    """

    name: str
    texts: Mapping[str, Any]
    provenance: Mapping[str, Any]
    sweep: SweepResults | None

    @classmethod
    def load(cls, folder: Path) -> "Side":
        """Read a report's folder.

        Raises:
            ValueError: if it is none.
        """
        path = folder / storage.RESULTS_FILE
        if not path.exists():
            raise ValueError(
                f"{str(folder)!r} is not a report: it has no {storage.RESULTS_FILE}; "
                "give the folder that a run wrote, such as reports/grid-digits"
            )
        texts = storage.read_json(path)
        sweep = SweepResults.load(folder) if texts.get("kind") == "sweep" else None
        return cls(str(folder), texts, storage.read_json(folder / storage.PROVENANCE_FILE), sweep)

    @cached_property
    def settings(self) -> dict[str, str]:
        """What the numbers depend on, as text by name."""
        return settings_of(self.provenance)

    @property
    def times(self) -> Mapping[str, float]:
        """Seconds by what took them."""
        found = self.provenance.get("durations", {})
        return {name: value for name, value in found.items() if isinstance(value, int | float)}


@dataclass(frozen=True)
class Comparison:
    """Reports side by side.

    Attributes:
        names: of the reports.
        sections: a title and its rows.
        note: what holds for all of it.
    """

    names: tuple[str, ...]
    sections: tuple[tuple[str, tuple[Row, ...]], ...]
    note: str


def compare_reports(folders: Sequence[str | Path]) -> Comparison:
    """Set reports side by side.

    Args:
        folders: two or more folders of reports; differences are the last one's from the first.

    Raises:
        ValueError: if there are fewer, or one is no report.
    """
    if len(folders) < 2:
        raise ValueError(f"{plural(len(folders), 'report')} cannot be compared: give two or more")
    sides = [Side.load(Path(folder)) for folder in folders]
    rows, n_same = _settings(sides)
    sections = {
        "figures": tuple(_figures(sides)),
        "times": tuple(_times(sides)),
        "settings that differ": rows,
    }
    kept = tuple((title, own) for title, own in sections.items() if own)
    note = f"{plural(n_same, 'setting')} {'is' if n_same == 1 else 'are'} the same. {ERRORS}"
    return Comparison(tuple(side.name for side in sides), kept, note)


def _figures(sides: Sequence[Side]) -> Iterator[Row]:
    yield Row("title", tuple(str(side.texts.get("title", "")) for side in sides))
    sweeps = [side.sweep for side in sides]
    if any(sweep is None for sweep in sweeps):
        yield Row("figure", tuple(str(side.texts.get("figure") or "–") for side in sides))
        return
    known = [sweep for sweep in sweeps if sweep is not None]
    is_best = all(statistics.passed_over(sweep) is None for sweep in known)
    chosen = tuple(setting_label(sweep.labels[sweep.best_index]) for sweep in known)
    yield Row("best" if is_best else "chosen", chosen)
    yield _cross_validated(sides, known)
    told = tuple(statistics.told_apart_label(each, each.metric) or "–" for each in known)
    yield Row("statistics", told)
    if any(sweep.predictions is not None for sweep in known):
        yield _tested(known)


def _cross_validated(sides: Sequence[Side], sweeps: Sequence[SweepResults]) -> Row:
    metrics = {sweep.metric_label for sweep in sweeps}
    values = [_best_splits(sweep) for sweep in sweeps]
    shown = tuple(
        f"{score_label(own.mean(), own.std())}{'' if len(metrics) == 1 else f' {s.metric_label}'}"
        for own, s in zip(values, sweeps, strict=True)
    )
    label = f"cross-validated {metrics.pop()}" if len(metrics) == 1 else "cross-validated"
    if len({sweep.metric_label for sweep in sweeps}) > 1:
        return Row(label, shown)
    first, last = values[0], values[-1]
    paired = same_splits(sides[0], sides[-1]) and len(first) == len(last)
    ratio, last_ratio = (statistics.test_train_ratio(s) for s in (sweeps[0], sweeps[-1]))
    mean, error = statistics.difference_of(first, last, ratio, last_ratio, paired)
    how = "on the same folds" if paired else "on different folds"
    return Row(label, shown, _difference(mean, error, how))


def _best_splits(sweep: SweepResults) -> np.ndarray:
    return sweep.scores_of("test", sweep.metric).splits[sweep.best_index]


def same_splits(one: Side, other: Side) -> bool:
    """Return whether both reports' splits hold the same samples, as far as settings say."""
    first, second = (_split_settings(side) for side in (one, other))
    return first is not None and first == second


def _split_settings(side: Side) -> dict[str, Any] | None:
    """Return what decides a report's splits; None if that is not known."""
    own = side.provenance.get("settings")
    if not isinstance(own, Mapping) or not own.get("data"):
        return None
    return {name: own.get(name) for name in SPLIT_SETTINGS}


def _difference(mean: float, error: float, how: str) -> str:
    """Write a difference with its standard error: +0.012 ± 0.008."""
    if not isfinite(mean):
        return ""
    sign = "+" if mean >= 0 else ""
    return f"{sign}{score_label(mean, error)}{f' ({how})' if isfinite(error) else ''}"


def _tested(sweeps: Sequence[SweepResults]) -> Row:
    kept = [sweep.predictions for sweep in sweeps]
    values = tuple(
        "–" if each is None else score_label(each.accuracy, each.standard_error) for each in kept
    )
    first, last = kept[0], kept[-1]
    difference = ""
    if first is not None and last is not None:
        error = hypot(first.standard_error, last.standard_error)
        difference = _difference(last.accuracy - first.accuracy, error, "standard error")
    return Row("test accuracy", values, difference)


def _times(sides: Sequence[Side]) -> Iterator[Row]:
    for name in dict.fromkeys(name for side in sides for name in side.times):
        seconds = [side.times.get(name) for side in sides]
        values = tuple("–" if each is None else duration_label(each) for each in seconds)
        first, last = seconds[0], seconds[-1]
        yield Row(name, values, f"× {last / first:.3g}" if first and last else "")


def _settings(sides: Sequence[Side]) -> tuple[tuple[Row, ...], int]:
    """Return the settings that differ, and how many do not."""
    names = dict.fromkeys(name for side in sides for name in side.settings)
    rows = [Row(name, tuple(side.settings.get(name, "–") for side in sides)) for name in names]
    different = tuple(row for row in rows if len(set(row.values)) > 1)
    return different, len(rows) - len(different)
