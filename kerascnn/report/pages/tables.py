"""The tables of all candidates and of all models, ready to be written as rows."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from kerascnn.report.figures.descriptions import describe_divergence
from kerascnn.results.comparison import ComparisonResults
from kerascnn.results.storage import plain_value
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import duration_label, score_label


@dataclass(frozen=True)
class Cell:
    """What a cell shows, and what its column is sorted by."""

    text: str
    key: float | str


@dataclass(frozen=True)
class Row:
    """One candidate or model: its number, and its cells."""

    candidate: int
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """All candidates or models, the best first.

    Attributes:
        headings: the columns' titles.
        rows: the candidates or models.
        order: the heading by which they are sorted, and "ascending" or "descending".
    """

    headings: list[str]
    rows: list[Row]
    order: tuple[str, str]


def candidate_table(results: SweepResults) -> Table:
    """Return all candidates in order of rung and rank, with their scores, times and divergence."""
    columns = {
        **_rung_column(results),
        "rank": [Cell(str(rank), rank) for rank in ranks(results).tolist()],
        **_parameter_columns(results),
        **_score_columns(results),
        "time per fit": [Cell(duration_label(s), _sort_key(s)) for s in results.fit_times.tolist()],
        **_divergence_column(results),
    }
    # Scores of several rungs cannot be compared: the last rung comes first.
    order = np.lexsort((ranks(results), -_rung_numbers(results)))
    cells = list(columns.values())
    rows = [Row(int(i), [column[i] for column in cells]) for i in order]
    by = ("rung", "descending") if results.rungs else ("rank", "ascending")
    return Table(list(columns), rows, by)


def ranks(results: SweepResults) -> np.ndarray:
    """Return each candidate's rank by the metric that chose the best one, int, from 1."""
    return results.cv_results[f"rank_test_{results.metric}"].to_numpy(int)


def _rung_numbers(results: SweepResults) -> np.ndarray:
    """Return each candidate's rung, int, from 1; 0 where there are none."""
    numbers = np.zeros(len(results.params), int)
    for rung in results.rungs:
        numbers[rung.rows] = rung.number
    return numbers


def _rung_column(results: SweepResults) -> dict[str, list[Cell]]:
    """Return each candidate's rung and what it could use, no column where there are none."""
    if not results.rungs:
        return {}
    numbers = _rung_numbers(results).tolist()
    columns = {"rung": [Cell(str(number), number) for number in numbers]}
    if results.resource not in results.params[0]:
        amounts = [results.rungs[number - 1].amount for number in numbers]
        columns[str(results.resource)] = [Cell(f"{amount:,}", amount) for amount in amounts]
    return columns


def _parameter_columns(results: SweepResults) -> dict[str, list[Cell]]:
    names = list(dict.fromkeys(name for setting in results.params for name in setting))
    return {
        name: [
            Cell(labels[name], _sort_key(setting[name])) if name in setting else Cell("", "")
            for setting, labels in zip(results.params, results.labels, strict=True)
        ]
        for name in names
    }


def _score_columns(results: SweepResults) -> dict[str, list[Cell]]:
    columns = {}
    for metric in results.metrics:
        for part, word in (("test", "validation"), ("train", "training")):
            scores = results.scores(part, metric)
            if scores is not None:
                columns[f"{word} {results.label(metric)}"] = [
                    Cell(score_label(mean, std), _sort_key(mean))
                    for mean, std in zip(scores.mean.tolist(), scores.std.tolist(), strict=True)
                ]
    return columns


def _divergence_column(results: SweepResults) -> dict[str, list[Cell]]:
    """Return when candidates diverged, no column at all where none did."""
    divergence = results.divergence
    if not divergence:
        return {}
    return {
        "divergence": [
            Cell(describe_divergence(epochs, results.n_splits), min(epochs.values(), default=0))
            for epochs in (divergence.get(i, {}) for i in range(len(results.params)))
        ]
    }


def _sort_key(value: Any) -> float | str:
    """Return what to sort by: a finite number, else text; "" comes last."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number:
        return float(value) if isfinite(value) else ""
    return str(value)


def model_table(results: ComparisonResults) -> Table:
    """Return all models, the most accurate first, with every column they have."""
    models = results.models.sort_values("accuracy", ascending=False, kind="stable")
    columns = [[_model_cell(name, value) for value in models[name]] for name in models]
    rows = [Row(int(i), [column[k] for column in columns]) for k, i in enumerate(models.index)]
    return Table([str(name) for name in models], rows, ("accuracy", "descending"))


def _model_cell(column: str, value: Any) -> Cell:
    value = plain_value(value)
    if isinstance(value, str | None):
        return Cell("" if value is None else value, value or "")
    if column == "seconds":
        return Cell(duration_label(value), value)
    if column.startswith("accuracy"):
        return Cell(score_label(value), value)
    return Cell(f"{value:,}" if isinstance(value, int) else f"{value:.4g}", value)
