"""The rungs of a halving search, read from its results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Rung:
    """One rung of a halving search.

    Attributes:
        number: from 1.
        amount: what each candidate may use of the resource.
        rows: of its candidates in `cv_results`.
    """

    number: int
    amount: int
    rows: list[int]


def rungs_of(cv_results: "pd.DataFrame") -> list[Rung]:
    """Return the rungs that the columns `iter` and `n_resources` tell of."""
    columns = cv_results[["iter", "n_resources"]].reset_index(drop=True)
    return [
        Rung(int(number) + 1, int(part["n_resources"].iloc[0]), part.index.to_list())
        for number, part in columns.groupby("iter")
    ]


def rows_by_setting(settings: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Return the rows of each setting in their order, the settings as they first appear."""
    rows: dict[str, list[int]] = {}
    for row, setting in enumerate(settings):
        rows.setdefault(repr(sorted(setting.items())), []).append(row)
    return list(rows.values())
