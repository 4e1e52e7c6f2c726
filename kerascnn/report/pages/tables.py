"""The tables of all candidates and of all models, as columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from kerascnn.report.figures.descriptions import describe_divergence
from kerascnn.results.comparison import ComparisonResults
from kerascnn.results.statistics import corrected_p_values, indistinguishable
from kerascnn.results.storage import plain_value
from kerascnn.results.sweep import SweepResults
from kerascnn.results.sweep_data import Scores
from kerascnn.utils.formatting import candidate_number, duration_label, score_label

P_VALUES = "p against the best"
ALIKE = "•"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        heading: its title.
        texts: what each row's cell shows.
        keys: what rows are sorted and compared by: a number or text, "" where there is none.
        better: "higher" where the largest number is to come first.
        is_fold: whether it is shown on demand only.
        spreads: the standard deviations of its numbers, "" where there is none; None for no such.
    """

    heading: str
    texts: list[str]
    keys: list[float | str]
    better: str = "lower"
    is_fold: bool = False
    spreads: list[float | str] | None = None


@dataclass(frozen=True)
class Table:
    """All candidates or models, the best first.

    Attributes:
        candidates: the row of each in the results.
        columns: at least one.
        order: the heading by which they are sorted, and "ascending" or "descending".
    """

    candidates: list[int]
    columns: list[Column]
    order: tuple[str, str]

    def description(self) -> dict[str, Any]:
        """Return what the page's script reads, the rows in their order."""
        return {
            "candidates": self.candidates,
            "order": self.order,
            "columns": [
                {**vars(column), "is_text": not any(isinstance(k, float) for k in column.keys)}
                for column in self.columns
            ],
        }


def candidate_table(results: SweepResults) -> Table:
    """Return all candidates in order of rung and rank, with their scores, times and divergence.

    Their numbers are those of the rows of `cv_results_`, from 1.
    """
    numbers = [candidate_number(row) for row in range(len(results.params))]
    columns = [
        _column("candidate", map(str, numbers), numbers),
        *_rung_columns(results),
        _column("rank", map(str, ranks(results).tolist()), ranks(results).tolist()),
        *_parameter_columns(results),
        *_score_columns(results),
        *_test_column(results),
        _column("time per fit", map(duration_label, results.fit_times), results.fit_times),
        *_divergence_column(results),
        *_fold_columns(results),
    ]
    # Scores of several rungs cannot be compared: the last rung comes first.
    order = np.lexsort((ranks(results), -_rung_numbers(results)))
    by = ("rung", "descending") if results.rungs else ("rank", "ascending")
    return _in_order(columns, order.tolist(), by)


def _column(
    heading: str, texts: Iterable[str], keys: Iterable[Any], better: str = "lower"
) -> Column:
    return Column(heading, list(texts), [_sort_key(key) for key in keys], better)


def _in_order(columns: Sequence[Column], rows: list[int], by: tuple[str, str]) -> Table:
    """Return a table of some rows in their order."""
    ordered = [
        replace(
            column,
            texts=[column.texts[row] for row in rows],
            keys=[column.keys[row] for row in rows],
            spreads=column.spreads and [column.spreads[row] for row in rows],
        )
        for column in columns
    ]
    return Table(rows, ordered, by)


def ranks(results: SweepResults) -> np.ndarray:
    """Return each candidate's rank by the metric that chose the best one, int, from 1."""
    return results.cv_results[f"rank_test_{results.metric}"].to_numpy(int)


def _rung_numbers(results: SweepResults) -> np.ndarray:
    """Return each candidate's rung, int, from 1; 0 where there are none."""
    numbers = np.zeros(len(results.params), int)
    for rung in results.rungs:
        numbers[rung.rows] = rung.number
    return numbers


def _rung_columns(results: SweepResults) -> list[Column]:
    """Return each candidate's rung and what it could use, no column where there are none."""
    if not results.rungs:
        return []
    numbers = _rung_numbers(results).tolist()
    columns = [_column("rung", map(str, numbers), numbers, "higher")]
    if results.resource not in results.params[0]:
        amounts = [results.rungs[number - 1].amount for number in numbers]
        columns.append(_column(str(results.resource), (f"{n:,}" for n in amounts), amounts))
    return columns


