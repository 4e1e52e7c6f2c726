"""The results in columns of scikit-learn's `cv_results_`: of a dictionary, a table, a CSV file."""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascnn.results import storage
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import joined, plural, shortened

if TYPE_CHECKING:
    import pandas as pd

PARAMETER = "param_"
MEAN = "mean_test_"
SCORES = re.compile(r"(mean|std|split\d+)_(test|train)_.+")


def results_of_table(
    source: Any, what: str = "cv_results", provenance: Mapping[str, Any] | None = None
) -> SweepResults:
    """Return the results in columns of scikit-learn's `cv_results_`.

    Args:
        source: columns by name.
        what: what they are of, for errors.
        provenance: of the results.

    Raises:
        ValueError: see `check_candidates`.
    """
    table = _in_order(check_candidates(source, what))
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
    return replace(results, provenance=origin, resource=resource)


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


def check_candidates(source: Any, what: str) -> "pd.DataFrame":
    """Return a table of candidates.

    Args:
        source: columns by name.
        what: what they are of, for errors.

    Raises:
        ValueError: if it has no row, no mean score, or nothing of parameters; if columns differ in
            length, or scores are no numbers.
    """
    try:
        table = storage.as_frame({**source})
    except ValueError as error:
        raise ValueError(f"{what} is no table: {error}; give a search's cv_results_") from error
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
    for name in (name for name in columns if SCORES.fullmatch(name)):
        if table[name].dtype.kind not in "biuf":
            first = table[name].iloc[0] if len(table) else None
            raise ValueError(f"{what}: {name} must hold numbers, but has {first!r}")
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
