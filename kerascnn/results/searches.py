"""The attributes of results that a fitted search tells."""

from typing import TYPE_CHECKING, Any

from kerascnn.results import storage
from kerascnn.results.splits import test_train_ratio_of

if TYPE_CHECKING:
    import pandas as pd


def found_in(search: Any) -> dict[str, Any]:
    """Return the attributes of `SweepResults` that a fitted search tells."""
    table = storage.as_frame({**search.cv_results_})
    metric = _refit_metric(search, table)
    best = getattr(search, "best_index_", None)
    if best is None:
        best = int(table[f"rank_test_{metric}"].argmin())
    stops = len(getattr(search, "best_epochs_", ())) > 0
    return {
        "cv_results": table,
        "best_index": int(best),
        "learning_curves": _frame(getattr(search, "learning_curves_", None)),
        "diverged": _frame(getattr(search, "diverged_", None)),
        "best_epochs": _frame(getattr(search, "best_epochs_", None) if stops else None),
        "metric": metric,
        "metric_label": metric if metric != "score" else _score_name(search),
        "resource": getattr(search, "resource", None) if "iter" in table else None,
        "test_train_ratio": test_train_ratio_of(search),
        "n_samples": getattr(search, "n_samples_", None),
    }


def _frame(records: Any) -> "pd.DataFrame | None":
    return None if records is None else storage.as_frame(records)


def _refit_metric(search: Any, table: "pd.DataFrame") -> str:
    """Return the metric that chose the best candidate, else the first one."""
    names = [column[10:] for column in table.columns if column.startswith("mean_test_")]
    refit = getattr(search, "refit", None)
    return refit if isinstance(refit, str) and refit in names else names[0]


def _score_name(search: Any) -> str:
    """Return a reader's name for the only metric of a search."""
    # Not imported above: it takes a second, and reports are imported before data is looked for.
    from sklearn.base import is_classifier

    scoring = getattr(search, "scoring", None)
    if scoring is None:
        own = getattr(search.estimator, "SCORE", "score")
        return "accuracy" if is_classifier(search.estimator) else str(own)
    return scoring if isinstance(scoring, str) else getattr(scoring, "__name__", "score")
