"""Descriptions of a candidate: its divergence, its time, and the text of its cell on hover."""

from collections.abc import Mapping
from html import escape

import numpy as np

from kerascnn.report.figures.grid_view import Facet
from kerascnn.results.sweep import Scores, SweepResults
from kerascnn.utils.formatting import duration_label, plural, score_label, setting_label

Divergence = Mapping[int, Mapping[int, int]]


def safe(text: object) -> str:
    """Escape text for plotly, which reads a few HTML tags and entities in all it draws."""
    return escape(str(text), quote=False)


def describe_divergence(epochs: Mapping[int, int], n_splits: int) -> str:
    """Say in which epochs a candidate's fits diverged, as one line, "" if none did.

    Args:
        epochs: the epoch (from 1) by split.
        n_splits: how many splits there are.
    """
    if not epochs:
        return ""
    first, last = min(epochs.values()), max(epochs.values())
    when = f"in epoch {first}" if first == last else f"in epochs {first} to {last}"
    return f"diverged {when} ({len(epochs)} of {plural(n_splits, 'fold')})"


def facet_label(results: SweepResults, facet: Facet) -> str:
    """Write the parameters that tell one panel's candidates from the other panels'."""
    labels = results.labels[facet.candidates.max()]
    return setting_label({name: labels[name] for name in facet.setting})


def hover_text(results: SweepResults, scores: Scores, candidate: int) -> str:
    """Write what a candidate's cell says on hover, escaped for plotly."""
    epochs = results.divergence.get(candidate, {})
    lines = [
        f"<b>{safe(setting_label(results.labels[candidate]))}</b>",
        *_score_lines(scores, candidate),
        describe_divergence(epochs, results.n_splits),
        f"{duration_label(results.fit_times[candidate])} per fit",
    ]
    return "<br>".join(line for line in lines if line)


def _score_lines(scores: Scores, candidate: int) -> list[str]:
    """Write a candidate's mean, its spread and each fold's score, as far as there are any."""
    folds = scores.splits[candidate]
    if not np.isfinite(folds).any():
        return ["no score"]
    return [
        f"mean {score_label(scores.mean[candidate])}",
        f"standard deviation over folds {score_label(scores.std[candidate])}",
        "folds: " + " · ".join(score_label(value) for value in folds),
    ]
