"""Candidates laid out as cells: which candidate lies in which row, column and panel of a grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np

NO_CANDIDATE = -1
ROW_NAMES = ("learning_rate", "learning_rate_init", "eta0")
COLUMN_NAMES = ("l2", "alpha")

Setting = Mapping[str, Any]


@dataclass(frozen=True)
class Axis:
    """One parameter and its values in order; a name of "" stands for no parameter, one value."""

    name: str
    values: tuple[Any, ...]

    @property
    def numbers(self) -> list[float] | None:
        """The values as numbers, None if some are none."""
        return [float(value) for value in self.values] if all_numbers(self.values) else None


@dataclass(frozen=True, eq=False)
class Facet:
    """One panel of the grid.

    Attributes:
        setting: the values of the parameters that are on neither axis.
        candidates: the candidate in each cell, int, (n_rows, n_columns), −1 where there is none.
    """

    setting: Setting
    candidates: np.ndarray


@dataclass(frozen=True, eq=False)
class GridView:
    """All candidates as one or more panels with the same two axes.

    Attributes:
        rows: the axis that goes down.
        columns: the axis that goes across.
        facets: at least one panel.
        fixed: the parameters that have the same value in every candidate.
    """

    rows: Axis
    columns: Axis
    facets: tuple[Facet, ...]
    fixed: Setting

    def facet_of(self, candidate: int) -> int:
        """Return the number of the panel that holds `candidate`."""
        return next(i for i, f in enumerate(self.facets) if candidate in f.candidates)


def grid_view(params: Sequence[Setting], numbers: Sequence[int] | None = None) -> GridView | None:
    """Lay candidates out as a grid.

    The learning rate goes down and the L2 penalty across; otherwise the two parameters with the
    most values are the axes. Every further parameter makes panels.

    Args:
        params: each candidate's parameters.
        numbers: the candidates' numbers; None for 0, 1, ….

    Returns:
        None if the candidates are no grid: parameters missing in some, two candidates in one
        cell, or more empty cells than candidates (as after a random search).
    """
    if len({frozenset(setting) for setting in params}) != 1:
        return None
    axes = [axis_of(name, params) for name in params[0]]
    varying = [axis for axis in axes if len(axis.values) > 1]
    fixed = {axis.name: axis.values[0] for axis in axes if len(axis.values) == 1}
    rows, columns, others = _choose_axes(varying)
    cells = _fill(params, [*others, rows, columns])
    if cells is None:
        return None
    if numbers is not None:
        cells = np.where(cells == NO_CANDIDATE, NO_CANDIDATE, np.asarray(numbers)[cells])
    settings = [
        dict(zip([axis.name for axis in others], values, strict=True))
        for values in product(*[axis.values for axis in others])
    ]
    panels = cells.reshape(-1, len(rows.values), len(columns.values))
    facets = [Facet(s, p) for s, p in zip(settings, panels, strict=True)]
    return GridView(rows, columns, tuple(f for f in facets if (f.candidates >= 0).any()), fixed)


def key_of(value: Any) -> str:
    """Tell values apart as a reader would: 1, 1.0 and True differ, though they are equal."""
    return repr(value)


def axis_of(name: str, params: Sequence[Setting]) -> Axis:
    """Collect a parameter's values: numbers in ascending order, others as they first appear."""
    values = list({key_of(setting[name]): setting[name] for setting in params}.values())
    if all_numbers(values):
        values.sort()
    return Axis(name, tuple(values))


def all_numbers(values: Sequence[Any]) -> bool:
    """Return whether all values are numbers; True and False are none."""
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _choose_axes(varying: list[Axis]) -> tuple[Axis, Axis, list[Axis]]:
    """Return the axis down, the axis across and the others."""
    nothing = Axis("", (None,))
    by_size = sorted(varying, key=lambda axis: -len(axis.values))
    row = _named(varying, ROW_NAMES)
    column = _named(varying, COLUMN_NAMES)
    free = [axis for axis in by_size if axis not in (row, column)]
    if len(varying) < 2:
        return nothing, varying[0] if varying else nothing, []
    row = row or free.pop(0)
    column = column or free.pop(0)
    return row, column, free


def _named(axes: list[Axis], names: tuple[str, ...]) -> Axis | None:
    """Return the first axis with one of `names`, whatever route stands before it."""
    return next((axis for axis in axes if axis.name.rsplit("__", 1)[-1] in names), None)


def _fill(params: Sequence[Setting], axes: list[Axis]) -> np.ndarray | None:
    """Return the candidate in each cell, one dimension per axis, None if that is no grid."""
    shape = [len(axis.values) for axis in axes]
    if prod(shape) > 2 * len(params):
        return None
    places = [{key_of(value): i for i, value in enumerate(axis.values)} for axis in axes]
    cells = np.full(shape, NO_CANDIDATE)
    for candidate, setting in enumerate(params):
        cell = tuple(
            place.get(key_of(setting.get(axis.name)), 0)
            for axis, place in zip(axes, places, strict=True)
        )
        if cells[cell] != NO_CANDIDATE:
            return None
        cells[cell] = candidate
    return cells
