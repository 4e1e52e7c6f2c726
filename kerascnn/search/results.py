"""Outcomes of fits → scikit-learn's rows, learning curves and divergences as plain tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kerascnn.estimators.early_stopping import best_epoch
from kerascnn.search.fits import Fit, Outcome
from kerascnn.search.trainings import Candidate
from kerascnn.utils.curves import in_order


def scikit_learn_rows(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return the outcomes as the rows that scikit-learn's search makes `cv_results_` from."""
    return [_row(outcome) for outcome in outcomes]


def unexpected_failures(
    rows: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome]
) -> Sequence[Mapping[str, Any]]:
    """Return the rows with divergence not counted as failure, unless nothing else happened.

    Divergence is a result, not something to warn about; but a search in which no fit came to
    an end has no best candidate, which scikit-learn reports as an error.
    """
    if all(outcome.error for outcome in outcomes):
        return rows
    return without_divergences(rows, outcomes)


def without_divergences(
    rows: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome]
) -> Sequence[Mapping[str, Any]]:
    """Return the rows with divergence not counted as failure."""
    return [
        {**row, "fit_error": None} if outcome.diverged_epoch else row
        for row, outcome in zip(rows, outcomes, strict=True)
    ]


def learning_curves(fits: Sequence[Fit], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return the learning curves of all fits, one row per fit and epoch.

    Returns:
        Columns candidate, split (from 0), epoch (from 1), loss, and each further curve that any
        fit has, such as accuracy, val_loss, val_accuracy (float; NaN where a fit has none).
    """
    names = in_order(["loss", *(name for outcome in outcomes for name in outcome.history)])
    tables = [
        _curve(fit, outcome.history, names) for fit, outcome in zip(fits, outcomes, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def divergences(fits: Sequence[Fit], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return the fits that diverged: columns candidate, split (from 0), epoch (from 1), int."""
    rows = [
        (fit.candidate, fit.split, outcome.diverged_epoch)
        for fit, outcome in zip(fits, outcomes, strict=True)
        if outcome.diverged_epoch is not None
    ]
    return pd.DataFrame(rows, columns=["candidate", "split", "epoch"], dtype="int64")


def best_epochs(
    fits: Sequence[Fit], outcomes: Sequence[Outcome], candidates: Sequence[Candidate]
) -> pd.DataFrame:
    """Return where fits with early stopping ended.

    Returns:
        Columns candidate, split (from 0), epoch, the last one trained, and best_epoch, whose
        weights were kept, both from 1; int. Fits that diverged or failed are left out.
    """
    rows = []
    for fit, outcome in zip(fits, outcomes, strict=True):
        best = best_epoch(candidates[fit.candidate].settings, outcome.history)
        if best is not None and outcome.error is None:
            n_epochs = len(next(iter(outcome.history.values())))
            rows.append((fit.candidate, fit.split, n_epochs, best))
    columns = ["candidate", "split", "epoch", "best_epoch"]
    return pd.DataFrame(rows, columns=columns, dtype="int64")


def _row(outcome: Outcome) -> dict[str, Any]:
    row = {
        "test_scores": outcome.test_scores,
        "n_test_samples": outcome.n_test_samples,
        "fit_time": outcome.fit_time,
        "score_time": outcome.score_time,
        "fit_error": outcome.error,
    }
    if outcome.train_scores is not None:
        row["train_scores"] = outcome.train_scores
    return row


def _curve(fit: Fit, history: Mapping[str, Sequence[float]], names: Sequence[str]) -> pd.DataFrame:
    table = pd.DataFrame({name: pd.Series(history.get(name, ()), dtype=float) for name in names})
    table.insert(0, "candidate", fit.candidate)
    table.insert(1, "split", fit.split)
    table.insert(2, "epoch", range(1, len(table) + 1))
    return table
