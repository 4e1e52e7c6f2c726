"""Descriptions of a candidate's divergence and of a panel's setting."""

from collections.abc import Mapping

from kerascnn.report.figures.grid_view import Facet
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import plural, setting_label

Divergence = Mapping[int, Mapping[int, int]]


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
