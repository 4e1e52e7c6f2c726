"""The results of whatever holds them: a fitted search, its `cv_results_`, a CSV file, a report."""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascnn.results import storage
from kerascnn.results.origin import file_provenance, search_provenance, searched
from kerascnn.results.summary import summary_sentence, title_of
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import joined, plural, shortened

if TYPE_CHECKING:
    import pandas as pd

PARAMETER = "param_"
MEAN = "mean_test_"


def results_of(source: Any, **texts: Any) -> SweepResults:
    """Return the results of whatever holds them.

    Args:
        source: any fitted search of scikit-learn's interface, a `cv_results_` dictionary or table,
            the path of its CSV file or of a report's folder, or results.
        **texts: attributes of `SweepResults` in place of what the source says, such as `title`;
            None leaves it.

    Raises:
        ValueError: if the search is not fitted, scores are missing, or a file is.
        TypeError: if it is something else.
    """
    given = {name: value for name, value in texts.items() if value is not None}
    if isinstance(source, SweepResults):
        return _changed(source, given)
    if isinstance(source, str | Path):
        return _of_path(Path(source), given)
    if isinstance(source, Mapping) or hasattr(source, "columns"):
        return _named(_of_table(source), "cv_results", "", given)
    return _of_search(source, given)


def _changed(results: SweepResults, given: Mapping[str, Any]) -> SweepResults:
    return replace(results, **given)


def _of_search(search: Any, given: Mapping[str, Any]) -> SweepResults:
    if not hasattr(search, "cv_results_"):
        raise _no_results(search)
    _checked(storage.as_frame({**search.cv_results_}), type(search).__name__)
    origin = search_provenance(search)
    results = SweepResults.from_search(search, name="", title="", provenance=origin)
    return _named(results, searched(search), type(search).__name__, given)


