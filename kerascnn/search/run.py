"""A plan carried out: stored fits first, then the engine, every outcome kept at once."""

from kerascnn.search.fits import Fit, Outcome
from kerascnn.search.plan import Plan
from kerascnn.search.progress import SearchProgress
from kerascnn.search.store import NoStore


def run_plan(plan: Plan, store: NoStore, shown: bool | None) -> tuple[list[Outcome], int]:
    """Return the outcomes of all the plan's fits in their order, and how many were stored.

    Args:
        plan: what to run, and how.
        store: where finished fits are kept.
        shown: whether progress is shown; None shows it on a terminal.
    """
    outcomes: dict[tuple[int, int], Outcome] = {}

    with store, SearchProgress(plan, shown) as progress:
        if progress.shown:
            progress.say(plan.announcement())

        def finished(fit: Fit, outcome: Outcome) -> None:
            outcomes[fit.candidate, fit.split] = outcome
            progress.count(fit, outcome)

        def finished_now(fit: Fit, outcome: Outcome) -> None:
            if _is_final(outcome):
                store.keep(fit, outcome)
            finished(fit, outcome)

        for fit in plan.fits:
            if stored := store.find(fit):
                finished(fit, stored)
        n_stored = len(outcomes)
        if n_stored:
            progress.say(f"{n_stored} of {len(plan.fits)} fits were finished by an earlier run")
        missing = [fit for fit in plan.fits if (fit.candidate, fit.split) not in outcomes]
        plan.run(missing, finished_now, store)
    return [outcomes[fit.candidate, fit.split] for fit in plan.fits], n_stored


def _is_final(outcome: Outcome) -> bool:
    """Return whether training again would give the same: divergence would, an error may not."""
    return outcome.error is None or outcome.diverged_epoch is not None
