"""The progress of a search: a live bar with candidate, fold and time left."""

from collections.abc import Iterator, Mapping, Sequence

from kerascnn.search import forecast
from kerascnn.search.engines import Assignment
from kerascnn.search.fits import Fit, Outcome
from kerascnn.search.plan import Plan
from kerascnn.search.trainings import Training
from kerascnn.utils.formatting import candidate_number
from kerascnn.utils.progress import ProgressBar, is_shown
from kerascnn.utils.watchers import current_watchers

Key = tuple[int, int]


class SearchProgress(ProgressBar):
    """A progress bar over the fits of a search.

    Args:
        plan: whose fits are counted.
        shown: see `ProgressBar`.
    """

    def __init__(self, plan: Plan, shown: bool | None = None) -> None:
        # A forecast times a few matrix products, which nobody need wait for who sees nothing.
        is_seen = is_shown(shown) or bool(current_watchers())
        self._seconds = dict(seconds_of_fits(plan.assignments)) if is_seen else {}
        expected = sum(self._seconds.values()) or None
        lanes = _lanes(plan.assignments) if is_seen else 1
        super().__init__("starting", len(plan.fits), "fits", shown, expected, expected, lanes)
        self._n_splits = plan.n_splits
        self._diverged = 0
        self._begin(plan)

    def _begin(self, plan: Plan) -> None:
        """Tell watchers of the candidates."""
        params = {fit.candidate: fit.parameters for fit in plan.fits}
        for watcher in self.watchers:
            watcher.begin_fits(list(params.values()), plan.fits[0].candidate, plan.n_splits)

    def restore(self, fit: Fit, outcome: Outcome) -> None:
        """Count one fit of an earlier run."""
        self._note(fit, outcome)
        self.skip(self._name(fit), self._work(fit))

    def finish(self, fit: Fit, outcome: Outcome) -> None:
        """Count one finished fit."""
        self._note(fit, outcome)
        self.advance(self._name(fit), work=self._work(fit))

    def _note(self, fit: Fit, outcome: Outcome) -> None:
        self._diverged += outcome.diverged_epoch is not None
        for watcher in self.watchers:
            watcher.finish_fit(fit.candidate, first_score(outcome))

    def _work(self, fit: Fit) -> float:
        return self._seconds.get((fit.candidate, fit.split), 1.0)

    def _name(self, fit: Fit) -> str:
        """Name a fit by its candidate's number, as reports do."""
        diverged = f", {self._diverged} diverged" if self._diverged else ""
        number = candidate_number(fit.candidate)
        return f"candidate {number}, fold {fit.split + 1}/{self._n_splits}{diverged}"


def _lanes(assignments: Sequence[Assignment]) -> int:
    """Return how many trainings are under way at a time while most of the fits are run."""
    largest = max(assignments, key=lambda each: len(each.fits))
    return largest.engine.side_by_side(largest.trainings)


def first_score(outcome: Outcome) -> float | None:
    """Return a fit's score, of several the first; None if it diverged or failed."""
    if outcome.error is not None:
        return None
    scores = outcome.test_scores
    return float(next(iter(scores.values())) if isinstance(scores, Mapping) else scores)


def seconds_of_fits(assignments: list[Assignment]) -> Iterator[tuple[Key, float]]:
    """Give the seconds that each fit adds to a search, as expected, by candidate and split.

    A fit that a longer training passes through adds the epochs since the one before it.
    """
    for assignment in assignments:
        works = {key: work for training in assignment.trainings for key, work in _works(training)}
        scale = assignment.engine.seconds(assignment.trainings) / sum(works.values())
        for key, work in works.items():
            yield key, work * scale


def _works(training: Training) -> Iterator[tuple[Key, float]]:
    """Give what each fit of a training costs, by candidate and split."""
    whole, before = forecast.work(training), 0
    for epochs, fits in sorted(training.fits.items()):
        for fit in fits:
            share = (epochs - before) / max(training.fits) / len(fits)
            yield (fit.candidate, fit.split), whole * share
        before = epochs