def _no_results(source: Any) -> Exception:
    """Return the error for what has no `cv_results_`."""
    kind = type(source).__name__
    if not hasattr(source, "fit"):
        return TypeError(
            f"a {kind} holds no results of a search: give a fitted search, its cv_results_, the "
            "path of its CSV file, or a report's folder"
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
    results = _of_table(table, str(path), file_provenance(path))
    return _named(results, path.stem, "", given)


def _of_report(folder: Path) -> SweepResults:
    path = folder / storage.RESULTS_FILE
    if not path.exists():
        raise ValueError(f"{str(folder)!r} is not a report: it has no {storage.RESULTS_FILE}")
    kind = storage.read_json(path).get("kind")
    if kind != "sweep":
        raise ValueError(f"{str(folder)!r} is the report of a {kind}, not of a sweep")
    return SweepResults.load(folder)


def _of_table(
    source: Any, what: str = "cv_results", provenance: Mapping[str, Any] | None = None
) -> SweepResults:
    """Return the results in columns of scikit-learn's `cv_results_`."""
    table = _in_order(_checked(storage.as_frame({**source}), what))
    table = table.assign(params=_params(table))
    metric = next(str(name) for name in table if str(name).startswith(MEAN)).removeprefix(MEAN)
    if f"rank_test_{metric}" not in table:
        means = table[MEAN + metric]
        ranks = means.rank(ascending=False, method="min", na_option="bottom")
        table = table.assign(**{f"rank_test_{metric}": ranks.fillna(1).astype(int)})
    table = _with_spreads(table)
    resource = _resource(table)
    best = _best(table, MEAN + metric, resource)
    results = SweepResults("", "", "", table, best, metric=metric, metric_label=metric)
    splits = f"{results.n_splits}, taken for those of {plural(results.n_splits, 'fold')}"
    origin = {**(provenance or {}), **({"splits": splits} if results.n_splits > 1 else {})}
    return _changed(results, {"provenance": origin, "resource": resource})


def _in_order(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table in the order of its candidates, however it was sorted: it numbers them."""
    if storage.CANDIDATE in table:
        table = table.sort_values(storage.CANDIDATE, kind="stable")
    elif table.index.is_unique:
        table = table.sort_index()
    return table.drop(columns=storage.CANDIDATE, errors="ignore").reset_index(drop=True)


def _with_spreads(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table with a standard deviation beside each mean, NaN where it is unknown."""
    means = [str(name) for name in table if re.fullmatch(r"mean_(test|train)_.+", str(name))]
    unknown = {name.replace("mean_", "std_", 1): np.nan for name in means}
    return table.assign(**{name: nan for name, nan in unknown.items() if name not in table})


def _resource(table: "pd.DataFrame") -> str | None:
    """Return what a halving search gave more of from rung to rung; None for another search."""
    if not {"iter", "n_resources"} <= {*table.columns}:
        return None
    amounts = table["n_resources"].tolist()
    settings = table["params"].tolist()
    of_parameters = (
        name for name in settings[0] if [setting.get(name) for setting in settings] == amounts
    )
    return next(of_parameters, "n_samples")


def _best(table: "pd.DataFrame", column: str, resource: str | None) -> int:
    """Return the row with the highest mean, of a halving search in its last rung."""
    means = np.nan_to_num(table[column].to_numpy(float), nan=-np.inf)
    if resource is not None:
        means[(table["iter"] < table["iter"].max()).to_numpy()] = -np.inf
    return int(means.argmax())


def _checked(table: "pd.DataFrame", what: str) -> "pd.DataFrame":
    """Return a table of candidates.

    Raises:
        ValueError: if it has no row, no mean score, or nothing of parameters.
    """
    columns = [str(name) for name in table.columns]
    if not any(name.startswith(MEAN) for name in columns):
        found = shortened(joined(columns), 120) or "nothing"
        raise ValueError(
            f"{what} has no column {MEAN}*: it has {found}; give a search's cv_results_"
        )
    if "params" not in columns and not any(name.startswith(PARAMETER) for name in columns):
        raise ValueError(
            f"{what} has no column params or {PARAMETER}*: give a search's cv_results_"
        )
    if not len(table):
        raise ValueError(f"{what} has no candidate: give a search's cv_results_")
    return table


def _params(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return each candidate's parameters: as they are, as text says them, or from `param_*`."""
    if "params" in table:
        given = list(table["params"])
        if all(isinstance(setting, Mapping) for setting in given):
            return [dict(setting) for setting in given]
        read = [_read(str(text)) for text in given]
        if all(setting is not None for setting in read):
            return [setting for setting in read if setting is not None]
    names = [name for name in table if str(name).startswith(PARAMETER)]
    return [
        {
            str(name).removeprefix(PARAMETER): storage.plain_value(value)
            for name, value in row.items()
            if not _is_missing(value)
        }
        for row in table[names].to_dict("records")
    ]


def _read(text: str) -> dict[str, Any] | None:
    """Return the parameters that a text says as JSON or as Python; None if it says none."""
    for read in (json.loads, _read_python):
        try:
            setting = read(text)
        except (ValueError, SyntaxError):
            continue
        if isinstance(setting, dict):
            return setting
    return None


def _read_python(text: str) -> dict[str, Any] | None:
    """Return a dictionary as Python writes it; values that are no literals, as their text."""
    tree = ast.parse(text, mode="eval").body
    if not isinstance(tree, ast.Dict):
        return None
    pairs = zip(tree.keys, tree.values, strict=True)
    return {str(_literal(name)): _literal(value) for name, value in pairs if name is not None}


def _literal(tree: ast.expr) -> Any:
    """Return the value of an expression: NumPy's numbers as plain ones, objects as their text."""
    match tree:
        case ast.Call(ast.Attribute(ast.Name("np")), [number], []):
            return _literal(number)
    try:
        return ast.literal_eval(tree)
    except ValueError:
        return ast.unparse(tree)


def _is_missing(value: Any) -> bool:
    return value is np.ma.masked or (isinstance(value, float) and np.isnan(value))


def _named(results: SweepResults, what: str, kind: str, given: Mapping[str, Any]) -> SweepResults:
    """Return results with a name, a title and a sentence on what came of them."""
    own = {
        "name": kind or what,
        "title": title_of(results, what),
        "claim": summary_sentence(results),
    }
    return _changed(results, {**own, **given})
