"""The candidates of a search as tools that track runs take them: names with numbers and texts."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerascnn.results import SweepResults, storage
from kerascnn.utils.formatting import candidate_number, joined, plural

Plain = bool | int | float | str
Curve = Mapping[int, float]

LONGEST_TEXT = 500


@dataclass(frozen=True)
class ExportedCandidate:
    """One candidate.

    Attributes:
        number: its row in `cv_results_`, from 0.
        parameters: name → number, truth value or text.
        scores: columns of `cv_results_` that are finite numbers, but for parameters.
        curves: name → epoch (from 1) → mean over the splits that trained so long, finite.
        has_score: whether the metric that chooses has a finite mean.
        is_best: whether it was chosen.
        diverged: which fits diverged, in words; "" if none did.
    """

    number: int
    parameters: Mapping[str, Plain]
    scores: Mapping[str, float]
    curves: Mapping[str, Curve] = field(default_factory=dict)
    has_score: bool = True
    is_best: bool = False
    diverged: str = ""

    @property
    def name(self) -> str:
        """Its name, such as "candidate 3", numbered from 1."""
        return f"candidate {candidate_number(self.number)}"


def results_of(source: Any) -> SweepResults:
    """Return the results of a fitted search, of a report's folder, or those given.

    Raises:
        ValueError: if there are none.
    """
    if isinstance(source, SweepResults):
        return source
    if isinstance(source, str | Path):
        return _loaded(Path(source))
    if not hasattr(source, "cv_results_"):
        raise ValueError(
            f"a {type(source).__name__} has no results to export: give a fitted search, "
            "SweepResults or a report's folder"
        )
    return SweepResults.from_search(source, name="search", title=type(source).__name__)


def exported_candidates(results: SweepResults) -> list[ExportedCandidate]:
    """Return all candidates, in their order."""
    parameters = _plain_parameters(results.params)
    scores = _score_columns(results)
    curves = _mean_curves(results)
    return [
        ExportedCandidate(
            number,
            parameters[number],
            scores[number],
            curves.get(number, {}),
            f"mean_test_{results.metric}" in scores[number],
            number == results.best_index,
            _diverged(results.divergence.get(number, {}), results.n_splits),
        )
        for number in range(len(results.params))
    ]


def digest(candidates: Sequence[ExportedCandidate]) -> str:
    """Return what tells results from all others, those of another run of the same search too."""
    content = [[each.parameters, each.scores, each.curves] for each in candidates]
    text = json.dumps(content, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _loaded(folder: Path) -> SweepResults:
    path = folder / storage.RESULTS_FILE
    kind = storage.read_json(path).get("kind") if path.exists() else None
    if kind != "sweep":
        what = "no report" if kind is None else f"a report of kind {kind!r}"
        raise ValueError(
            f"{str(folder)!r} is {what}: give the folder of a search's report, such as "
            "reports/grid-digits"
        )
    return SweepResults.load(folder)


def _plain_parameters(settings: Sequence[Mapping[str, Any]]) -> list[dict[str, Plain]]:
    """Return parameters of one type each: numbers or truth values if all are, else text."""
    plain: list[dict[str, Plain]] = [
        {name: _plain(value) for name, value in setting.items()} for setting in settings
    ]
    for name in {name for setting in plain for name in setting}:
        kinds = {_kind(setting[name]) for setting in plain if name in setting}
        if len(kinds) > 1:
            for setting in plain:
                if name in setting:
                    setting[name] = str(setting[name])
    return plain


def _plain(value: Any) -> Plain:
    """Return a number, a truth value or a text in the place of any value."""
    plain = storage.plain(value)
    if isinstance(plain, bool | int | float):
        return plain
    text = str(plain)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _kind(value: Plain) -> type:
    return type(value) if isinstance(value, bool | str) else float


def _score_columns(results: SweepResults) -> list[dict[str, float]]:
    """Return scores, ranks and times of each candidate, without those that are not finite."""
    table = results.cv_results
    names = [
        name
        for name in table.columns
        if name != "params"
        and not str(name).startswith("param_")
        and table[name].dtype.kind in "iufb"
    ]
    return [
        {str(name): float(row[name]) for name in names if math.isfinite(row[name])}
        for row in table[names].to_dict("records")
    ]


def _mean_curves(results: SweepResults) -> dict[int, dict[str, Curve]]:
    """Return the learning curves of each candidate: name → epoch → mean over splits."""
    table = results.learning_curves
    if table is None:
        return {}
    means = table.drop(columns="split").groupby(["candidate", "epoch"]).mean()
    return {
        int(number): {
            str(name): {
                int(epoch): float(value) for epoch, value in curve.items() if math.isfinite(value)
            }
            for name, curve in rows.droplevel("candidate").items()
        }
        for number, rows in means.groupby(level="candidate")
    }


def _diverged(epochs: Mapping[int, int], n_splits: int) -> str:
    """Say which fits diverged and when."""
    if not epochs:
        return ""
    where = joined([f"split {split} in epoch {epoch}" for split, epoch in sorted(epochs.items())])
    return f"{len(epochs)} of {plural(n_splits, 'fit')}: {where}"
