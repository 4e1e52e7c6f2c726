"""The plan of a search: the engine of each fit, with reasons, expected time and memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from kerascnn.search.engines import Assignment, SearchContext
from kerascnn.search.engines.base import Engine
from kerascnn.search.engines.choice import fall_back
from kerascnn.search.fits import Finished, Fit
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Candidate, Training, gather
from kerascnn.utils.formatting import plural, rough_duration_label


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


@dataclass(frozen=True)
class Rung:
    """A rung of a halving search.

    Attributes:
        number: from 1.
        resource: "n_samples" or a parameter's name.
        amount: what each candidate may use of it.
    """

    number: int
    resource: str
    amount: int

    @property
    def label(self) -> str:
        """What the rung is, in a few words."""
        return f"rung {self.number}, {self.resource}={self.amount}"


class Keys(Protocol):
    """What gives fits their keys in a store, see `kerascnn.search.keys`."""

    @property
    def why_none(self) -> str | None:
        """Why fits have no keys, if that is so."""

    def __call__(self, fit: Fit) -> str | None:
        """Return a fit's key."""

    def training(self, fit: Fit) -> str | None:
        """Return the key of a fit's training."""


@dataclass
class Plan:
    """All fits of a search and the engines that run them.

    Attributes:
        fits: every candidate on every split, in scikit-learn's order.
        candidates: one for each setting of the parameters, those of earlier rungs included.
        assignments: who runs what; completed by a run that had to decide anew.
        context: what the engines share.
        key: gives each fit its key in a store, see `kerascnn.search.keys`.
        notes: what else a user should know, a line each.
        rung: of a halving search; None for all fits of another.
    """

    fits: Sequence[Fit]
    candidates: Sequence[Candidate]
    assignments: list[Assignment]
    context: SearchContext
    key: Keys
    notes: list[str] = field(default_factory=list)
    rung: Rung | None = None

    @cached_property
    def n_candidates(self) -> int:
        """How many candidates have fits in this plan."""
        return len({fit.candidate for fit in self.fits})

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

    def sizes(self) -> str:
        """Return how many candidates, splits and fits there are, and in which rung."""
        candidates, folds = plural(self.n_candidates, "candidate"), plural(self.n_splits, "fold")
        sizes = f"{candidates} × {folds} = {plural(len(self.fits), 'fit')}"
        return f"{self.rung.label}: {sizes}" if self.rung else sizes

    def announcement(self) -> str:
        """Return how many fits there are, what time and memory they take, and how they run."""
        needs = f"about {rough_duration_label(self.seconds())} and {self.memory() / 1e9:.1f} GB"
        return f"{self.sizes()}, {needs} of memory\n{self.describe()}"

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


def _summary(training: Training) -> TrainingSummary:
    fit = training.longest
    flops = training.record.flops_per_sample * len(fit.train)
    n_fits = {epochs: len(fits) for epochs, fits in training.fits.items()}
    return TrainingSummary(fit.candidate, fit.split, flops, n_fits)
