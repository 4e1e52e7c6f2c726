"""The plan of a search: the engine of each fit, with reasons, expected time and memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from kerascnn import environment
from kerascnn.estimators.inputs import split_off
from kerascnn.search.engines import Assignment, SearchContext, assign
from kerascnn.search.engines.base import Engine
from kerascnn.search.engines.choice import fall_back
from kerascnn.search.fits import Finished, Fit, SearchTask
from kerascnn.search.keys import key_maker
from kerascnn.search.networks import Networks
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Candidate, Training, gather, make_candidates
from kerascnn.utils.formatting import rough_duration_label


@dataclass(frozen=True)
class TrainingSummary:
    """What one training is to do.

    Attributes:
        candidate: number of one of its candidates.
        split: the split's number.
        flops_per_epoch: floating-point operations of an epoch.
        n_fits: the number of fits by their number of epochs.
    """

    candidate: int
    split: int
    flops_per_epoch: float
    n_fits: dict[int, int]


@dataclass(frozen=True)
class PlanSummary:
    """What ran how, and why: a plan without its data and networks.

    Attributes:
        text: a line per engine and reason, and notes.
        trainings: what was trained.
    """

    text: str
    trainings: tuple[TrainingSummary, ...]

    def describe(self) -> str:
        """Return what ran how and why, a line each."""
        return self.text


@dataclass
class Plan:
    """All fits of a search and the engines that run them.

    Attributes:
        fits: every candidate on every split, in scikit-learn's order.
        candidates: one for each setting of the parameters.
        assignments: who runs what; completed by a run that had to decide anew.
        context: what the engines share.
        key: gives each fit its key in a store; None for one that cannot be told from others.
        notes: what else a user should know, a line each.
    """

    fits: Sequence[Fit]
    candidates: Sequence[Candidate]
    assignments: list[Assignment]
    context: SearchContext
    key: Callable[[Fit], str | None]
    notes: list[str] = field(default_factory=list)

    @cached_property
    def n_candidates(self) -> int:
        """The number of candidates."""
        return len(self.candidates)

    @cached_property
    def n_splits(self) -> int:
        """The number of splits."""
        return 1 + max(fit.split for fit in self.fits)

    def seconds(self) -> float:
        """Return how many seconds all fits are expected to take, within a factor of two."""
        return sum(each.engine.seconds(each.trainings) for each in self.assignments)

    def memory(self) -> float:
        """Return how many bytes of memory all processes together are expected to need."""
        return max(each.engine.memory(each.trainings) for each in self.assignments)

    def describe(self) -> str:
        """Return what runs how and why, a line each."""
        lines = [f"{len(self.fits)} fits: {each.describe()}" for each in self.assignments]
        return "\n".join([*lines, *self.notes])

    def announcement(self) -> str:
        """Return how many fits there are, what time and memory they take, and how they run."""
        sizes = f"{self.n_candidates} candidates × {self.n_splits} folds = {len(self.fits)} fits"
        needs = f"about {rough_duration_label(self.seconds())} and {self.memory() / 1e9:.1f} GB"
        return f"{sizes}, {needs} of memory\n{self.describe()}"

    def summary(self) -> PlanSummary:
        """Return what can be kept of the plan after its run."""
        trainings = (training for each in self.assignments for training in each.trainings)
        return PlanSummary(self.describe(), tuple(map(_summary, trainings)))

    def run(self, fits: Sequence[Fit], finished: Finished, store: NullStore) -> None:
        """Run those of the plan's fits that are still missing."""
        missing = {(fit.candidate, fit.split) for fit in fits}
        for assignment in list(self.assignments):
            left = [fit for fit in assignment.fits if (fit.candidate, fit.split) in missing]
            self._run(assignment.engine, gather(left, self.candidates), finished, store)

    def _run(
        self, engine: Engine, trainings: Sequence[Training], finished: Finished, store: NullStore
    ) -> None:
        """Run trainings by an engine, and by others what it turns out to refuse."""
        if not trainings:
            return
        for why, refused in engine.run(trainings, finished, store).items():
            others = fall_back(refused, why, engine)
            self._reassign(others)
            for other in others:
                self._run(other.engine, other.trainings, finished, store)

    def _reassign(self, late: Sequence[Assignment]) -> None:
        """Say of the fits that an engine could not run after all who does."""
        moved = {(fit.candidate, fit.split) for assignment in late for fit in assignment.fits}
        kept = []
        for assignment in self.assignments:
            fits = [fit for fit in assignment.fits if (fit.candidate, fit.split) not in moved]
            if fits:
                trainings = gather(fits, self.candidates)
                kept.append(Assignment(assignment.engine, trainings, assignment.why))
        self.assignments = [*kept, *late]


def make_plan(
    task: SearchTask,
    settings: Sequence[Mapping[str, Any]],
    fits: Sequence[Fit],
    engine: str,
    n_jobs: int | None,
    scheduler: Any = None,
) -> Plan:
    """Return the plan for `fits`, every candidate checked.

    Args:
        task: what the fits share.
        settings: of the candidates.
        fits: every candidate on every split.
        engine: "auto" takes for each training the fastest engine that is exact; others name one,
            see `kerascnn.search.engines`.
        n_jobs: worker processes; None for one per core.
        scheduler: of the cluster that the engine "dask" uses.

    Raises:
        ValueError: if a candidate could not be fitted, or the named engine cannot run one.
    """
    networks = Networks(task)
    candidates = make_candidates(task, settings, networks)
    _check_validation_splits(fits, candidates)
    context = SearchContext(task, networks, n_jobs, environment.available_cores(), scheduler)
    assignments = assign(gather(fits, candidates), engine, context)
    rounded = {
        (fit.candidate, fit.split)
        for assignment in assignments
        for fit in (() if assignment.engine.exact else assignment.fits)
    }
    key, no_key = key_maker(task, candidates, rounded)
    return Plan(fits, candidates, assignments, context, key, _notes(candidates, no_key))


def _check_validation_splits(fits: Sequence[Fit], candidates: Sequence[Candidate]) -> None:
    """Raise ValueError if a candidate would validate on all or none of a split's samples."""
    shares = {candidate.setting("validation_split") for candidate in candidates}
    lengths = {len(fit.train) for fit in fits}
    for share, length in product(sorted(shares - {0}), lengths):
        rows = np.arange(length)
        split_off((rows, rows, None), share)


def _summary(training: Training) -> TrainingSummary:
    fit = training.longest
    flops = training.record.flops_per_sample * len(fit.train)
    n_fits = {epochs: len(fits) for epochs, fits in training.fits.items()}
    return TrainingSummary(fit.candidate, fit.split, flops, n_fits)


def _notes(candidates: Sequence[Candidate], no_key: str | None) -> list[str]:
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
