"""A plan carried out: stored fits first, then the engines, every outcome kept at once."""

from collections.abc import Callable

from kerascnn.search.fits import Fit, Outcome
from kerascnn.search.plan import Plan
from kerascnn.search.progress import SearchProgress
from kerascnn.search.store import NullStore

OnFit = Callable[[Fit], None]


class PlanRun:
    """One run of a plan.

    Args:
        plan: what to run, and how.
        store: where finished fits are kept; open.
        progress: counts finished fits.
        on_fit: called with each fit whose outcome is there, stored ones included.
    """

    def __init__(
        self, plan: Plan, store: NullStore, progress: SearchProgress, on_fit: OnFit
    ) -> None:
        self._plan = plan
        self._store = store
        self._progress = progress
        self._on_fit = on_fit
        self._outcomes: dict[tuple[int, int], Outcome] = {}

    def restore(self) -> int:
        """Take the outcomes that are stored; return how many."""
        for fit in self._plan.fits:
            if stored := self._store.find(fit):
                self._take(fit, stored)
                self._progress.restore(fit, stored)
        return len(self._outcomes)

    def complete(self) -> list[Outcome]:
        """Run the fits that are missing; return all outcomes in the order of the plan's fits."""
        fits = self._plan.fits
        missing = [fit for fit in fits if (fit.candidate, fit.split) not in self._outcomes]
        self._plan.run(missing, self._finish, self._store)
        return [self._outcomes[fit.candidate, fit.split] for fit in fits]

    def _finish(self, fit: Fit, outcome: Outcome) -> None:
        if _is_final(outcome):
            self._store.keep(fit, outcome)
        self._take(fit, outcome)
        self._progress.finish(fit, outcome)

    def _take(self, fit: Fit, outcome: Outcome) -> None:
        self._outcomes[fit.candidate, fit.split] = outcome
        self._on_fit(fit)


def run_plan(
    plan: Plan, store: NullStore, shown: bool | None, on_fit: OnFit
) -> tuple[list[Outcome], int]:
    """Return the outcomes of all the plan's fits in their order, and how many were stored.

    Args:
        plan: what to run, and how.
        store: where finished fits are kept; open.
        shown: whether progress is shown; None shows it on a terminal.
        on_fit: see `PlanRun`.
    """
    with SearchProgress(plan, shown) as progress:
        if progress.shown:
            progress.say(plan.announcement())
        run = PlanRun(plan, store, progress, on_fit)
        n_stored = run.restore()
        if n_stored:
            progress.say(f"{n_stored} of {len(plan.fits)} fits were finished by an earlier run")
        return run.complete(), n_stored


def _is_final(outcome: Outcome) -> bool:
    """Return whether training again would give the same: divergence would, an error may not."""
    return outcome.error is None or outcome.diverged_epoch is not None
