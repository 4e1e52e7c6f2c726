"""What came of a sweep, in a few lines for a terminal and for the top of a page."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascnn.results import statistics
from kerascnn.utils.formatting import candidate_number, joined, plural, score_label, setting_label

if TYPE_CHECKING:
    from kerascnn.results.sweep import SweepResults

MOST_PARAMETERS = 3  # that a title names


def summary_lines(results: "SweepResults") -> list[str]:
    """Return the chosen setting, its figures, and what they leave open, a line each."""
    return [
        f"best: {setting_label(results.labels[results.best_index])} "
        f"(candidate {candidate_number(results.best_index)})",
        *_cross_validated(results),
        *_simplest(results),
        *_tested(results),
    ]


def _cross_validated(results: "SweepResults") -> list[str]:
    scores = results.scores_of("test", results.metric)
    mean, std = scores.mean[results.best_index], scores.std[results.best_index]
    told = statistics.told_apart_label(results, results.metric)
    line = f"cross-validated {results.metric_label}: {score_label(mean, std)}"
    return [f"{line}; {told}" if told else line]


def _simplest(results: "SweepResults") -> list[str]:
    """Name the simplest candidate that is as good, unless that is the best itself."""
    simplest = statistics.simplest_candidate(results, results.metric)
    if simplest is None or simplest == results.best_index:
        return []
    setting = setting_label(results.labels[simplest])
    return [
        f"simplest within one standard error: {setting} (candidate {candidate_number(simplest)})"
    ]


def _tested(results: "SweepResults") -> list[str]:
    predictions = results.predictions
    if predictions is None:
        return []
    n_samples = plural(len(predictions.y_true), "sample")
    return [f"test accuracy: {score_label(predictions.accuracy)} on {n_samples}"]


def summary_sentence(results: "SweepResults") -> str:
    """Return what came of the sweep in one sentence, for the top of a page."""
    scores = results.scores_of("test", results.metric)
    mean, std = scores.mean[results.best_index], scores.std[results.best_index]
    candidates = plural(len(results.rows_by_setting), "candidate")
    if not np.isfinite(mean):
        return f"None of {candidates} has a finite {results.metric_label}."
    told = statistics.told_apart_label(results, results.metric)
    return (
        f"The best of {candidates}: {setting_label(results.labels[results.best_index])}, with a "
        f"cross-validated {results.metric_label} of {score_label(mean, std)}"
        f"{f'; {told}' if told else ''}."
    )


def title_of(results: "SweepResults", what: str) -> str:
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
