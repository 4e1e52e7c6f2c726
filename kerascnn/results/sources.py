"""The results of whatever holds them: a fitted search, its `cv_results_`, a CSV file, a report."""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from kerascnn.results import storage
from kerascnn.results.interpretation import Insight
from kerascnn.results.origin import file_provenance, search_provenance, searched
from kerascnn.results.predictions import Expected, Predictions
from kerascnn.results.summary import summary_sentence, title_of
from kerascnn.results.sweep import SweepResults
from kerascnn.results.tables import check_candidates, results_of_table
from kerascnn.utils.formatting import shortened
from kerascnn.utils.spelling import did_you_mean

# What must be given as such.
TYPES = {
    "name": str,
    "title": str,
    "claim": str,
    "predictions": Predictions,
    "expected": Expected,
    "insight": Insight,
}


def results_of(source: Any, **texts: Any) -> SweepResults:
    """Return the results of whatever holds them.

    Args:
        source: any fitted search of scikit-learn's interface, a `cv_results_` dictionary or table,
            the path of its CSV file or of a report's folder, or results.
        **texts: attributes of `SweepResults` in place of what the source says, such as `title`;
            None leaves it.

    Raises:
        ValueError: if the search is not fitted, scores are missing, or a file is.
        TypeError: if it is something else, or an attribute is unknown or of another type.
    """
    given = _checked({name: value for name, value in texts.items() if value is not None})
    if isinstance(source, SweepResults):
        return _changed(source, given)
    if isinstance(source, str | Path):
        return _of_path(Path(source), given)
    if isinstance(source, Mapping) or hasattr(source, "columns"):
        return _named(results_of_table(source), "cv_results", "", given)
    return _of_search(source, given)


def _checked(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return attributes of results, if they are such."""
    known = [each.name for each in fields(SweepResults)]
    for name, value in given.items():
        shown = shortened(repr(value), 60)
        if name not in known:
            raise TypeError(
                f"{name}={shown} is no attribute of results: {did_you_mean(name, known)}"
            )
        expected = TYPES.get(name, object)
        if not isinstance(value, expected):
            raise TypeError(f"{name}={shown} must be of type {expected.__name__}")
    return given


def _changed(results: SweepResults, given: Mapping[str, Any]) -> SweepResults:
    return replace(results, **given)


def _of_search(search: Any, given: Mapping[str, Any]) -> SweepResults:
    if not hasattr(search, "cv_results_"):
        raise _no_results(search)
    check_candidates(search.cv_results_, type(search).__name__)
    origin = search_provenance(search)
    results = SweepResults.from_search(search, name="", title="", provenance=origin)
    return _named(results, searched(search), type(search).__name__, given)


def _no_results(source: Any) -> Exception:
    """Return the error for what has no `cv_results_`."""
    if isinstance(source, type):
        return TypeError(f"{source.__name__} is a class: give a search that was made and fitted")
    kind = type(source).__name__
    if not hasattr(source, "fit"):
        return TypeError(
            f"a value of type {kind} holds no results of a search: give a fitted search, its "
            "cv_results_, the path of its CSV file, or a report's folder"
        )
    if not hasattr(source, "best_estimator_") and _is_search(source):
        from sklearn.exceptions import NotFittedError

        return NotFittedError(f"this {kind} is not fitted: call its fit(X, y) first")
    return ValueError(f"{kind} is no search: it has no cv_results_; give a fitted search")


def _is_search(source: Any) -> bool:
    return hasattr(source, "param_grid") or hasattr(source, "param_distributions")


def _of_path(path: Path, given: Mapping[str, Any]) -> SweepResults:
    if path.is_dir():
        return _changed(_of_report(path), given)
    if not path.exists():
        raise ValueError(f"{str(path)!r} does not exist: give a CSV file of cv_results_")
    import pandas as pd

    try:
        table = pd.read_csv(path)
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueError(f"{str(path)!r} is no CSV file of cv_results_: {error}") from error
    unnamed = [name for name in table if str(name).startswith("Unnamed: ")]
    if unnamed:  # the index of a table, which tells its order
        table = table.set_index(unnamed[0]).drop(columns=unnamed[1:])
    results = results_of_table(table, str(path), file_provenance(path))
    return _named(results, path.stem, "", given)


def _of_report(folder: Path) -> SweepResults:
    path = folder / storage.RESULTS_FILE
    if not path.exists():
        raise ValueError(f"{str(folder)!r} is not a report: it has no {storage.RESULTS_FILE}")
    kind = storage.read_json(path).get("kind")
    if kind != "sweep":
        raise ValueError(f"{str(folder)!r} is the report of a {kind}, not of a sweep")
    return SweepResults.load(folder)


def _named(results: SweepResults, what: str, kind: str, given: Mapping[str, Any]) -> SweepResults:
    """Return results with a name, a title and a sentence on what came of them."""
    own = {
        "name": kind or what,
        "title": title_of(results, what),
        "claim": summary_sentence(results),
    }
    return _changed(results, {**own, **given})
