"""A summary of a sweep: a few lines for a terminal, a sentence for the top of a page."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kerascnn.results import statistics
from kerascnn.results.sweep_data import Sweep
from kerascnn.utils.formatting import candidate_number, joined, plural, score_label, setting_label

MOST_PARAMETERS = 3  # that a title names


def summary_lines(results: Sweep) -> list[str]:
    """Return the chosen setting, its figures, and what they leave open, a line each."""
    word = "best" if statistics.passed_over(results) is None else "chosen"
    return [
        f"{word}: {setting_label(results.labels[results.best_index])} "
        f"(candidate {candidate_number(results.best_index)})",
        *_cross_validated(results),
        *_simplest(results),
        *_tested(results),
    ]


def _cross_validated(results: Sweep) -> list[str]:
    told = statistics.told_apart_label(results, results.metric)
    lines = [f"cross-validated {results.metric_label}: {_score(results, results.best_index)}"]
    highest = statistics.passed_over(results)
    if highest is not None:
        lines.append(_highest(results, highest))
    return [*lines[:-1], f"{lines[-1]}; {told}" if told else lines[-1]]


def _score(results: Sweep, row: int) -> str:
    scores = results.scores_of("test", results.metric)
    return score_label(scores.mean[row], scores.std[row])


def _highest(results: Sweep, row: int) -> str:
    """Name the highest score where the search chose another candidate."""
    return f"the highest: {_score(results, row)} (candidate {candidate_number(row)})"


def _simplest(results: Sweep) -> list[str]:
    """Name the simplest candidate that is as good, unless that is the best itself."""
    simplest = statistics.simplest_candidate(results, results.metric)
    if simplest is None or simplest == results.best_index:
        return []
    setting = setting_label(results.labels[simplest])
    return [
        f"simplest within one standard error: {setting} (candidate {candidate_number(simplest)})"
    ]


def _tested(results: Sweep) -> list[str]:
    predictions = results.predictions
    if predictions is None:
        return []
    n_samples = plural(len(predictions.y_true), "sample")
    return [f"test accuracy: {score_label(predictions.accuracy)} on {n_samples}"]


def summary_sentence(results: Sweep) -> str:
    """Return what came of the sweep in one sentence, for the top of a page."""
    candidates = plural(len(results.rows_by_setting), "candidate")
    if not np.isfinite(results.scores_of("test", results.metric).mean).any():
        return f"None of {candidates} has a finite {results.metric_label}."
    told = statistics.told_apart_label(results, results.metric)
    highest = statistics.passed_over(results)
    parts = [
        f"The {'best' if highest is None else 'search’s choice'} of {candidates}: "
        f"{setting_label(results.labels[results.best_index])}, with a cross-validated "
        f"{results.metric_label} of {_score(results, results.best_index)}",
        "" if highest is None else _highest(results, highest),
        told,
    ]
    return f"{'; '.join(filter(None, parts))}."


def title_of(results: Sweep, what: str) -> str:
    """Return a heading that says what was varied: "SVC: accuracy by C and gamma"."""
    varied = _varied(results.settings)
    if not varied:
        return f"{what}: {results.metric_label}"
    named = varied if len(varied) <= MOST_PARAMETERS else [f"{len(varied)} parameters"]
    return f"{what}: {results.metric_label} by {joined(named)}"


def _varied(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the parameters with more than one value, without their routes."""
    names = dict.fromkeys(name for setting in settings for name in setting)
    several = [name for name in names if len({repr(setting.get(name)) for setting in settings}) > 1]
    return [name.rsplit("__", 1)[-1] for name in several]