def _parameter_columns(results: SweepResults) -> list[Column]:
    names = list(dict.fromkeys(name for setting in results.params for name in setting))
    settings = list(zip(results.params, results.labels, strict=True))
    return [
        _column(
            name,
            (labels.get(name, "") for _, labels in settings),
            (setting.get(name, "") for setting, _ in settings),
        )
        for name in names
    ]


def _score_columns(results: SweepResults) -> list[Column]:
    return [
        Column(
            f"{word} {results.label(metric)}",
            list(map(score_label, scores.mean.tolist(), scores.std.tolist())),
            [_sort_key(mean) for mean in scores.mean.tolist()],
            "higher",
            spreads=[_sort_key(spread) for spread in scores.std.tolist()]
            if results.n_splits > 1
            else None,
        )
        for metric, word, scores in _all_scores(results)
    ]


def _test_column(results: SweepResults) -> list[Column]:
    """Return the p-values against the best, those of candidates not told from it marked."""
    if results.n_splits < 2:
        return []
    p_values = corrected_p_values(results, results.metric).tolist()
    alike = indistinguishable(results, results.metric).tolist()
    texts = [
        p_label(value) + (f" {ALIKE}" if is_alike else "")
        for value, is_alike in zip(p_values, alike, strict=True)
    ]
    return [_column(P_VALUES, texts, p_values, "higher")]


def p_label(value: float) -> str:
    """Write a p-value with three decimals."""
    if not isfinite(value):
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _fold_columns(results: SweepResults) -> list[Column]:
    """Return the score of each fold, shown on demand."""
    return [
        Column(
            f"fold {fold + 1} {word} {results.label(metric)}",
            [score_label(value) for value in values],
            [_sort_key(value) for value in values],
            "higher",
            is_fold=True,
        )
        for metric, word, scores in _all_scores(results)
        for fold, values in enumerate(scores.splits.T.tolist())
    ]


def _all_scores(results: SweepResults) -> list[tuple[str, str, Scores]]:
    """Return each metric on each part on which it was measured."""
    found = [
        (metric, word, results.scores(part, metric))
        for metric in results.metrics
        for part, word in (("test", "validation"), ("train", "training"))
    ]
    return [(metric, word, scores) for metric, word, scores in found if scores is not None]


def _divergence_column(results: SweepResults) -> list[Column]:
    """Return when candidates diverged, no column at all where none did."""
    divergence = results.divergence
    if not divergence:
        return []
    epochs = [divergence.get(candidate, {}) for candidate in range(len(results.params))]
    texts = (describe_divergence(each, results.n_splits) for each in epochs)
    return [_column("divergence", texts, (min(each.values(), default="") for each in epochs))]


def _sort_key(value: Any) -> float | str:
    """Return what to sort by: a finite number, else text; "" comes last."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if isfinite(value) else ""
    return "" if value is None else str(plain_value(value))


def model_table(results: ComparisonResults) -> Table:
    """Return all models, the most accurate first, with every column they have."""
    models = results.models.sort_values("accuracy", ascending=False, kind="stable")
    columns = []
    for name in models:
        cells = [_model_cell(str(name), value) for value in models[name]]
        better = "higher" if name == "accuracy" else "lower"
        columns.append(Column(str(name), [t for t, _ in cells], [k for _, k in cells], better))
    return Table([int(row) for row in models.index], columns, ("accuracy", "descending"))


def _model_cell(column: str, value: Any) -> tuple[str, float | str]:
    """Return the text of a cell, and what it is sorted by."""
    value = plain_value(value)
    if isinstance(value, str | None):
        return value or "", value or ""
    if column == "seconds":
        return duration_label(value), _sort_key(value)
    if column.startswith("accuracy"):
        return score_label(value), _sort_key(value)
    return (f"{value:,}" if isinstance(value, int) else f"{value:.4g}"), _sort_key(value)
