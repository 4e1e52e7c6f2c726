"""The making of plans: candidates checked, each network built once, an engine for each fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kerascnn import environment
from kerascnn.estimators.division import held_out_by
from kerascnn.search.engines import Assignment, SearchContext, assign
from kerascnn.search.engines.shared_arrays import SharedArrays
from kerascnn.search.fits import Fit, SearchTask, enumerate_fits
from kerascnn.search.keys import FitKeys, data_key
from kerascnn.search.networks import Networks
from kerascnn.search.plan import Keys, Plan, Rung
from kerascnn.search.preparation import Preparation, Splits, lacking_classes
from kerascnn.search.trainings import Candidate, Training, gather, make_candidates


class Planner:
    """Makes the plans of a search: one, or one for each rung.

    Candidates are numbered on from rung to rung, as the rows of `cv_results_` are.

    Args:
        search: gives `engine` and `n_jobs`.
        prepared: what it is to do.
        continues: whether later rungs train the candidates of earlier ones for more epochs.

    Attributes:
        plans: those made so far.
    """

    def __init__(self, search: Any, prepared: Preparation, continues: bool = False) -> None:
        self.plans: list[Plan] = []
        self._engine: str = search.engine
        self._n_jobs: int | None = search.n_jobs
        self._scheduler = search.scheduler
        self._continues = continues
        self._prepared = prepared
        self._candidates: list[Candidate] = []
        self._context = self._context_of(prepared.task)

    def plan(
        self, settings: Sequence[Mapping[str, Any]], splitter: Any = None, rung: Rung | None = None
    ) -> Plan:
        """Return the plan for every candidate on every split.

        Args:
            settings: of the candidates.
            splitter: in place of the search's own.
            rung: of a halving search.

        Raises:
            ValueError: if a candidate could not be fitted, or the engine that was asked for cannot
                run one.
        """
        splits = self._prepared.splits(splitter)
        context = self._with_splits(self._context, splits)
        first = len(self._candidates)
        fits = enumerate_fits(settings, splits, first)
        new = make_candidates(context.task, settings, context.networks, first)
        candidates = dict(enumerate(new, first))
        group = group_of(context, fits, candidates, self._engine)
        self._candidates = [*self._candidates, *new]
        notes = self._notes(candidates, group.keys)
        plan = Plan(fits, self._candidates, group.assignments, context, group.keys, notes, rung)
        self.plans.append(plan)
        return plan

    def _context_of(self, task: SearchTask, splits: Splits | None = None) -> SearchContext:
        """Return what the engines of a task share."""
        context = SearchContext(
            task,
            Networks(task),
            SharedArrays(task),
            self._n_jobs,
            environment.available_cores(),
            continues=self._continues and data_key(task) is not None,
            scheduler=self._scheduler,
        )
        return context if splits is None else self._with_splits(context, splits)

    def _with_splits(self, context: SearchContext, splits: Splits) -> SearchContext:
        task = context.task
        return replace(
            context, task=replace(task, splits_lacking_classes=lacking_classes(task, splits))
        )

    def _notes(self, new: Mapping[int, Candidate], keys: Keys) -> list[str]:
        """Return what limits merging, storing and equality, a line each."""
        found = notes_on(list(new.values()), keys.why_none)
        return found + ([] if self.plans else self._prepared.notes)


@dataclass(frozen=True)
class Group:
    """Fits on the same samples, and who runs them.

    Attributes:
        fits: the fits.
        candidates: theirs, by number.
        assignments: who runs what.
        keys: what gives each fit its key in a store.
    """

    fits: Sequence[Fit]
    candidates: Mapping[int, Candidate]
    assignments: list[Assignment]
    keys: FitKeys


def group_of(
    context: SearchContext, fits: Sequence[Fit], candidates: Mapping[int, Candidate], engine: str
) -> Group:
    """Return fits with the engines that run them.

    Raises:
        ValueError: if the engine that was asked for cannot run one, or samples cannot be held out.
    """
    _check_divisions(context.task, fits, candidates)
    assignments = assign(gather(fits, candidates), engine, context)
    keys = FitKeys(context.task, candidates, _rounded(assignments))
    return Group(fits, candidates, assignments, keys)


def _rounded(assignments: Sequence[Assignment]) -> set[tuple[int, int]]:
    """Return candidate and split of the fits that equal separate fits only to rounding."""
    return {
        (fit.candidate, fit.split)
        for assignment in assignments
        for fit in (() if assignment.engine.exact else assignment.fits)
    }


def _check_divisions(
    task: SearchTask, fits: Sequence[Fit], candidates: Mapping[int, Candidate]
) -> None:
    """Raise ValueError if a candidate would validate on all or none of a split's samples."""
    shares = {
        candidate.number: (
            candidate.setting("early_stopping"),
            candidate.setting("validation_split"),
        )
        for candidate in candidates.values()
        if held_out_by(candidate.settings)
    }
    different = {(shares[fit.candidate], fit.split): fit for fit in fits if fit.candidate in shares}
    for fit in different.values():
        candidate = candidates[fit.candidate]
        Training({candidate.epochs: [fit]}, candidate).division(task, fit.train)


def notes_on(candidates: Sequence[Candidate], no_key: str | None) -> list[str]:
    """Return what limits merging, storing and equality, a line each."""
    notes = [] if no_key is None else [f"no fit is stored: {no_key}"]
    reasons: dict[str, int] = {}
    for candidate in candidates:
        if candidate.unidentified is not None:
            reasons[candidate.unidentified] = reasons.get(candidate.unidentified, 0) + 1
    notes += [
        f"{count} candidate{'s are' if count > 1 else ' is'} neither merged nor stored: {why}"
        for why, count in reasons.items()
    ]
    if (threads := environment.threads_per_operation()) != 1:
        on = f"{threads} threads" if threads else "as many threads as TensorFlow chose"
        notes.append(
            f"operations run on {on}, because TensorFlow was started before this search: numbers "
            "equal those of searches with the same setting"
        )
    return notes
